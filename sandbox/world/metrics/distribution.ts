/** Values counted in exponential buckets, as google.api.Distribution has them. */
export interface Distribution {
  readonly scale: number;
  readonly growth: number;
  count: number;
  sum: number;
  sumOfSquares: number;
  /** counts[0] is the underflow bucket, below `scale`. */
  readonly counts: number[];
}

export const BUCKETS_FINITE = 66;

/** Buckets of latencies in milliseconds: 1 ms to beyond an hour. */
export const latencyBuckets = { scale: 1, growth: 1.4 } as const;
/** Buckets of shares from 0 to 1. */
export const ratioBuckets = { scale: 0.01, growth: 1.1 } as const;

export const emptyDistribution = (buckets: { scale: number; growth: number }): Distribution => ({
  scale: buckets.scale,
  growth: buckets.growth,
  count: 0,
  sum: 0,
  sumOfSquares: 0,
  counts: [],
});

export function addValue(into: Distribution, value: number, count: number): void {
  if (count <= 0) return;
  const index =
    value < into.scale
      ? 0
      : Math.min(BUCKETS_FINITE + 1, 1 + Math.floor(Math.log(value / into.scale) / Math.log(into.growth)));
  while (into.counts.length <= index) into.counts.push(0);
  into.counts[index] = (into.counts[index] ?? 0) + count;
  into.count += count;
  into.sum += value * count;
  into.sumOfSquares += value * value * count;
}

export function addDistribution(into: Distribution, other: Distribution): void {
  while (into.counts.length < other.counts.length) into.counts.push(0);
  other.counts.forEach((count, index) => {
    into.counts[index] = (into.counts[index] ?? 0) + count;
  });
  into.count += other.count;
  into.sum += other.sum;
  into.sumOfSquares += other.sumOfSquares;
}

export const meanOf = (d: Distribution): number => (d.count === 0 ? 0 : d.sum / d.count);

/** The value below which `share` of the values lie, interpolated within its bucket. */
export function quantileOf(d: Distribution, share: number): number {
  let before = 0;
  for (const [index, count] of d.counts.entries()) {
    if (count > 0 && before + count >= share * d.count) {
      const low = index === 0 ? 0 : d.scale * d.growth ** (index - 1);
      const high = d.scale * d.growth ** index;
      return low + (high - low) * ((share * d.count - before) / count);
    }
    before += count;
  }
  return 0;
}

/** The JSON of google.api.Distribution. */
export function distributionJson(d: Distribution): Record<string, unknown> {
  const mean = meanOf(d);
  return {
    count: String(d.count),
    mean,
    sumOfSquaredDeviation: Math.max(0, d.sumOfSquares - d.count * mean * mean),
    bucketOptions: { exponentialBuckets: { numFiniteBuckets: BUCKETS_FINITE, growthFactor: d.growth, scale: d.scale } },
    bucketCounts: d.counts.map(String),
  };
}
