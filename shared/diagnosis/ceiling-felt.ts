import type { ServiceMetrics } from '../evidence/metrics.ts';
import { CPU_FULL_RATIO } from './load-levels.ts';
import { recentValues } from './recent.ts';
import type { Context } from './rule.ts';
import { SLOW_POINTS, type Slowness, slowness, trafficRatio } from './slowness.ts';

/** With the traffic of always, CPU is what is short, and not the number of instances. As in cpu-starved. */
const TRAFFIC_RATIO_MIN = 1.5;

export interface Felt {
  readonly slow: Slowness;
  readonly traffic: number;
}

/** Whether a service stands at its ceiling, computes with all it has, and is far slower under more traffic: nothing is refused yet, and all wait. */
export function ceilingFelt(own: ServiceMetrics, ceiling: number, context: Context): Felt | undefined {
  const slow = slowness(own, context);
  const traffic = trafficRatio(own, context);
  const [instances, cpu] = [recentValues(own.instances, context), recentValues(own.cpuRatio, context)];
  const isFull =
    cpu.length >= SLOW_POINTS && Math.min(...cpu) >= CPU_FULL_RATIO && Math.min(ceiling, ...instances) >= ceiling;
  return slow === undefined || traffic === undefined || traffic < TRAFFIC_RATIO_MIN || !isFull
    ? undefined
    : { slow, traffic };
}
