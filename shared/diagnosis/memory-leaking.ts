import type { ServiceObservation } from '../evidence/cloud-run.ts';
import type { LogsObservation } from '../evidence/logs.ts';
import type { MetricsObservation, ServiceMetrics } from '../evidence/metrics.ts';
import { secondsBetween } from '../ports/clock.ts';
import { servicePage } from './console-links.ts';
import { MEMORY_NEAR_LIMIT_RATIO } from './load-levels.ts';
import { failingNow, linesOf } from './own-lines.ts';
import { type Conclusion, type Context, rule, standingOfEach } from './rule.ts';
import { slowness, trafficRatio } from './slowness.ts';
import { FAILED_REQUESTS_MIN } from './symptoms.ts';

/** Ten-minute windows that climb one after the other: two may be a cache that fills, four are forty minutes without a step back. Our own choice. */
const CLIMBING_WINDOWS = 4;
/** Of the limit, over the climb: less is the noise of garbage collection. Our own choice. */
export const CLIMB_RATIO = 0.15;
/** Below this there is room for a cache to find its size. Our own choice: a leak that is slow enough to be seen here leaves hours. */
const LEVEL_RATIO = 0.6;
/** A limit that is further off than this will be met by a deploy before it is met by the leak. Our own choice. */
const HORIZON_SECONDS = 7200;
/** A warm-up climbs ever more slowly; what leaks climbs as fast in the end as in the beginning. Half as fast is our own choice: traffic is never even. */
const STEADY_RATIO = 0.5;
/** More traffic needs more memory, which is no leak. Our own choice: half as much again, as in cpu-starved. */
export const TRAFFIC_RATIO_MAX = 1.5;

/**
 * The memory of a service's instances climbs steadily towards its limit, and none of it comes back.
 * Sees the 99th percentile of memory for every ten minutes of the last two hours, beside the traffic. Silent when the climb is short, flattens or
 * follows the traffic, and once containers are killed: then memory is exhausted.
 */
export const memoryLeaking = rule({
  layer: 'application',
  title: 'Memory leaking',
  needs: ['cloud-run', 'metrics'],
  considers: ['logs'],
  explains: ['memory-exhausted', 'cpu-starved', 'instance-ceiling-reached', 'request-timeout-exceeded'],
  diagnose: ({ 'cloud-run': { services }, metrics, logs }, context) => {
    const judged = services.flatMap((service) => judge(service, metrics, logs, context));
    return standingOfEach(judged, 'the memory of no service climbs steadily towards its limit');
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
  if (own === undefined || own.before.memoryRatio.length === 0) return [];
  const kills = logs === undefined ? 0 : linesOf(shortName, ['memory-limit-exceeded'], logs, context);
  if (kills > 0) return ruledOut(`${kills} containers were killed already`);
  const climb = climbOf(service, own);
  const level = percent(climb.level);
  if (climb.windows < CLIMBING_WINDOWS || climb.rise < CLIMB_RATIO || climb.level < LEVEL_RATIO) return [];
  if (climb.lateShare < STEADY_RATIO) return ruledOut(`memory at ${level}, and climbing ever more slowly`);
  const { secondsLeft } = climb;
  if (secondsLeft > HORIZON_SECONDS) return ruledOut(`memory at ${level}, with ${spoken(secondsLeft)} to its limit`);
  const traffic = trafficRatio(own, context);
  if (traffic !== undefined && traffic >= TRAFFIC_RATIO_MAX)
    return ruledOut(`memory at ${level}, as traffic is ${traffic.toFixed(1)} times the ordinary`);
  const hurts = climb.level >= MEMORY_NEAR_LIMIT_RATIO && isInTrouble(own, logs, context);
  const limitMib = service.template.containers[0]?.memoryMib;
  return {
    kind: 'cause',
    target: name,
    claim: `${shortName} leaks memory: from ${percent(climb.level - climb.rise)} to ${level} of ${limitMib ?? 'unknown'} MiB in ${spoken(climb.seconds)}, at its limit in about ${spoken(secondsLeft)}.`,
    confidence: 'likely',
    evidence: [
      {
        text: `Memory by ten minutes: ${climb.values.map(percent).join(', ')} of the limit (99th percentile).`,
        url: servicePage(name, 'metrics'),
      },
      ...(traffic === undefined ? [] : [{ text: `Traffic is ${traffic.toFixed(1)} times the ordinary.` }]),
    ],
    expects: [
      { text: 'traffic as it always is', seen: traffic === undefined ? 'unknown' : 'yes' },
      { text: 'no container killed yet', seen: logs === undefined ? 'unknown' : 'yes' },
    ],
    services: [shortName],
    harm: hurts ? 'now' : 'soon',
  };
}

const isInTrouble = (own: ServiceMetrics, logs: LogsObservation | undefined, context: Context): boolean =>
  slowness(own, context) !== undefined ||
  (logs !== undefined && failingNow(own.service, logs, context) >= FAILED_REQUESTS_MIN);

type Points = ServiceMetrics['before']['memoryRatio'];

interface Climb {
  readonly values: readonly number[];
  readonly windows: number;
  readonly rise: number;
  readonly level: number;
  readonly seconds: number;
  readonly secondsLeft: number;
  /** What of the rise came in the later half; one half where it is steady. Twice that, so that steady is 1. */
  readonly lateShare: number;
}

/** The unbroken climb that leads to the newest window, of the revision that serves now: a new one begins afresh. */
function climbOf({ revisions: [newest] }: ServiceObservation, { before }: ServiceMetrics): Climb {
  let windows: Points[number][] = [];
  for (const point of before.memoryRatio) {
    if (newest !== undefined && point.at <= newest.createdAt) continue;
    const last = windows.at(-1);
    if (last !== undefined && point.value <= last.value) windows = [];
    windows.push(point);
  }
  const values = windows.map(({ value }) => value);
  const [first, last] = [windows[0], windows.at(-1)];
  if (first === undefined || last === undefined)
    return { values, windows: 0, rise: 0, level: 0, seconds: 0, secondsLeft: 0, lateShare: 0 };
  const rise = last.value - first.value;
  const seconds = secondsBetween(first.at, last.at);
  // A climb is lowest where its later half begins.
  const middle = Math.min(...values.slice(Math.floor((values.length - 1) / 2)));
  return {
    values,
    windows: windows.length,
    rise,
    level: last.value,
    seconds,
    secondsLeft: ((1 - last.value) / rise) * seconds,
    lateShare: (2 * (last.value - middle)) / rise,
  };
}

const percent = (ratio: number): string => `${Math.round(ratio * 100)} %`;
const spoken = (seconds: number): string => `${Math.round(seconds / 60)} min`;
