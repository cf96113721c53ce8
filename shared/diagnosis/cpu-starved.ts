import type { ServiceObservation } from '../evidence/cloud-run.ts';
import type { LogsObservation } from '../evidence/logs.ts';
import type { MetricsObservation } from '../evidence/metrics.ts';
import { servicePage } from './console-links.ts';
import { effectiveCeiling } from './instance-ceiling-reached.ts';
import { CPU_FULL_RATIO } from './load-levels.ts';
import { DEPENDENCY_LINES, linesOf } from './own-lines.ts';
import { recentValues } from './recent.ts';
import { type Conclusion, type Context, rule, standingOfEach } from './rule.ts';
import { SLOW_POINTS, slowness, spokenMs, trafficRatio } from './slowness.ts';
import { FAILED_REQUESTS_MIN } from './symptoms.ts';

/** With so much more traffic, CPU is full because of the traffic: see traffic-surge and instance-ceiling-reached. Our own choice. */
const TRAFFIC_RATIO_MAX = 1.5;

/**
 * A service has less CPU than its requests need: they are worked on, only ever more slowly.
 * Sees CPU, latency against what is ordinary, and traffic. Silent when answers are as quick as ever, and when there is much more traffic than
 * ordinarily.
 */
export const cpuStarved = rule({
  layer: 'application',
  title: 'CPU starved',
  needs: ['cloud-run', 'metrics'],
  considers: ['logs'],
  explains: ['instance-ceiling-reached', 'request-timeout-exceeded'],
  diagnose: ({ 'cloud-run': { services }, metrics, logs }, context) => {
    const judged = services.flatMap((service) => judge(service, metrics, logs, context));
    return standingOfEach(judged, 'no service uses nearly all of its CPU');
  },
});

function judge(
  service: ServiceObservation,
  { services }: MetricsObservation,
  logs: LogsObservation | undefined,
  context: Context,
): Conclusion | readonly [] {
  const { shortName, name } = service;
  const own = services.find((one) => one.service === shortName);
  const cpu = own === undefined ? [] : recentValues(own.cpuRatio, context);
  const ruledOut = (why: string): Conclusion => ({ kind: 'ruled-out', reason: `${shortName}: ${why}` });
  if (own === undefined || cpu.length < SLOW_POINTS) return [];
  const least = Math.min(...cpu);
  if (least < CPU_FULL_RATIO) return [];
  const slow = slowness(own, context);
  if (slow === undefined) return ruledOut(`CPU at ${percent(least)}, and not slower than ordinarily`);
  const traffic = trafficRatio(own, context);
  if (traffic !== undefined && traffic >= TRAFFIC_RATIO_MAX)
    return ruledOut(`CPU at ${percent(least)} with ${traffic.toFixed(1)} times the ordinary traffic`);
  const cpus = service.template.containers[0]?.cpu;
  const instances = recentValues(own.instances, context).at(-1);
  const complaints = logs === undefined ? undefined : linesOf(shortName, DEPENDENCY_LINES, logs, context);
  return {
    kind: 'cause',
    target: name,
    claim: `${shortName} has too little CPU: ${percent(least)} of ${cpus ?? 'unknown'} vCPU in use, and its slowest twentieth of answers takes ${spokenMs(slow.nowMs)} instead of ${spokenMs(slow.ordinaryMs)}.`,
    confidence: 'certain',
    evidence: [
      {
        text: `CPU of the last minutes: ${cpu.map(percent).join(', ')} (99th percentile over the instances).`,
        url: servicePage(name, 'metrics'),
      },
      {
        text: `${instances ?? 'An unknown number of'} instances of at most ${effectiveCeiling(service)} run${traffic === undefined ? '' : `, at ${traffic.toFixed(1)} times the ordinary traffic`}.`,
        url: servicePage(name, 'metrics'),
      },
    ],
    expects: [
      { text: 'traffic as it always is', seen: traffic === undefined ? 'unknown' : 'yes' },
      {
        text: 'no dependency that it waits for',
        seen: complaints === undefined ? 'unknown' : complaints < FAILED_REQUESTS_MIN ? 'yes' : 'no',
      },
    ],
    services: [shortName],
  };
}

const percent = (ratio: number): string => `${Math.round(ratio * 100)} %`;
