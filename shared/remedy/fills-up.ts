import type { Series } from '../ports/cloud.ts';

type Points = Series['points'];

/** An instance that is given this much more at once than usual needs memory for that. Our own choice: an ordinary evening stays below it. */
export const BUSIER_RATIO = 1.5;
/** Of the limit, gained while an instance had no more to do than usual: less is the noise of garbage collection. Our own choice, as in memory-leaking. */
export const FILLED_RATIO_MIN = 0.15;

/**
 * Whether memory fills up by itself, and not by what is asked of an instance at once. Only then is an empty container any better than one that has
 * run for a while. false where Monitoring does not say what was asked.
 * @param memoryRatio 0..1 of the limit, a point a minute.
 * @param concurrency requests at once in one instance, the 99th percentile, a point a minute.
 */
export function fillsUp(memoryRatio: Points, concurrency: Points): boolean {
  const usual = lowerQuartile(concurrency);
  if (usual === undefined) return false;
  const busyFrom = concurrency.find(({ value }) => value > BUSIER_RATIO * usual)?.at;
  const calm = memoryRatio.filter(({ at }) => busyFrom === undefined || at < busyFrom);
  const last = calm.at(-1)?.value;
  const low = lowerQuartile(calm);
  return last !== undefined && low !== undefined && last - low >= FILLED_RATIO_MIN;
}

/** What holds most of the time in a look that ends in trouble; undefined without points. */
const lowerQuartile = (points: Points): number | undefined =>
  points.map(({ value }) => value).toSorted((a, b) => a - b)[Math.floor(points.length / 4)];
