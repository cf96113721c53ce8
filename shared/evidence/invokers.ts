import type { ServiceInvokers } from '../ports/invokers.ts';
import { inBatches } from './in-batches.ts';
import type { Inspector } from './inspector.ts';
import { type Part, part } from './part.ts';
import { watchedServices } from './watched-services.ts';

export interface InvokersObservation {
  /** `everybody`: whether its policy lets anyone call it without saying who they are. */
  readonly services: readonly {
    readonly service: string;
    readonly callers: Part<{ readonly everybody: 'admitted' | 'refused'; readonly named: number }>;
  }[];
}

/**
 * Sees who may call each watched service, by the service's own policy: everybody, or how many that it names.
 * API: Cloud Run Admin v2 services.getIamPolicy. Permissions: run.services.list, run.services.getIamPolicy.
 * Silent about rights that come from the project or an organisation's policy, and about names: only their number is kept.
 */
export const invokers: Inspector<InvokersObservation> = {
  deadlineMs: 10_000,
  permissions: ['run.services.list', 'run.services.getIamPolicy'],
  appliesTo: () => true,
  inspect: async ({ cloud, environment }, abort) => {
    const services = await watchedServices(cloud, environment, abort);
    return {
      services: await inBatches(services, async ({ name, shortName }) => ({
        service: shortName,
        callers: await part(cloud.invokers({ service: name }, abort).then(summary), abort),
      })),
    };
  },
};

const summary = ({ members }: ServiceInvokers) => ({
  everybody: members.includes('allUsers') ? ('admitted' as const) : ('refused' as const),
  named: members.filter((member) => member !== 'allUsers').length,
});
