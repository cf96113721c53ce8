import type { ServiceMetrics } from '../evidence/metrics.ts';
import { middleOf, recentValues } from './recent.ts';
import type { Context } from './rule.ts';

/** What is ordinary varies: day and night, warm and cold, differ by half or so. Three times as long is something else. Our own choice. */
const SLOW_RATIO = 3;
/** About a second is where a person's train of thought breaks (Nielsen, Response Times: The 3 Important Limits, 1993). */
const SLOW_MS_MIN = 1000;
/** Of fewer answers in the last minutes, a twentieth is less than one. */
export const ANSWERS_MIN = 20;
/** Our own choice: one late minute may be one cold start, and a third would delay the first look. */
export const SLOW_POINTS = 2;

export interface Slowness {
  readonly nowMs: number;
  readonly ordinaryMs: number;
}

/** How slow a service answers now, where that is far from what is ordinary for it; undefined where it is not, or nothing says what is ordinary. */
export function slowness(service: ServiceMetrics, context: Context): Slowness | undefined {
  const ordinaryMs = service.before.latencyP95Ms;
  const recent = recentValues(service.latencyP95Ms, context);
  const nowMs = middleOf(recent);
  const answers = recentValues(service.requests, context).reduce((sum, value) => sum + value, 0);
  if (ordinaryMs === undefined || nowMs === undefined) return undefined;
  if (recent.length < SLOW_POINTS || answers < ANSWERS_MIN) return undefined;
  return nowMs >= SLOW_MS_MIN && nowMs >= SLOW_RATIO * ordinaryMs ? { nowMs, ordinaryMs } : undefined;
}

/** `0.2 s`, `12 s`: as exact as anyone needs it. */
export const spokenMs = (ms: number): string => `${ms < 10_000 ? Math.round(ms / 100) / 10 : Math.round(ms / 1000)} s`;

/** How many times the ordinary traffic reaches the service's containers now; undefined where nothing says what is ordinary. */
export function trafficRatio({ requests, before }: ServiceMetrics, context: Context): number | undefined {
  const now = middleOf(recentValues(requests, context));
  const ordinary = before.requestsPerMinute;
  return now === undefined || ordinary === undefined || ordinary === 0 ? undefined : now / ordinary;
}
