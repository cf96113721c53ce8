import { addDistribution, type Distribution, emptyDistribution, quantileOf } from './distribution.ts';
import { QueryError } from './query-error.ts';
import type { Point, Series } from './store.ts';

type Shape = Pick<Series, 'metricKind' | 'valueType'>;

/** What an aligner takes and gives. Source: enum Aligner in google/monitoring/v3/common.proto of @google-cloud/monitoring 6.1.1. */
interface Aligner {
  readonly takes: (shape: Shape) => boolean;
  readonly gives: (shape: Shape) => Shape;
  readonly align: (points: readonly Point[], periodSeconds: number) => number | Distribution;
}

const isNumeric = ({ valueType }: Shape) => valueType === 'INT64' || valueType === 'DOUBLE';
const isTruth = ({ metricKind, valueType }: Shape) => metricKind === 'GAUGE' && valueType === 'BOOL';
const isDistribution = ({ valueType }: Shape) => valueType === 'DISTRIBUTION';
const numbers = (points: readonly Point[]): number[] =>
  points.map(({ value }) => (typeof value === 'number' ? value : value.sum));
const asDouble = (): Shape => ({ metricKind: 'GAUGE', valueType: 'DOUBLE' });
const asGauge = (shape: Shape): Shape => ({ metricKind: 'GAUGE', valueType: shape.valueType });

const percentile = (share: number): Aligner => ({
  takes: isDistribution,
  gives: asDouble,
  align: (points) => quantileOf(merged(points), share),
});

const aligners: Readonly<Record<string, Aligner>> = {
  ALIGN_DELTA: { takes: ({ metricKind }) => metricKind === 'DELTA', gives: (shape) => shape, align: total },
  ALIGN_RATE: {
    takes: (shape) => shape.metricKind === 'DELTA' && isNumeric(shape),
    gives: asDouble,
    align: (points, periodSeconds) => sum(numbers(points)) / periodSeconds,
  },
  ALIGN_SUM: { takes: (shape) => isNumeric(shape) || isDistribution(shape), gives: (shape) => shape, align: total },
  ALIGN_MEAN: { takes: isNumeric, gives: asDouble, align: (points) => sum(numbers(points)) / points.length },
  ALIGN_MIN: { takes: isNumeric, gives: asGauge, align: (points) => Math.min(...numbers(points)) },
  ALIGN_MAX: { takes: isNumeric, gives: asGauge, align: (points) => Math.max(...numbers(points)) },
  ALIGN_FRACTION_TRUE: {
    takes: ({ valueType }) => valueType === 'BOOL',
    gives: asDouble,
    align: (points) => sum(numbers(points)) / points.length,
  },
  ALIGN_COUNT: {
    takes: isNumeric,
    gives: () => ({ metricKind: 'GAUGE', valueType: 'INT64' }),
    align: (points) => points.length,
  },
  ALIGN_NEXT_OLDER: {
    takes: ({ metricKind }) => metricKind === 'GAUGE',
    gives: (shape) => shape,
    align: (points) => points.at(-1)?.value ?? 0,
  },
  ALIGN_COUNT_TRUE: {
    takes: isTruth,
    gives: () => ({ metricKind: 'GAUGE', valueType: 'INT64' }),
    align: (points) => sum(numbers(points)),
  },
  ALIGN_PERCENTILE_99: percentile(0.99),
  ALIGN_PERCENTILE_95: percentile(0.95),
  ALIGN_PERCENTILE_50: percentile(0.5),
  ALIGN_PERCENTILE_05: percentile(0.05),
};

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

function merged(points: readonly Point[]): Distribution {
  const all = points.map((p) => p.value).filter((v) => typeof v === 'object');
  const result = emptyDistribution(all[0] ?? { scale: 1, growth: 2 });
  for (const value of all) addDistribution(result, value);
  return result;
}

function total(points: readonly Point[]): number | Distribution {
  return points.some((p) => typeof p.value === 'object') ? merged(points) : sum(numbers(points));
}

export interface Alignment {
  readonly aligner: string;
  readonly periodSeconds: number;
  /** Windows end here and at every period before it. */
  readonly endMs: number;
}

/** One point for each window that has any; a window without points stays without one. @throws QueryError for an aligner that the metric cannot take. */
export function alignSeries(
  series: Series,
  points: readonly Point[],
  { aligner: name, periodSeconds, endMs }: Alignment,
): Series {
  const aligner = aligners[name];
  if (!aligner) throw invalidAligner(name, 'The aligner is not known.');
  if (!aligner.takes(series)) {
    throw invalidAligner(
      name,
      `The aligner cannot be applied to metrics with kind ${series.metricKind} and value type ${series.valueType}.`,
    );
  }
  const shape = aligner.gives(series);
  const periodMs = periodSeconds * 1000;
  const windows = Map.groupBy(points, (point) => Math.floor((endMs - point.endMs) / periodMs));
  const aligned = [...windows].map(([index, inside]): Point => {
    const windowEnd = endMs - index * periodMs;
    const startMs = shape.metricKind === 'DELTA' ? windowEnd - periodMs : windowEnd;
    return { startMs, endMs: windowEnd, value: aligner.align(inside, periodSeconds) };
  });
  return { ...series, ...shape, points: aligned.sort((a, b) => a.endMs - b.endMs) };
}

// Real text: grafana/grafana#22634 and google/exposure-notifications-verification-server#659, read 2026-11-23.
const invalidAligner = (name: string, why: string) =>
  new QueryError('INVALID_ARGUMENT', `Field aggregation.perSeriesAligner had an invalid value of "${name}": ${why}`);
