import type { LogName, LogsObservation } from '../evidence/logs.ts';

export interface Counted {
  readonly count: number;
  /** What is counted, in the singular; its plural takes an s. */
  readonly noun: string;
  /** The one log that it was counted from. */
  readonly from: LogName;
}

/** `37 requests`; `at least 37 requests` where that log held more than was read. */
export const counted = ({ count, noun, from }: Counted, { truncated }: Pick<LogsObservation, 'truncated'>): string =>
  `${truncated[from] ? 'at least ' : ''}${count} ${noun}${count === 1 ? '' : 's'}`;
