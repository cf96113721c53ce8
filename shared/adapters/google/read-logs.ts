import type { LogPage, LogQuery } from '../../ports/cloud.ts';
import { toLogEntry } from './map-log-entry.ts';
import { readPages } from './read-pages.ts';
import type { Rest } from './rest.ts';
import { fields, list, text } from './values.ts';

/** The most that one answer holds: entries.list, cloud.google.com/logging/docs/reference/v2/rest/v2/entries/list, read 2026-11-23. */
const ENTRIES_PER_PAGE = 1000;
/** A project has 60 of these reads a minute for everybody (facts, 2026-11-23), and a page may come empty while the search goes on. */
const PAGES_MAX = 4;

/** entries.list by REST: Google's client for it drags a second, older set of libraries along (facts, 2026-11-23). */
export async function readLogs(query: LogQuery, rest: Rest): Promise<LogPage> {
  const { project, filter, from, to, entriesMax, order } = query;
  const body = {
    resourceNames: [`projects/${project}`],
    filter: `(${filter}) AND timestamp>="${from}" AND timestamp<="${to}"`,
    orderBy: order === 'newest-first' ? 'timestamp desc' : 'timestamp asc',
    pageSize: Math.min(entriesMax, ENTRIES_PER_PAGE),
  };
  const { items, more } = await readPages({ pagesMax: PAGES_MAX, itemsMax: entriesMax }, async (pageToken) => {
    const page = fields(
      await rest({ api: 'logging', method: 'POST', path: 'v2/entries:list', body: { ...body, pageToken } }),
    );
    return { items: list(page['entries']), nextPageToken: text(page['nextPageToken']) };
  });
  return { entries: items.map(toLogEntry), truncated: more };
}
