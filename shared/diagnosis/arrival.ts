import type { Change } from '../evidence/changes.ts';
import type { ServiceObservation } from '../evidence/cloud-run.ts';
import type { Observations } from '../evidence/evidence.ts';
import type { MetricsObservation } from '../evidence/metrics.ts';
import { type Instant, secondsBetween } from '../ports/clock.ts';
import type { Revision } from '../ports/cloud.ts';
import { ONSET_SECONDS_MAX, SKEW_SECONDS } from './revisions.ts';

/** When a revision came to requests: with its deploy, or where it was deployed without traffic or with little of it, with a later change of where traffic goes. */
export interface Arrival {
  readonly at: Instant;
  readonly with: 'deploy' | 'traffic';
  readonly by: string | undefined;
}

/** What tells of traffic that was moved. */
export type SeenOfTraffic = Partial<Pick<Observations, 'metrics' | 'changes'>>;

/** The last arrival that what began at `onset` may have come with; its deploy, where traffic was not moved since or nothing began. */
export function arrivalOf(
  service: ServiceObservation,
  revision: Revision,
  { changes, metrics }: SeenOfTraffic,
  onset: Instant | undefined,
): Arrival {
  const moved =
    onset === undefined
      ? undefined
      : changes?.changes.find(
          (change) =>
            change.at > revision.createdAt &&
            secondsBetween(onset, change.at) <= SKEW_SECONDS &&
            (namesTraffic(change, service) || broughtFirstAnswers(change, service, revision, metrics)),
        );
  return moved === undefined
    ? { at: revision.createdAt, with: 'deploy', by: revision.createdBy }
    : { at: moved.at, with: 'traffic', by: moved.by };
}

/** Whether what began then began with this arrival. */
export function beganWithArrival({ at }: Arrival, onset: Instant): boolean {
  const seconds = secondsBetween(at, onset);
  return seconds >= -SKEW_SECONDS && seconds <= ONSET_SECONDS_MAX;
}

/** A change of a service that says that it moves traffic. */
export const namesTraffic = (change: Change, { shortName }: Pick<ServiceObservation, 'shortName'>): boolean =>
  isOfService(change, shortName) && change.fields.includes('traffic');

/** gcloud replaces a service as a whole, and its audit entry names no fields (google.cloud.run.v1.Services.ReplaceService has no update mask). */
const MAY_MOVE_TRAFFIC = /^(Update|Replace)Service$/;

/** A change that names no fields and made no revision, before which this one answered nobody: then it is by this that requests came to it. */
function broughtFirstAnswers(
  change: Change,
  { shortName, revisions }: ServiceObservation,
  { shortName: revision }: Revision,
  metrics: MetricsObservation | undefined,
): boolean {
  if (!isOfService(change, shortName) || change.fields.length > 0 || !MAY_MOVE_TRAFFIC.test(change.method))
    return false;
  if (revisions.some(({ createdAt }) => Math.abs(secondsBetween(createdAt, change.at)) <= SKEW_SECONDS)) return false;
  const own = metrics?.services.find(({ service }) => service === shortName);
  const answered = own?.latencyByRevision.find((one) => one.revision === revision)?.p95Ms ?? [];
  return own !== undefined && answered.every(({ at }) => at > change.at);
}

const isOfService = ({ thing, name, outcome }: Change, service: string): boolean =>
  thing === 'service' && name === service && outcome === 'made';
