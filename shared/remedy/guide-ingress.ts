import type { ChangesObservation } from '../evidence/changes.ts';
import type { ServiceObservation } from '../evidence/cloud-run.ts';
import type { LoadBalancerObservation } from '../evidence/load-balancer.ts';
import { parseName } from '../ports/resource-name.ts';
import type { Instructions } from './by-hand.ts';
import { lastChange } from './last-change.ts';
import { ofService } from './permanence.ts';

/** As the API has it -> as gcloud takes it. Source: gcloud run services update, --ingress (read 2026-11-30). */
const FLAG: Readonly<Record<string, string>> = {
  INGRESS_TRAFFIC_ALL: 'all',
  INGRESS_TRAFFIC_INTERNAL_ONLY: 'internal',
  INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER: 'internal-and-cloud-load-balancing',
};

/** Open no further than its users come: to the load balancer where one is before it, else to everybody. */
export function openedIngress(
  { shortName, name, ingress }: ServiceObservation,
  balancer: LoadBalancerObservation | undefined,
  changes: ChangesObservation | undefined,
): Instructions {
  const { project, region } = parseName(name);
  const isBalanced =
    balancer?.backends.some(({ groups }) => groups.some(({ service }) => service === shortName)) === true;
  const after =
    isBalanced && ingress === 'INGRESS_TRAFFIC_INTERNAL_ONLY'
      ? 'INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER'
      : 'INGRESS_TRAFFIC_ALL';
  const set = (setting: string) => ofService(name, `--ingress=${FLAG[setting] ?? 'INGRESS'}`, `ingress = "${setting}"`);
  return {
    summary: { title: `Open the ingress of ${shortName}`, before: ingress, after },
    risk: 'medium',
    check: {
      words: `Ask whether ${shortName} was closed on purpose.${lastChange(changes, shortName)}`,
      commands: `gcloud run services describe ${shortName} --project=${project} --region=${region} --format="value(metadata.annotations)"`,
    },
    make: {
      words:
        'This lets requests from there in, at once and without a new revision. Who may call it is another setting, and stays.',
      commands: set(after).gcloud,
    },
    undo: { words: 'This closes it as before:', commands: set(ingress).gcloud },
    expectedEffect: 'requests reach the service again within a minute',
    expectedSeconds: 60,
    whatCouldGoWrong: 'What was kept inside on purpose can be asked from outside.',
    terraform: set(after).terraform,
  };
}
