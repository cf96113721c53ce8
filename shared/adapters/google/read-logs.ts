import type { LogPage, LogQuery } from '../../ports/cloud.ts';
import { toLogEntry } from './map-log-entry.ts';
import type { Rest } from './rest.ts';
import { fields, list, text } from './values.ts';

/** The most that one answer holds: entries.list, cloud.google.com/logging/docs/reference/v2/rest/v2/entries/list, read 2026-11-23. */
const ENTRIES_PER_PAGE = 1000;

/** One page of entries.list by REST: Google's client for it drags a second, older set of libraries along (facts, 2026-11-23). */
export async function readLogs(query: LogQuery, rest: Rest): Promise<LogPage> {
  const { project, filter, from, to, entriesMax, order, pageToken } = query;
  const body = {
    resourceNames: [`projects/${project}`],
    filter: `(${filter}) AND timestamp>="${from}" AND timestamp<="${to}"`,
    orderBy: order === 'newest-first' ? 'timestamp desc' : 'timestamp asc',
    pageSize: Math.min(entriesMax, ENTRIES_PER_PAGE),
    ...(pageToken === undefined ? {} : { pageToken }),
  };
  const page = fields(await rest({ api: 'logging', method: 'POST', path: 'v2/entries:list', body }));
  const nextPageToken = text(page['nextPageToken']);
  return {
    entries: list(page['entries']).map(toLogEntry),
    truncated: nextPageToken !== undefined,
    nextPageToken,
  };
}
