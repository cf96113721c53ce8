import type { Instant } from '../../ports/clock.ts';
import type { Series } from '../../ports/cloud.ts';
import { fields, list, moment, number } from './values.ts';

/**
 * Pages of google.monitoring.v3.TimeSeries into one Series each, points oldest first. A series goes on from page to page:
 * the limit of a page counts points.
 */
export function toSeries(timeSeries: readonly unknown[]): readonly Series[] {
  const found = new Map<string, { labels: Series['labels']; points: Series['points'][number][] }>();
  for (const api of timeSeries) {
    const labels = labelsOf(api);
    const key = JSON.stringify(Object.entries(labels).sort());
    const series = found.get(key) ?? { labels, points: [] };
    series.points.push(...list(fields(api)['points']).flatMap(pointOf));
    found.set(key, series);
  }
  return [...found.values()].map(({ labels, points }) => ({ labels, points: points.sort(byTime) }));
}

function labelsOf(api: unknown): Series['labels'] {
  const { resource, metric } = fields(api);
  const labels = { ...fields(fields(resource)['labels']), ...fields(fields(metric)['labels']) };
  return Object.fromEntries(Object.entries(labels).map(([name, value]) => [name, String(value)]));
}

/** A distribution has no one number, so it gives no point: ask for a percentile of it. */
function pointOf(api: unknown): { readonly at: Instant; readonly value: number }[] {
  const { interval, value } = fields(api);
  const at = moment(fields(interval)['endTime']);
  const { doubleValue, int64Value, boolValue } = fields(value);
  const found =
    number(doubleValue) ?? number(int64Value) ?? (typeof boolValue === 'boolean' ? Number(boolValue) : undefined);
  return at === undefined || found === undefined ? [] : [{ at, value: found }];
}

const byTime = (a: { readonly at: Instant }, b: { readonly at: Instant }): number =>
  a.at < b.at ? -1 : a.at > b.at ? 1 : 0;
