import type { ChecksObservation } from '../evidence/checks.ts';
import type { Evidence } from '../evidence/evidence.ts';
import type { Reading } from '../evidence/inspector.ts';
import type { SignatureCount } from '../evidence/logs.ts';
import { earliest, type Instant, latest, plusSeconds } from '../ports/clock.ts';
import { counted } from './counted.ts';
import { failedStarts, startsInWords } from './failed-starts.ts';
import { isRecent, POINT_SECONDS } from './recent.ts';
import { shareOf } from './revisions.ts';
import type { Context, Symptom } from './rule.ts';
import { slowness, spokenMs } from './slowness.ts';

/**
 * Fewer failed requests than this in the recent window are noise: clients hang up, scanners probe. A count and no ratio, as a ratio of little traffic
 * says nothing: one failure among ten requests an hour is 10 % (The Site Reliability Workbook, "Alerting on SLOs", low-traffic services, read
 * 2026-11-25). Five is our own choice: fewer would call noise trouble, more would call a quiet service healthy while it fails.
 */
export const FAILED_REQUESTS_MIN = 5;
/**
 * Where Monitoring counts the traffic, fewer failures than this share of it are what a busy service has on any day: "three nines" is what an ordinary
 * web service promises (The Site Reliability Workbook, chapter 2, read 2026-11-25). Above, they are felt.
 */
export const FAILED_RATIO_MIN = 0.001;
/** Our own choice: Cloud Run tries again by itself after one. */
const START_UPS_FAILED_MIN = 2;
/** Then the answer, whatever it is, is the service's own or Cloud Run's. */
export const SENT_BY_BACKEND = 'response_sent_by_backend';

/** What is wrong now, before anyone asks why. Silent where a reading is unavailable: absence of evidence is said elsewhere. */
export function symptoms(evidence: Evidence, context: Context): readonly Symptom[] {
  const logged = servingErrors(evidence, context);
  const counted = countedErrors(evidence, context).filter(({ on }) => !logged.some((symptom) => symptom.on === on));
  return [
    ...logged,
    ...counted,
    ...failingStartUps(evidence, context),
    ...cutConnections(evidence, context),
    ...slowServices(evidence, context),
    ...failingBackends(evidence, context),
    ...failingChecks(evidence),
  ];
}

function servingErrors({ logs, metrics }: Evidence, context: Context): Symptom[] {
  if (logs.status !== 'observed') return [];
  const recent = logs.value.failed.filter(({ lastAt }) => isRecent(lastAt, context));
  return services(recent).flatMap((on): Symptom[] => {
    const own = recent.filter(({ service }) => service === on);
    const count = sum(own);
    const since = own.map(({ firstAt }) => firstAt).reduce(earliest);
    if (count < FAILED_REQUESTS_MIN || isEveryday(count, requestsSince(since, on, metrics))) return [];
    const refused = sum(own.filter(({ reachedContainer }) => !reachedContainer));
    const statuses = [...new Set(own.map(({ status }) => status))].sort().join(', ');
    const kind = refused > count / 2 ? 'requests-refused' : 'serving-errors';
    return [
      {
        kind,
        on,
        text: `${on}: ${counted({ count, noun: 'request', from: 'requests' }, logs.value)} failed with ${statuses}`,
      },
    ];
  });
}

/** Whether so many failures are lost among the requests of the same time. Where those are not counted, or few, they are not. */
const isEveryday = (failures: number, requests: number): boolean => failures < requests * FAILED_RATIO_MIN;

function requestsSince(since: Instant, service: string, metrics: Evidence['metrics']): number {
  if (metrics.status !== 'observed') return 0;
  const points = metrics.value.services.find((one) => one.service === service)?.requests ?? [];
  return totalOf(points.filter(({ at }) => at >= since));
}

const totalOf = (points: readonly { readonly value: number }[]): number =>
  points.reduce((total, { value }) => total + value, 0);

/** What Monitoring counts where the request log is out of reach, or leaves out what it was told to. */
const countedErrors = ({ metrics, logs }: Evidence, context: Context): Symptom[] =>
  metrics.status !== 'observed'
    ? []
    : metrics.value.services.flatMap(({ service: on, serverErrors, requests }): Symptom[] => {
        const over = loggedAndOver(on, logs, context);
        const since = serverErrors.filter(({ at }) => isRecent(at, context) && !over(at));
        const count = totalOf(since);
        const all = totalOf(requests.filter(({ at }) => isRecent(at, context)));
        if (count < FAILED_REQUESTS_MIN || isEveryday(count, all)) return [];
        return [{ kind: 'serving-errors', on, text: `${on}: ${count} requests failed with 5xx, as Monitoring counts` }];
      });

