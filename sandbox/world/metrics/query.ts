import { parseFilter } from '../filters/parse.ts';
import type { WorldState } from '../state.ts';
import { alignSeries } from './align.ts';
import { type Descriptor, descriptorsWith } from './descriptors.ts';
import { matchSeries, metricTypeOf } from './match-series.ts';
import { QueryError } from './query-error.ts';
import { recordedSeries } from './recorded.ts';
import { reduceSeries } from './reduce.ts';
import type { Point, Series } from './store.ts';

export interface SeriesQuery {
  readonly filter: string;
  /** Points that end after this, and at the latest at `endMs`. */
  readonly startMs: number;
  readonly endMs: number;
  readonly aligner: string;
  readonly periodSeconds: number;
  readonly reducer: string;
  readonly groupBy: readonly string[];
}

export const projectDescriptors = (state: WorldState): Descriptor[] =>
  descriptorsWith(state.scenario.alerting.logMetrics.map((m) => m.name));

/**
 * What timeSeries.list answers: points in order of time, none younger than its metric's ingest delay.
 * @throws QueryError where Cloud Monitoring would refuse; FilterError for a filter that does not parse.
 */
export function querySeries(state: WorldState, query: SeriesQuery): Series[] {
  const filter = parseFilter(query.filter);
  const type = metricTypeOf(filter);
  const recorded = recordedSeries(state);
  const descriptor = projectDescriptors(state).find((d) => d.type === type);
  if (!descriptor && !recorded.some((s) => s.metric.type === type)) throw unknownMetric(type);
  const visibleMs = state.nowMs - (descriptor?.ingestDelaySeconds ?? 0) * 1000;
  const isInside = (point: Point) => point.endMs > query.startMs && point.endMs <= Math.min(query.endMs, visibleMs);
  const simulated = [...state.metrics.series.values()].filter(
    (series) => series.metric.type === type && !isReplaced(series, recorded),
  );
  const found = [...simulated, ...recorded.filter((s) => s.metric.type === type)]
    .filter((series) => matchSeries(filter, series))
    .map((series) => ({ ...series, points: series.points.filter(isInside) }))
    .filter((series) => series.points.length > 0);
  return aggregate(found, query);
}

function aggregate(found: Series[], query: SeriesQuery): Series[] {
  const { aligner, periodSeconds, reducer, groupBy, endMs } = query;
  if (aligner === 'ALIGN_NONE') {
    if (reducer !== 'REDUCE_NONE')
      throw new QueryError(
        'INVALID_ARGUMENT',
        'Field aggregation.perSeriesAligner must be specified when a crossSeriesReducer is.',
      );
    return found;
  }
  if (!(periodSeconds >= 60))
    throw new QueryError(
      'INVALID_ARGUMENT',
      'Field aggregation.alignmentPeriod had an invalid value: it must be at least 60s.',
    );
  const aligned = found.map((series) => alignSeries(series, series.points, { aligner, periodSeconds, endMs }));
  return reducer === 'REDUCE_NONE' ? aligned : reduceSeries(aligned, reducer, groupBy);
}

/** A recorded series stands in place of what is simulated for the same metric and resource. */
const isReplaced = (series: Series, recorded: readonly Series[]): boolean =>
  recorded.some(
    (r) =>
      r.metric.type === series.metric.type &&
      r.resource.type === series.resource.type &&
      Object.entries(r.resource.labels).every(([key, value]) => series.resource.labels[key] === value),
  );

const unknownMetric = (type: string) =>
  new QueryError(
    'NOT_FOUND',
    `Cannot find metric(s) that match type = "${type}". If a metric was created recently, it could take up to 10 minutes to become available. Please try again soon.`,
  );
