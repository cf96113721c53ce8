import type { ServiceObservation } from '../evidence/cloud-run.ts';
import type { LogsObservation } from '../evidence/logs.ts';
import type { MetricsObservation } from '../evidence/metrics.ts';
import { servicePage } from './console-links.ts';
import { effectiveCeiling } from './instance-ceiling-reached.ts';
import { failingNow } from './own-lines.ts';
import { recentValues } from './recent.ts';
import { type Conclusion, type Context, rule, standingOfEach } from './rule.ts';
import { slowness, spokenMs } from './slowness.ts';
import { FAILED_REQUESTS_MIN } from './symptoms.ts';

/** An ordinary evening is half as busy again as an ordinary hour; twice is something else. Our own choice. */
const SURGE_RATIO = 2;
/** Twice next to nothing is next to nothing: two requests a second. Our own choice. */
const REQUESTS_PER_MINUTE_MIN = 120;

/**
 * Far more requests come than ordinarily, and the service is the worse for it.
 * Sees requests that were served against those of the two hours before: what fails is asked again, and would look like a surge. Silent when the
 * traffic is served as well as ever. Where a limit is reached, the limit is what can be changed, and explains this.
 */
export const trafficSurge = rule({
  layer: 'application',
  title: 'Traffic surge',
  needs: ['cloud-run', 'metrics'],
  considers: ['logs'],
  explains: ['request-timeout-exceeded'],
  diagnose: ({ 'cloud-run': { services }, metrics, logs }, context) => {
    const judged = services.flatMap((service) => judge(service, metrics, logs, context));
    return standingOfEach(judged, 'no service has twice its ordinary traffic');
  },
});

function judge(
  service: ServiceObservation,
  { services }: MetricsObservation,
  logs: LogsObservation | undefined,
  context: Context,
): Conclusion | readonly [] {
  const { shortName, name } = service;
  const ruledOut = (why: string): Conclusion => ({ kind: 'ruled-out', reason: `${shortName}: ${why}` });
  const own = services.find((one) => one.service === shortName);
  const ordinary = own?.before.requestsPerMinute;
  if (own === undefined || ordinary === undefined) return [];
  const served = servedPerMinute(own.requests, own.serverErrors, context);
  const ratio = served / Math.max(1, ordinary);
  const numbers = `${Math.round(served)} requests a minute served, ordinarily ${Math.round(ordinary)}`;
  if (ratio < SURGE_RATIO || served < REQUESTS_PER_MINUTE_MIN) return [];
  const slow = slowness(own, context);
  const failing = logs === undefined ? 0 : failingNow(shortName, logs, context);
  if (slow === undefined && failing < FAILED_REQUESTS_MIN) return ruledOut(`${numbers}, and served as ever`);
  const instances = recentValues(own.instances, context);
  const ceiling = effectiveCeiling(service);
  return {
    kind: 'cause',
    target: name,
    claim: `${shortName} has ${ratio.toFixed(1)} times its ordinary traffic: ${numbers}${slow === undefined ? '' : `, and its slowest twentieth of answers takes ${spokenMs(slow.nowMs)} instead of ${spokenMs(slow.ordinaryMs)}`}.`,
    confidence: 'likely',
    evidence: [
      { text: `${numbers}.`, url: servicePage(name, 'metrics') },
      {
        text: `Instances of the last minutes: ${instances.join(', ') || 'not known'}, of at most ${ceiling}.`,
        url: servicePage(name, 'metrics'),
      },
    ],
    expects: [
      {
        text: 'more instances than before',
        seen: instances.length === 0 ? 'unknown' : hasGrown(own.instances, instances) ? 'yes' : 'no',
      },
    ],
    services: [shortName],
  };
}

/** The busiest of the last minutes: a wave may be shorter than what is looked at. */
function servedPerMinute(
  requests: MetricsObservation['services'][number]['requests'],
  serverErrors: MetricsObservation['services'][number]['serverErrors'],
  context: Context,
): number {
  const failed = new Map(serverErrors.map(({ at, value }) => [at, value]));
  const served = requests.map(({ at, value }) => ({ at, value: value - (failed.get(at) ?? 0) }));
  return Math.max(0, ...recentValues(served, context));
}

const hasGrown = (all: MetricsObservation['services'][number]['instances'], recent: readonly number[]): boolean =>
  Math.max(...recent) > Math.min(...all.map(({ value }) => value));
