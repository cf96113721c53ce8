import { addDistribution, type Distribution, emptyDistribution, meanOf, quantileOf } from './distribution.ts';
import { labelAt } from './match-series.ts';
import { QueryError } from './query-error.ts';
import type { Point, Series } from './store.ts';

type Reduce = (values: readonly (number | Distribution)[]) => number | Distribution;

const plain = (values: readonly (number | Distribution)[]): number[] =>
  values.map((v) => (typeof v === 'number' ? v : meanOf(v)));
const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

const percentile =
  (share: number): Reduce =>
  (values) => {
    if (values.some((v) => typeof v === 'object')) return quantileOf(mergedOf(values), share);
    const sorted = plain(values).toSorted((a, b) => a - b);
    return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  };

/** Source: enum Reducer in google/monitoring/v3/common.proto of @google-cloud/monitoring 6.1.1. */
const reducers: Readonly<Record<string, { readonly keepsType: boolean; readonly reduce: Reduce }>> = {
  REDUCE_SUM: {
    keepsType: true,
    reduce: (values) => (values.some((v) => typeof v === 'object') ? mergedOf(values) : sum(plain(values))),
  },
  REDUCE_MEAN: {
    keepsType: false,
    reduce: (values) =>
      values.some((v) => typeof v === 'object') ? meanOf(mergedOf(values)) : sum(plain(values)) / values.length,
  },
  REDUCE_MAX: { keepsType: true, reduce: (values) => Math.max(...plain(values)) },
  REDUCE_MIN: { keepsType: true, reduce: (values) => Math.min(...plain(values)) },
  REDUCE_COUNT: { keepsType: false, reduce: (values) => values.length },
  REDUCE_PERCENTILE_99: { keepsType: false, reduce: percentile(0.99) },
  REDUCE_PERCENTILE_95: { keepsType: false, reduce: percentile(0.95) },
  REDUCE_PERCENTILE_50: { keepsType: false, reduce: percentile(0.5) },
  REDUCE_PERCENTILE_05: { keepsType: false, reduce: percentile(0.05) },
};

function mergedOf(values: readonly (number | Distribution)[]): Distribution {
  const all = values.filter((v) => typeof v === 'object');
  const result = emptyDistribution(all[0] ?? { scale: 1, growth: 2 });
  for (const value of all) addDistribution(result, value);
  return result;
}

/** One series for each group of equal `groupBy` labels; only those labels, and the project, remain. @throws QueryError for an unknown reducer. */
export function reduceSeries(all: readonly Series[], name: string, groupBy: readonly string[]): Series[] {
  const reducer = reducers[name];
  if (!reducer)
    throw new QueryError('INVALID_ARGUMENT', `Field aggregation.crossSeriesReducer had an invalid value of "${name}".`);
  if (all[0]?.valueType === 'DISTRIBUTION' && (name === 'REDUCE_MAX' || name === 'REDUCE_MIN')) {
    const why = `The reducer cannot be applied to metrics with kind ${all[0].metricKind} and value type DISTRIBUTION.`;
    throw new QueryError(
      'INVALID_ARGUMENT',
      `Field aggregation.crossSeriesReducer had an invalid value of "${name}": ${why}`,
    );
  }
  const paths = groupBy.map((field) => field.split('.'));
  const groups = Map.groupBy(all, (series) => JSON.stringify(paths.map((path) => labelAt(series, path))));
  return [...groups.values()].map((group) => {
    const [first] = group;
    if (!first) throw new QueryError('INVALID_ARGUMENT', 'A group without series.');
    const byTime = Map.groupBy(
      group.flatMap((series) => series.points),
      (point) => point.endMs,
    );
    const points = [...byTime.values()].map(
      (at): Point => ({
        startMs: at[0]?.startMs ?? 0,
        endMs: at[0]?.endMs ?? 0,
        value: reducer.reduce(at.map((p) => p.value)),
      }),
    );
    return {
      ...identityOf(first, paths),
      metricKind: first.metricKind,
      valueType: reducer.keepsType ? first.valueType : name === 'REDUCE_COUNT' ? 'INT64' : 'DOUBLE',
      points: points.sort((a, b) => a.endMs - b.endMs),
    };
  });
}

function identityOf(series: Series, paths: readonly (readonly string[])[]): Pick<Series, 'metric' | 'resource'> {
  const kept = (source: 'metric' | 'resource') =>
    Object.fromEntries(
      paths.flatMap((path): [string, string][] => {
        const value = path[0] === source && path[1] !== 'type' ? labelAt(series, path) : undefined;
        return value === undefined ? [] : [[path.slice(2).join('.'), value]];
      }),
    );
  const { project_id } = series.resource.labels;
  return {
    metric: { type: series.metric.type, labels: kept('metric') },
    resource: {
      type: series.resource.type,
      labels: { ...(project_id !== undefined && { project_id }), ...kept('resource') },
    },
  };
}