/** Whether a minute that ends then began while the log still had failures that are recent no more: it knows to the second what Monitoring counts by minutes. */
function loggedAndOver(service: string, logs: Evidence['logs'], context: Context): (at: Instant) => boolean {
  const own = logs.status === 'observed' ? logs.value.failed.filter((one) => one.service === service) : [];
  const [first, ...rest] = own.map(({ lastAt }) => lastAt);
  if (first === undefined) return () => false;
  const lastAt = rest.reduce(latest, first);
  return (at) => !isRecent(lastAt, context) && plusSeconds(at, -POINT_SECONDS) <= lastAt;
}

function failingStartUps(evidence: Evidence, context: Context): Symptom[] {
  const { logs } = evidence;
  if (logs.status !== 'observed') return [];
  const recent = logs.value.signatures.filter(
    (line) => isRecent(line.lastAt, context) && !isBesideTraffic(line, evidence),
  );
  return services(recent).flatMap((on): Symptom[] => {
    const own = recent.filter(({ service }) => service === on);
    const starts = failedStarts(own);
    const kind = 'start-ups-failing';
    if (starts.count >= START_UPS_FAILED_MIN)
      return [{ kind, on, text: `${on}: ${startsInWords(starts, logs.value)}` }];
    const count = sum(own.filter(waitedInVain));
    if (count < START_UPS_FAILED_MIN) return [];
    const waited = counted({ count, noun: 'request', from: 'requests' }, logs.value);
    return [{ kind, on, text: `${on}: ${waited} waited for an instance that did not start` }];
  });
}

/** A deploy that fails harms nobody while another revision serves: its starts are no symptom. */
function isBesideTraffic({ service, revision }: SignatureCount, { 'cloud-run': seen }: Evidence): boolean {
  if (seen.status !== 'observed' || revision === undefined) return false;
  const known = seen.value.services.find(({ shortName }) => shortName === service);
  return known !== undefined && known.serving.length > 0 && shareOf(known, revision) === 0;
}

/** Those that end with a status of their own are among the serving errors. */
function cutConnections({ logs }: Evidence, context: Context): Symptom[] {
  if (logs.status !== 'observed') return [];
  const recent = logs.value.signatures.filter(
    ({ signature, lastAt }) => signature === 'response-truncated' && isRecent(lastAt, context),
  );
  return services(recent).flatMap((on): Symptom[] => {
    const count = sum(recent.filter(({ service }) => service === on));
    return count < FAILED_REQUESTS_MIN
      ? []
      : [{ kind: 'connections-cut', on, text: `${on} had ${count} connections cut while they were open` }];
  });
}

const slowServices = ({ metrics }: Evidence, context: Context): Symptom[] =>
  metrics.status !== 'observed'
    ? []
    : metrics.value.services.flatMap((one): Symptom[] => {
        const slow = slowness(one, context);
        if (slow === undefined) return [];
        const { nowMs, ordinaryMs } = slow;
        const text = `${one.service} takes ${spokenMs(nowMs)} for its slowest twentieth of answers, ordinarily ${spokenMs(ordinaryMs)}`;
        return [{ kind: 'slow', on: one.service, text }];
      });

/** What tells of failed starts where the platform's own log does not. */
const waitedInVain = ({ signature, log }: SignatureCount): boolean =>
  signature === 'instance-did-not-start' && log === 'requests';

const failingChecks = ({ http, websocket, journey }: Evidence): Symptom[] =>
  [http, websocket, journey].flatMap((reading: Reading<ChecksObservation>) =>
    reading.status !== 'observed'
      ? []
      : reading.value.checks
          .filter(({ verdict }) => verdict === 'failed' || verdict === 'turned-away')
          .map(
            ({ name, verdict, detail }): Symptom => ({
              kind: verdict === 'failed' ? 'check-failing' : 'check-turned-away',
              on: name,
              text: `${name}: ${detail}`,
            }),
          ),
  );

/** What load balancers answered with 5xx by themselves: such requests reached no service, and no service's log knows of them. */
function failingBackends({ 'load-balancer': balancers }: Evidence, context: Context): Symptom[] {
  if (balancers.status !== 'observed' || balancers.value.answers.status !== 'observed') return [];
  const own = balancers.value.answers.value.kinds.filter(
    ({ status, statusDetails, lastAt }) =>
      status >= 500 && statusDetails !== SENT_BY_BACKEND && isRecent(lastAt, context),
  );
  return [...new Set(own.flatMap(({ backend }) => backend ?? []))].sort().flatMap((on): Symptom[] => {
    const kinds = own.filter(({ backend }) => backend === on);
    const count = sum(kinds);
    const why = [...new Set(kinds.map(({ statusDetails }) => statusDetails))].join(', ');
    return count < FAILED_REQUESTS_MIN
      ? []
      : [{ kind: 'backend-failing', on, text: `the load balancer failed ${count} requests for ${on}: ${why}` }];
  });
}

const services = (items: readonly { readonly service: string }[]): string[] =>
  [...new Set(items.map(({ service }) => service))].sort();
const sum = (items: readonly { readonly count: number }[]): number =>
  items.reduce((total, { count }) => total + count, 0);
