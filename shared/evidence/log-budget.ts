import type { CloudReader, LogEntry, LogPage } from '../ports/cloud.ts';
import { PlatformFailure } from '../ports/platform-failure.ts';

/**
 * Calls of entries.list in one look, pages included, of all inspectors together. A project allows about 60 reads a minute for everybody (facts,
 * 2026-11-23), and people need them too: a storm of ten incidents leaves them none if each takes more.
 */
export const LOG_CALLS_MAX = 6;

/**
 * A reader whose `logs` spends one budget, and answers `rate-limited` beyond it. Pages are followed where one came short of what was asked for: an
 * empty page with a token means that the search goes on (entries.list, read 2026-11-23). What the budget cuts off reads as truncated.
 */
export function withLogBudget(cloud: CloudReader): CloudReader {
  let left = LOG_CALLS_MAX;
  const spend: CloudReader['logs'] = async (query, abort) => {
    if (left === 0)
      throw new PlatformFailure(
        'rate-limited',
        `logging.logEntries.list on projects/${query.project}: all ${LOG_CALLS_MAX} reads of this look are spent`,
      );
    left -= 1;
    return cloud.logs(query, abort);
  };
  return {
    ...cloud,
    logs: async (query, abort): Promise<LogPage> => {
      let page = await spend(query, abort);
      const entries: LogEntry[] = [...page.entries];
      while (page.nextPageToken !== undefined && entries.length < query.entriesMax && left > 0) {
        const rest = { entriesMax: query.entriesMax - entries.length, pageToken: page.nextPageToken };
        page = await spend({ ...query, ...rest }, abort);
        entries.push(...page.entries);
      }
      return { ...page, entries };
    },
  };
}
