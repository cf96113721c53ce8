import type { ServiceObservation } from '../evidence/cloud-run.ts';
import type { Observations } from '../evidence/evidence.ts';
import type { SignatureCount } from '../evidence/logs.ts';
import { type Instant, secondsBetween } from '../ports/clock.ts';
import type { Revision } from '../ports/cloud.ts';
import { type FailedStarts, failedStarts } from './failed-starts.ts';
import type { Seen } from './rule.ts';

/**
 * Failures that begin this soon after a deploy began with it. That a change is suspected first has its reason (about 70 % of outages come from changes
 * to a live system: Site Reliability Engineering, chapter 1, read 2026-11-25); the quarter of an hour is our own choice. A start alone may take 240 s
 * to fail (Cloud Run's default startup probe), and traffic may be moved minutes after the deploy; longer would blame a release for what came by
 * chance. A leak may need longer, and is then memory-exhausted.
 */
export const ONSET_SECONDS_MAX = 900;
/** Clock skew between the deploy's stamp and its first log line. Our own choice, and generous: a minute earlier is hardly another cause. */
export const SKEW_SECONDS = 60;
/**
 * Of one kind. Our own choice: a start or a request fails now and then on a release that is well (99 failed startup probes in a day beside a service
 * that was Ready: BasedHardware/omi#8515), so that the count only opens the question, and what decides is that it began with the deploy.
 */
export const FAILURES_MIN = 3;
/** A revision that failed more of its requests than this is none to go back to. Our own choice: what is left to choose from is mostly nearly 0 or nearly 1. */
const SERVER_ERRORS_RATIO_MAX = 0.5;

const SPEAKS_FOR_A_RELEASE: readonly string[] = [
  'container-exited',
  'container-crashed',
  'signal-uncaught',
  'liveness-probe-failed',
  'program-not-runnable',
  'worker-timed-out',
  'startup-probe-failed',
  'instance-did-not-start',
  'port-not-listening',
  'module-missing',
  'setting-missing',
  'key-missing',
  'response-malformed',
];

/** What speaks against one revision, each kind for itself: a failed start, its log line and the request that waited for it are no three failures. */
export interface Failures {
  /** Server errors. */
  readonly requests: number;
  readonly starts: FailedStarts;
  /** The count of whatever there is most of: as many times it failed at least. */
  readonly worst: number;
  readonly firstAt: Instant | undefined;
  /** Lines that speak for a release, most frequent first. */
  readonly lines: readonly SignatureCount[];
}

/** Server errors and lines that speak for a release, of one revision. */
export function failuresOf(revision: string, service: string, { failed, signatures }: Observations['logs']): Failures {
  const own = <Item extends { readonly service: string; readonly revision: string | undefined }>(item: Item) =>
    item.service === service && item.revision === revision;
  const requests = failed.filter((item) => own(item) && item.status >= 500);
  const lines = signatures.filter((item) => own(item) && SPEAKS_FOR_A_RELEASE.includes(item.signature));
  const [firstAt] = [...requests, ...lines].map((item) => item.firstAt).sort();
  const counts = { requests: sum(requests), starts: failedStarts(lines) };
  return { ...counts, worst: Math.max(counts.requests, mostOf(lines)), firstAt, lines };
}

/** Whether what began then began with the revision's own deploy. */
export function beganWith({ createdAt }: Revision, at: Instant): boolean {
  const onset = secondsBetween(createdAt, at);
  return onset >= -SKEW_SECONDS && onset <= ONSET_SECONDS_MAX;
}

/** What of a service's traffic a revision takes: a tag is an entry of its own, mostly of 0 %. */
export const shareOf = ({ serving }: Pick<ServiceObservation, 'serving'>, revision: string): number =>
  serving.filter((entry) => entry.revision === revision).reduce((total, { percent }) => total + percent, 0);

/** Revisions before `revision` that became ready, newest first. */
export const readyBefore = ({ revisions }: ServiceObservation, revision: Revision): readonly Revision[] =>
  revisions.filter(
    ({ createdAt, ready, shortName }) =>
      createdAt < revision.createdAt && shortName !== revision.shortName && ready.state === 'succeeded',
  );

/** What tells revisions apart: their lines, and the requests that Monitoring counts of each, where it may be asked. */
export type SeenOfRevisions = Seen<'logs', 'metrics'>;

/**
 * The revision to go back to: the newest ready one before `revision` that was seen to serve. Where nothing counts requests of any, one that still
 * takes traffic, or else the newest. Never one that failed too.
 */
export function lastGoodBefore(
  service: ServiceObservation,
  revision: Revision,
  { logs, metrics }: SeenOfRevisions,
): Revision | undefined {
  const counted = metrics?.services.find((one) => one.service === service.shortName)?.byRevision ?? [];
  const requestsOf = (shortName: string) => counted.find((one) => one.revision === shortName && one.requests > 0);
  const failedToo = ({ shortName }: Revision): boolean => {
    const { worst, lines } = failuresOf(shortName, service.shortName, logs);
    const requests = requestsOf(shortName);
    // A few errors among many requests are everyday life; where requests are not counted, that cannot be told.
    return (
      mostOf(lines) >= FAILURES_MIN ||
      (requests === undefined
        ? worst >= FAILURES_MIN
        : requests.serverErrors > requests.requests * SERVER_ERRORS_RATIO_MAX)
    );
  };
  const earlier = readyBefore(service, revision).filter((candidate) => !failedToo(candidate));
  return (
    earlier.find(({ shortName }) => requestsOf(shortName) !== undefined) ??
    earlier.find(({ shortName }) => shareOf(service, shortName) > 0) ??
    earlier[0]
  );
}

/** The count of the most frequent line of one kind. */
const mostOf = (lines: readonly SignatureCount[]): number => Math.max(0, ...lines.map(({ count }) => count));

const sum = (items: readonly { readonly count: number }[]): number =>
  items.reduce((total, { count }) => total + count, 0);
