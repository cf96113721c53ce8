import type { ServiceObservation } from '../evidence/cloud-run.ts';
import type { LogsObservation } from '../evidence/logs.ts';
import type { MetricsObservation, ServiceMetrics } from '../evidence/metrics.ts';
import { secondsBetween } from '../ports/clock.ts';
import { servicePage } from './console-links.ts';
import { effectiveCeiling } from './instance-ceiling-reached.ts';
import { CPU_IDLE_RATIO } from './load-levels.ts';
import { DEPENDENCY_LINES, linesOf } from './own-lines.ts';
import { middleOf, recentValues } from './recent.ts';
import { shareOf } from './revisions.ts';
import { type Conclusion, type Context, type Expectation, rule, standingOfEach } from './rule.ts';
import { SLOW_POINTS, type Slowness, slowness, spokenMs, trafficRatio } from './slowness.ts';
import { FAILED_REQUESTS_MIN } from './symptoms.ts';

/**
 * Cloud Run starts more instances where requests fill 60 % of what one may take at once (About instance autoscaling, read 2026-11-23): a queue
 * inside grows up to there. Two thirds of that, since a percentile over minutes is below the peak.
 */
const HELD_RATIO = 0.4;
/** What is ordinary differs by less from one hour to the next. Our own choice. */
const TRAFFIC_RATIO_MIN = 1.3;

/**
 * A service admits more requests to an instance than the instance works on: they wait inside it, where the platform counts them as being served and
 * starts no more. Sees requests in one instance against what it admits, with idle CPU and answers far slower than ordinarily. Silent where the
 * service waits for something else, by its own lines, or because it became slow with neither more traffic nor another revision.
 */
export const concurrencyMismatched = rule({
  layer: 'configuration',
  title: 'Concurrency mismatched',
  needs: ['cloud-run', 'metrics'],
  considers: ['logs'],
  explains: ['instance-ceiling-reached', 'request-timeout-exceeded', 'traffic-surge', 'memory-exhausted'],
  diagnose: ({ 'cloud-run': { services }, metrics, logs }, context) => {
    const judged = services.flatMap((service) => judge(service, metrics, logs, context));
    return standingOfEach(judged, 'no service is slower than ordinarily');
  },
});

interface Reason {
  readonly text: string;
  readonly moreTraffic: Expectation['seen'];
}

function judge(
  service: ServiceObservation,
  { services }: MetricsObservation,
  logs: LogsObservation | undefined,
  context: Context,
): Conclusion | readonly [] {
  const { shortName } = service;
  const ruledOut = (why: string): Conclusion => ({ kind: 'ruled-out', reason: `${shortName}: ${why}` });
  const own = services.find((one) => one.service === shortName);
  const slow = own && slowness(own, context);
  if (own === undefined || slow === undefined) return [];
  const held = Math.max(0, ...recentValues(own.concurrency, context));
  const { concurrency } = service.template;
  if (held < HELD_RATIO * concurrency) return ruledOut(`${Math.round(held)} of ${concurrency} requests in an instance`);
  const cpu = recentValues(own.cpuRatio, context);
  const busy = middleOf(cpu);
  if (busy === undefined || cpu.length < SLOW_POINTS) return ruledOut('no CPU was measured in the last minutes');
  if (busy >= CPU_IDLE_RATIO) return ruledOut(`CPU at ${percent(busy)}`);
  const complaints = logs === undefined ? undefined : linesOf(shortName, DEPENDENCY_LINES, logs, context);
  if (complaints !== undefined && complaints >= FAILED_REQUESTS_MIN)
    return ruledOut(`it waits for something else, by ${complaints} lines of its own`);
  const why = reasonOf(service, own, context);
  if (why === undefined)
    return ruledOut('slow with neither more traffic nor another revision: it waits for something else');
  return cause(service, own, { slow, held, busy, why, complaints }, context);
}

/** What made it wait: more traffic than it works on at once, or a revision that works on fewer. */
function reasonOf(service: ServiceObservation, own: ServiceMetrics, context: Context): Reason | undefined {
  const traffic = trafficRatio(own, context);
  if (traffic !== undefined && traffic >= TRAFFIC_RATIO_MIN)
    return { text: `Traffic is ${traffic.toFixed(1)} times the ordinary`, moreTraffic: 'yes' };
  const [newest] = service.revisions;
  const isNew = newest !== undefined && secondsBetween(context.since, newest.createdAt) >= 0;
  return isNew && shareOf(service, newest.shortName) > 0
    ? {
        text: `${newest.shortName} was deployed at ${newest.createdAt}`,
        moreTraffic: traffic === undefined ? 'unknown' : 'no',
      }
    : undefined;
}

function cause(
  service: ServiceObservation,
  own: ServiceMetrics,
  seen: {
    readonly slow: Slowness;
    readonly held: number;
    readonly busy: number;
    readonly why: Reason;
    readonly complaints: number | undefined;
  },
  context: Context,
): Conclusion {
  const { shortName, name, template } = service;
  const { slow, held, busy, why, complaints } = seen;
  const instances = recentValues(own.instances, context).at(-1);
  const ceiling = effectiveCeiling(service);
  return {
    kind: 'cause',
    target: name,
    claim: `${shortName} admits ${template.concurrency} requests to an instance and works on far fewer: ${Math.round(held)} are in one at ${percent(busy)} CPU, and the slowest twentieth of answers takes ${spokenMs(slow.nowMs)} instead of ${spokenMs(slow.ordinaryMs)}.`,
    confidence: 'likely',
    evidence: [
      {
        text: `${Math.round(held)} of ${template.concurrency} requests in one instance at once (99th percentile), CPU at most ${percent(busy)}.`,
        url: servicePage(name, 'metrics'),
      },
      {
        text: `${why.text}; ${instances ?? 'an unknown number of'} instances of at most ${ceiling} run.`,
        url: servicePage(name, 'metrics'),
      },
    ],
    expects: [
      { text: 'no dependency that it waits for', seen: complaints === undefined ? 'unknown' : 'yes' },
      // With the traffic of always, it is the release that is to be gone back on.
      { text: 'more traffic than it works on', seen: why.moreTraffic },
    ],
    services: [shortName],
  };
}

const percent = (ratio: number): string => `${Math.round(ratio * 100)} %`;
