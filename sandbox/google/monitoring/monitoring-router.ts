import { type Request, Router } from 'express';
import { conjuncts } from '../../world/filters/filter.ts';
import { parseFilter } from '../../world/filters/parse.ts';
import { projectDescriptors, querySeries, type SeriesQuery } from '../../world/metrics/query.ts';
import type { Series } from '../../world/metrics/store.ts';
import type { World } from '../../world/world.ts';
import { invalidArgument, notFound } from '../api-error.ts';
import { page } from '../page.ts';
import { descriptorView, seriesView } from './series-view.ts';

const POINTS_MAX = 100_000;
const DESCRIPTOR_PAGES = { usual: 10_000, max: 10_000 };

/** Cloud Monitoring v3: time series and metric descriptors. */
export function monitoringRouter({ state }: World): Router {
  const router = Router();
  const { project } = state.scenario.estate;
  const unitOf = (series: Series) => projectDescriptors(state).find((d) => d.type === series.metric.type)?.unit ?? '1';
  router.get('/v3/projects/:project/timeSeries', (request, response) => {
    const all = querySeries(state, seriesQuery(request));
    const headersOnly = ['HEADERS', '1'].includes(String(request.query['view']));
    const asked = { pageSize: request.query['pageSize'], pageToken: request.query['pageToken'] };
    // Pages count points; a series that does not fit goes on in the next one.
    const { items, ...rest } = page(
      headersOnly ? all.map((s) => ({ ...s, points: [] })) : all.flatMap(pointwise),
      asked,
      { usual: POINTS_MAX, max: POINTS_MAX },
    );
    const timeSeries = joined(items).map((series) => seriesView(series, unitOf(series)));
    response.json({ ...(timeSeries.length > 0 && { timeSeries }), ...rest, unit: all[0] ? unitOf(all[0]) : '1' });
  });
  router.get('/v3/projects/:project/metricDescriptors', (request, response) => {
    const passes = descriptorFilter(request.query['filter']);
    const all = projectDescriptors(state)
      .filter((d) => passes(d.type))
      .map((d) => descriptorView(project, d));
    const { items, ...rest } = page(
      all,
      { pageSize: request.query['pageSize'], pageToken: request.query['pageToken'] },
      DESCRIPTOR_PAGES,
    );
    response.json({ ...(items.length > 0 && { metricDescriptors: items }), ...rest });
  });
  router.get('/v3/projects/:project/metricDescriptors/*type', (request, response) => {
    const type = request.params.type.join('/');
    const descriptor = projectDescriptors(state).find((d) => d.type === type);
    if (!descriptor) throw notFound(`Could not find descriptor for metric '${type}'.`);
    response.json(descriptorView(project, descriptor));
  });
  return router;
}

const ALIGNERS = ['ALIGN_NONE', 'ALIGN_DELTA', 'ALIGN_RATE', 'ALIGN_INTERPOLATE', 'ALIGN_NEXT_OLDER'];
const ALIGNERS_FROM_10 = [
  'ALIGN_MIN',
  'ALIGN_MAX',
  'ALIGN_MEAN',
  'ALIGN_COUNT',
  'ALIGN_SUM',
  'ALIGN_STDDEV',
  'ALIGN_COUNT_TRUE',
  'ALIGN_FRACTION_TRUE',
  'ALIGN_PERCENTILE_99',
  'ALIGN_PERCENTILE_95',
  'ALIGN_PERCENTILE_50',
  'ALIGN_PERCENTILE_05',
];
const REDUCERS = [
  'REDUCE_NONE',
  'REDUCE_MEAN',
  'REDUCE_MIN',
  'REDUCE_MAX',
  'REDUCE_SUM',
  'REDUCE_STDDEV',
  'REDUCE_COUNT',
  'REDUCE_COUNT_TRUE',
  'REDUCE_FRACTION_TRUE',
  'REDUCE_PERCENTILE_99',
  'REDUCE_PERCENTILE_95',
  'REDUCE_PERCENTILE_50',
  'REDUCE_PERCENTILE_05',
];

/** Enums come by name or by number, as Google's clients in REST mode send them. Source: google/monitoring/v3/common.proto. */
function enumName(value: unknown, names: readonly string[], usual: string): string {
  if (value === undefined || value === '') return usual;
  return /^\d+$/.test(String(value)) ? (names[Number(value)] ?? String(value)) : String(value);
}

const alignerNames: readonly string[] = [...ALIGNERS, ...Array<string>(5).fill(''), ...ALIGNERS_FROM_10];

function seriesQuery({ query }: Request): SeriesQuery {
  if (query['secondaryAggregation.perSeriesAligner'] !== undefined)
    throw invalidArgument('The sandbox does not have secondary aggregations.');
  const groupBy = query['aggregation.groupByFields'] ?? [];
  const endMs = time(query['interval.endTime'], 'interval.endTime');
  return {
    filter: String(query['filter'] ?? ''),
    endMs,
    startMs:
      query['interval.startTime'] === undefined ? endMs - 1 : time(query['interval.startTime'], 'interval.startTime'),
    aligner: enumName(query['aggregation.perSeriesAligner'], alignerNames, 'ALIGN_NONE'),
    periodSeconds: Number.parseFloat(String(query['aggregation.alignmentPeriod'] ?? '0')),
    reducer: enumName(query['aggregation.crossSeriesReducer'], REDUCERS, 'REDUCE_NONE'),
    groupBy: (Array.isArray(groupBy) ? groupBy : [groupBy]).map(String),
  };
}

function time(value: unknown, field: string): number {
  const ms = Date.parse(String(value));
  if (Number.isNaN(ms))
    throw invalidArgument(`Field ${field} had an invalid value of "${String(value ?? '')}": it must be a timestamp.`);
  return ms;
}

const pointwise = (series: Series): Series[] =>
  series.points.toReversed().map((point) => ({ ...series, points: [point] }));

/** Points of the same series next to each other become one series again. */
function joined(items: readonly Series[]): Series[] {
  const byIdentity = Map.groupBy(items, (s) => JSON.stringify([s.metric, s.resource]));
  return [...byIdentity.values()].flatMap(([first, ...rest]) =>
    first ? [{ ...first, points: [first, ...rest].flatMap((s) => s.points).toReversed() }] : [],
  );
}

/** `metric.type = "x"` or `metric.type = starts_with("x")`; other restrictions of descriptors are not here. */
function descriptorFilter(filter: unknown): (type: string) => boolean {
  if (filter === undefined || filter === '') return () => true;
  const parts = conjuncts(parseFilter(String(filter)));
  return (type) =>
    parts.every((part) => {
      if (part.kind !== 'compare' || part.path.join('.') !== 'metric.type') return true;
      return part.value.kind === 'text' ? part.value.text === type : type.startsWith(part.value.values[0] ?? '');
    });
}
