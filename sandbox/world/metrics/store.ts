import type { Distribution } from './distribution.ts';

/** One time series. Points are in order of time. */
export interface Series {
  readonly metric: { readonly type: string; readonly labels: Readonly<Record<string, string>> };
  readonly resource: { readonly type: string; readonly labels: Readonly<Record<string, string>> };
  readonly metricKind: 'GAUGE' | 'DELTA';
  readonly valueType: 'INT64' | 'DOUBLE' | 'BOOL' | 'DISTRIBUTION';
  readonly points: Point[];
}

export interface Point {
  readonly startMs: number;
  readonly endMs: number;
  readonly value: number | Distribution;
}

/** Every series of the project, by its identity; `minutes` gathers what the next sample will hold. */
export interface MetricStore {
  readonly series: Map<string, Series>;
  readonly minutes: Map<string, RevisionMinute>;
}

/** What one revision did since the last sample. */
export interface RevisionMinute {
  readonly requests: Map<number, number>;
  readonly latencies: Map<number, Distribution>;
  readonly starts: Distribution;
  readonly memory: Distribution;
  readonly cpu: Distribution;
  readonly concurrency: Distribution;
  sentBytes: number;
}

export const createMetricStore = (): MetricStore => ({ series: new Map(), minutes: new Map() });

type Identity = Omit<Series, 'points'>;

/** Adds a point to the series with this identity, which begins with it if need be. */
export function addPoint(store: MetricStore, identity: Identity, point: Point): void {
  const key = JSON.stringify([identity.metric, identity.resource]);
  const known = store.series.get(key);
  if (known) known.points.push(point);
  else store.series.set(key, { ...identity, points: [point] });
}
