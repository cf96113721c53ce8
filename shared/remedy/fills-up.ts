import type { Series } from '../ports/cloud.ts';

/** As full as it gets before the platform ends it: a point is the 99th percentile of a minute. Our own choice. */
export const FULL_RATIO = 0.9;
/** Minutes in a row without a step down, on the way to full. Jobs that land on one instance at once fill it within two; what leaks needs longer. Our own choice. */
export const FILLING_MINUTES_MIN = 4;
/** Of the limit, gained on that way: less is the noise of garbage collection. Our own choice, as in memory-leaking. */
export const FILLED_RATIO_MIN = 0.15;

/** Whether memory fills up little by little. Only then is an empty container any better than one that has run for a while. */
export function fillsUp(memoryRatio: Series['points']): boolean {
  const full = memoryRatio.findIndex(({ value }) => value >= FULL_RATIO);
  const way = memoryRatio.slice(0, full + 1).map(({ value }) => value);
  // From the end back to the last step down.
  const down = way.findLastIndex((value, index) => value < (way[index - 1] ?? 0));
  const climb = way.slice(Math.max(0, down));
  const [first = 0] = climb;
  return climb.length > FILLING_MINUTES_MIN && (climb.at(-1) ?? 0) - first >= FILLED_RATIO_MIN;
}
