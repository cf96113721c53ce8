import type { ServiceObservation } from '../evidence/cloud-run.ts';
import type { LogsObservation } from '../evidence/logs.ts';
import type { MetricsObservation } from '../evidence/metrics.ts';
import type { Revision } from '../ports/cloud.ts';
import { serverErrorsOf } from './deploys.ts';
import { FAILURES_MIN, readyBefore, shareOf } from './revisions.ts';

/**
 * A revision that fails so many times as often as one beside it fails by itself. Our own choice: instances that are colder and callers that differ make
 * for half as much again or for twice; more would miss a release that fails a part of what already failed a little.
 */
const WORSE_RATIO = 3;

/** How a revision fares beside an older one that takes a share of the same traffic in the same minutes: the nearest that there is to an experiment. */
export interface SideBySide {
  readonly beside: Revision;
  readonly verdict: 'worse' | 'alike';
}

/** undefined where none serves beside it, or where it failed so few requests that the other had hardly a chance to fail any. */
export function sideBySide(
  service: ServiceObservation,
  revision: Revision,
  logs: LogsObservation,
): SideBySide | undefined {
  const share = shareOf(service, revision.shortName);
  const beside = readyBefore(service, revision).find(({ shortName }) => shareOf(service, shortName) > 0);
  if (beside === undefined || share === 0) return undefined;
  const [failed, failedBeside] = [revision, beside].map(({ shortName }) =>
    serverErrorsOf(logs, { service: service.shortName, revision: shortName }).reduce(
      (sum, { count }) => sum + count,
      0,
    ),
  ) as [number, number]; // Sound: as many as were mapped.
  // What the other would have failed of its own share, had it failed as often.
  const due = (failed * shareOf(service, beside.shortName)) / share;
  if (due < FAILURES_MIN) return undefined;
  return { beside, verdict: failedBeside * WORSE_RATIO <= due ? 'worse' : 'alike' };
}

/** `backend-00003 failed 3941 of 6549 requests, backend-00002 beside it 0 of 45232`; undefined where Monitoring does not count both. */
export function countedBeside(
  { shortName }: ServiceObservation,
  revision: Revision,
  beside: Revision,
  metrics: MetricsObservation | undefined,
): string | undefined {
  const counted = metrics?.services.find(({ service }) => service === shortName)?.byRevision ?? [];
  const [own, other] = [revision, beside].map((one) => counted.find((each) => each.revision === one.shortName));
  return own === undefined || other === undefined
    ? undefined
    : `${own.revision} failed ${own.serverErrors} of ${own.requests} requests, ${other.revision} beside it ${other.serverErrors} of ${other.requests}`;
}
