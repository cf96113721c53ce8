import type { LogSignature } from '../evidence/log-signatures.ts';
import type { LogsObservation } from '../evidence/logs.ts';
import { isRecent } from './recent.ts';
import type { Context } from './rule.ts';

/** How many lines of these kinds a service has that are still being written. */
export const linesOf = (
  service: string,
  kinds: readonly LogSignature[],
  { signatures }: Pick<LogsObservation, 'signatures'>,
  context: Context,
): number =>
  signatures
    .filter((line) => line.service === service && kinds.includes(line.signature) && isRecent(line.lastAt, context))
    .reduce((sum, { count }) => sum + count, 0);

/** Requests of a service that fail now. */
export const failingNow = (service: string, { failed }: Pick<LogsObservation, 'failed'>, context: Context): number =>
  failed
    .filter((requests) => requests.service === service && isRecent(requests.lastAt, context))
    .reduce((sum, { count }) => sum + count, 0);

/** What an application prints while it waits for something else: then its own slowness is none. */
export const DEPENDENCY_LINES: readonly LogSignature[] = [
  'private-connection-timed-out',
  'private-connection-refused',
  'database-slots-exhausted',
  'cloud-sql-socket-closed',
  'upstream-failed',
  'outside-host-failed',
];
