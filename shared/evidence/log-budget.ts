import type { CloudReader, LogEntry, LogPage } from '../ports/cloud.ts';
import { PlatformFailure } from '../ports/platform-failure.ts';

/**
 * Requests of entries.list in one look, pages and repetitions included, of all inspectors together. A project allows about 60 reads a minute for
 * everybody (facts, 2026-11-23), and people need them too. Looks at one incident are a minute apart (moves.ts), so that an incident takes a tenth
 * of them at most, and ten at once leave people some; over its whole life it takes as many looks as it needs. A look that diagnoses in a storm spends
 * all six: three logs, how the storm began, what was changed, and the load balancer's log. One that verifies spends two to four, and one or two more
 * where its rule judges by the others (staging-503, counted in test/engine/log-reads.test.ts: six, and then two or three a minute, 34 until it is over).
 */
export const LOG_CALLS_MAX = 6;

/**
 * A reader whose `logs` spends one budget, and answers `rate-limited` beyond it. What has no answer is asked for once more; a quota that is spent is
 * left to those who spend it. Pages are followed where one came short of what was asked for: an empty page with a token means that the search goes on
 * (entries.list, read 2026-11-23). What the budget cuts off reads as truncated.
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
  const spendTwice: CloudReader['logs'] = async (query, abort) => {
    try {
      return await spend(query, abort);
    } catch (error) {
      const again = error instanceof PlatformFailure && error.code === 'unavailable' && left > 0;
      if (!again) throw error;
      return spend(query, abort);
    }
  };
  return {
    ...cloud,
    logs: async (query, abort): Promise<LogPage> => {
      let page = await spendTwice(query, abort);
      const entries: LogEntry[] = [...page.entries];
      while (page.nextPageToken !== undefined && entries.length < query.entriesMax && left > 0) {
        const rest = { entriesMax: query.entriesMax - entries.length, pageToken: page.nextPageToken };
        page = await spendTwice({ ...query, ...rest }, abort);
        entries.push(...page.entries);
      }
      return { ...page, entries };
    },
  };
}
