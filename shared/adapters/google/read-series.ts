import type { SeriesQuery } from '../../ports/cloud.ts';
import { PlatformFailure } from '../../ports/platform-failure.ts';
import type { GoogleClients } from './clients.ts';
import { readPages } from './read-pages.ts';
import { fields, list, text } from './values.ts';

/** "the effective page_size is 100,000 results", counted in points: metric_service.proto. An hour of a hundred services has 6,000. */
const POINTS_PER_PAGE = 100_000;
const PAGES_MAX = 4;

/**
 * timeSeries.list, every page. @throws PlatformFailure also for an answer that is not whole: half the points read as half the traffic.
 */
export async function readSeries(
  query: SeriesQuery,
  { metrics }: Pick<GoogleClients, 'metrics'>,
  gax: () => { timeout: number; retry: null },
): Promise<readonly unknown[]> {
  const client = await metrics();
  const { items, more } = await readPages({ pagesMax: PAGES_MAX }, async (pageToken) => {
    const [timeSeries, , raw] = await client.listTimeSeries(
      { ...requestOf(query), ...(pageToken === undefined ? {} : { pageToken }) },
      { ...gax(), autoPaginate: false },
    );
    const { nextPageToken, executionErrors } = fields(raw);
    const [fault] = list(executionErrors);
    if (fault !== undefined) throw incomplete(query, text(fields(fault)['message']) ?? 'a part of it failed');
    return { items: timeSeries, nextPageToken: text(nextPageToken) };
  });
  if (more) throw incomplete(query, `it has more than ${POINTS_PER_PAGE * PAGES_MAX} points`);
  return items;
}

const incomplete = ({ project, filter }: SeriesQuery, why: string): PlatformFailure =>
  new PlatformFailure('unknown', `monitoring.timeSeries.list on projects/${project} (${filter}): not whole, ${why}`);

const requestOf = ({ project, filter, from, to, alignSeconds, aligner, reducer, groupBy }: SeriesQuery) => ({
  name: `projects/${project}`,
  filter,
  interval: { startTime: timestamp(from), endTime: timestamp(to) },
  aggregation: {
    alignmentPeriod: { seconds: alignSeconds },
    perSeriesAligner: aligner,
    crossSeriesReducer: reducer,
    groupByFields: [...groupBy],
  },
  view: 'FULL' as const,
  pageSize: POINTS_PER_PAGE,
});

function timestamp(at: string): { readonly seconds: number; readonly nanos: number } {
  const ms = Date.parse(at);
  return { seconds: Math.floor(ms / 1000), nanos: (ms % 1000) * 1_000_000 };
}
