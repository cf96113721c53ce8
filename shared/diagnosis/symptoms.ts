import type { ChecksObservation } from '../evidence/checks.ts';
import type { Evidence } from '../evidence/evidence.ts';
import type { Reading } from '../evidence/inspector.ts';
import { isRecent } from './recent.ts';
import type { Context, Symptom } from './rule.ts';
import { slowness, spokenMs } from './slowness.ts';

/** Fewer failed requests than this in the recent window are noise: clients hang up, scanners probe. */
export const FAILED_REQUESTS_MIN = 5;
const START_UPS_FAILED_MIN = 2;

const START_UP_SIGNATURES: readonly string[] = ['startup-probe-failed', 'container-exited', 'instance-did-not-start'];

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
    ...failingChecks(evidence),
  ];
}

function servingErrors({ logs }: Evidence, context: Context): Symptom[] {
  if (logs.status !== 'observed') return [];
  const recent = logs.value.failed.filter(({ lastAt }) => isRecent(lastAt, context));
  return services(recent).flatMap((on): Symptom[] => {
    const own = recent.filter(({ service }) => service === on);
    const count = sum(own);
    if (count < FAILED_REQUESTS_MIN) return [];
    const refused = sum(own.filter(({ reachedContainer }) => !reachedContainer));
    const statuses = [...new Set(own.map(({ status }) => status))].sort().join(', ');
    const kind = refused > count / 2 ? 'requests-refused' : 'serving-errors';
    return [{ kind, on, text: `${on} failed ${count} requests with ${statuses}` }];
  });
}

/** What Monitoring counts where the request log is out of reach, or leaves out what it was told to. */
const countedErrors = ({ metrics }: Evidence, context: Context): Symptom[] =>
  metrics.status !== 'observed'
    ? []
    : metrics.value.services.flatMap(({ service: on, serverErrors }): Symptom[] => {
        const count = serverErrors
          .filter(({ at }) => isRecent(at, context))
          .reduce((total, { value }) => total + value, 0);
        if (count < FAILED_REQUESTS_MIN) return [];
        return [{ kind: 'serving-errors', on, text: `${on} failed ${count} requests with 5xx, as Monitoring counts` }];
      });

function failingStartUps({ logs }: Evidence, context: Context): Symptom[] {
  if (logs.status !== 'observed') return [];
  const recent = logs.value.signatures.filter(
    ({ signature, lastAt }) => START_UP_SIGNATURES.includes(signature) && isRecent(lastAt, context),
  );
  return services(recent).flatMap((on): Symptom[] => {
    const count = sum(recent.filter(({ service }) => service === on));
    return count < START_UPS_FAILED_MIN
      ? []
      : [{ kind: 'start-ups-failing', on, text: `${on} failed to start ${count} times` }];
  });
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

const failingChecks = ({ http, websocket, journey }: Evidence): Symptom[] =>
  [http, websocket, journey].flatMap((reading: Reading<ChecksObservation>) =>
    reading.status !== 'observed'
      ? []
      : reading.value.checks
          .filter(({ verdict }) => verdict === 'failed')
          .map(({ name, detail }): Symptom => ({ kind: 'check-failing', on: name, text: `${name}: ${detail}` })),
  );

const services = (items: readonly { readonly service: string }[]): string[] =>
  [...new Set(items.map(({ service }) => service))].sort();
const sum = (items: readonly { readonly count: number }[]): number =>
  items.reduce((total, { count }) => total + count, 0);
