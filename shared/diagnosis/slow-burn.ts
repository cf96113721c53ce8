import type { MetricsObservation } from '../evidence/metrics.ts';
import { secondsBetween } from '../ports/clock.ts';
import type { Revision } from '../ports/cloud.ts';
import { MEMORY_NEAR_LIMIT_RATIO } from './load-levels.ts';
import { CLIMB_RATIO, TRAFFIC_RATIO_MAX } from './memory-leaking.ts';
import type { Context } from './rule.ts';
import { trafficRatio } from './slowness.ts';

/** Windows of ten minutes, on either side of a deploy: fewer do not tell what was ordinary before it, nor a climb from a warm-up. Our own choice. */
export const WINDOWS_MIN = 3;

/** Memory that climbs from a deploy on, to where what served before never was. */
export interface SlowBurn {
  /** The most that was in use before the deploy, then after it: 0..1 of the limit. */
  readonly heldRatio: number;
  readonly reachedRatio: number;
  readonly seconds: number;
}

/**
 * A release that breaks its service by and by: undefined where memory did not climb from its deploy on, where it had climbed before, where it is
 * far from its limit, and where more traffic is why.
 */
export function slowBurn(
  service: string,
  { createdAt }: Revision,
  metrics: MetricsObservation | undefined,
  context: Context,
): SlowBurn | undefined {
  const own = metrics?.services.find((one) => one.service === service);
  if (own === undefined || (trafficRatio(own, context) ?? 0) >= TRAFFIC_RATIO_MAX) return undefined;
  const windows = own.before.memoryRatio;
  const before = windows.filter(({ at }) => at <= createdAt).map(({ value }) => value);
  const after = windows.filter(({ at }) => at > createdAt);
  const [first] = after;
  if (first === undefined || before.length < WINDOWS_MIN) return undefined;
  const peak = after.reduce((highest, one) => (one.value > highest.value ? one : highest), first);
  const reachedRatio = peak.value;
  const climb = after.slice(0, after.indexOf(peak) + 1);
  const heldRatio = Math.max(...before);
  const isLevel = heldRatio - Math.min(...before) < CLIMB_RATIO;
  const isClimb = climb.length >= WINDOWS_MIN && climb.every(({ value }, i) => value >= (climb[i - 1]?.value ?? 0));
  const isFar = reachedRatio - Math.max(first.value, heldRatio) < CLIMB_RATIO || reachedRatio < MEMORY_NEAR_LIMIT_RATIO;
  if (!isLevel || !isClimb || isFar) return undefined;
  return { heldRatio, reachedRatio, seconds: secondsBetween(createdAt, peak.at) };
}
