import type { ChecksObservation } from '../evidence/checks.ts';
import type { Evidence } from '../evidence/evidence.ts';
import type { Reading } from '../evidence/inspector.ts';
import { secondsBetween } from '../ports/clock.ts';
import type { Context, Symptom } from './rule.ts';

/** Fewer failed requests than this in the recent window are noise: clients hang up, scanners probe. */
export const FAILED_REQUESTS_MIN = 5;
/** What is "now" for symptoms: request logs arrive within seconds, and a minute may hold few requests at night. */
export const RECENT_SECONDS = 300;
const START_UPS_FAILED_MIN = 2;
/** Then the answer, whatever it is, is the service's own or Cloud Run's. */
export const SENT_BY_BACKEND = 'response_sent_by_backend';

const START_UP_SIGNATURES: readonly string[] = ['startup-probe-failed', 'container-exited', 'instance-did-not-start'];

/** What is wrong now, before anyone asks why. Silent where a reading is unavailable: absence of evidence is said elsewhere. */
export function symptoms(evidence: Evidence, context: Context): readonly Symptom[] {
  const logged = servingErrors(evidence, context);
  const counted = countedErrors(evidence, context).filter(({ on }) => !logged.some((symptom) => symptom.on === on));
  return [
    ...logged,
    ...counted,
    ...failingStartUps(evidence, context),
    ...failingBackends(evidence, context),
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

export const isRecent = (at: Context['until'], { until }: Context): boolean =>
  secondsBetween(at, until) <= RECENT_SECONDS;
const services = (items: readonly { readonly service: string }[]): string[] =>
  [...new Set(items.map(({ service }) => service))].sort();
const sum = (items: readonly { readonly count: number }[]): number =>
  items.reduce((total, { count }) => total + count, 0);
