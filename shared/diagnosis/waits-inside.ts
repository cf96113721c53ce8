import type { ServiceObservation } from '../evidence/cloud-run.ts';
import type { MetricsObservation } from '../evidence/metrics.ts';
import { secondsBetween } from '../ports/clock.ts';
import { CPU_IDLE_RATIO, MEMORY_NEAR_LIMIT_RATIO } from './load-levels.ts';
import { middleOf, recentValues } from './recent.ts';
import { shareOf } from './revisions.ts';
import type { Context } from './rule.ts';
import { SLOW_POINTS, type Slowness, slowness, trafficRatio } from './slowness.ts';

/** What is ordinary differs by less from one hour to the next. As in concurrency-mismatched. */
const TRAFFIC_RATIO_MAX = 1.3;
/** So many times as long as the slowest twentieth ordinarily takes in all. As much as makes an answer slow at all: see slowness. */
const HELD_TIMES_MIN = 3;

/** A service whose requests each stay inside its instances for far longer than ordinarily, though nothing is computed and no more of them come. */
export interface Waiting {
  readonly slow: Slowness;
  /** Requests in one instance at once. */
  readonly held: number;
  readonly instances: number;
  /** 0..1 of the limit. */
  readonly cpu: number;
  /** Times the ordinary. */
  readonly traffic: number;
}

/**
 * Whether a service waits for something else than room. What is inside, divided by what leaves in a minute, is how long each stays (Little's law): it
 * grows with what a request waits for inside, and not with the queue before the door. Not where there is more traffic, where a revision came within
 * the look, or where memory is nearly full and is being collected: those are reasons of their own.
 */
export function waitsInside(
  service: ServiceObservation,
  { services }: MetricsObservation,
  context: Context,
): Waiting | undefined {
  const own = services.find((one) => one.service === service.shortName);
  const slow = own && slowness(own, context);
  const traffic = own && trafficRatio(own, context);
  if (own === undefined || slow === undefined || traffic === undefined || traffic >= TRAFFIC_RATIO_MAX)
    return undefined;
  if (isNew(service, context)) return undefined;
  const cpus = recentValues(own.cpuRatio, context);
  const [cpu, held, instances] = [
    cpus,
    recentValues(own.concurrency, context),
    recentValues(own.instances, context),
  ].map(middleOf);
  if (cpu === undefined || cpus.length < SLOW_POINTS || cpu >= CPU_IDLE_RATIO) return undefined;
  if (held === undefined || instances === undefined) return undefined;
  if (recentValues(own.memoryRatio, context).some((ratio) => ratio >= MEMORY_NEAR_LIMIT_RATIO)) return undefined;
  const perMinute = Math.max(1, middleOf(recentValues(own.requests, context)) as number); // Sound: their traffic is known.
  const heldMs = (held * instances * 60_000) / perMinute;
  return heldMs < HELD_TIMES_MIN * slow.ordinaryMs ? undefined : { slow, held, instances, cpu, traffic };
}

const isNew = (service: ServiceObservation, { since }: Context): boolean =>
  service.revisions.some(
    ({ createdAt, shortName }) => secondsBetween(since, createdAt) >= 0 && shareOf(service, shortName) > 0,
  );
