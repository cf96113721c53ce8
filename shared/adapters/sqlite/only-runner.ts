import { DatabaseSync } from 'node:sqlite';
import { PlatformFailure } from '../../ports/platform-failure.ts';
import { guarded, isSqliteError, primaryCode, SQLITE_BUSY } from './database.ts';

/**
 * Makes this process the only one that delivers from `file` until it lets go or ends, however it ends: the lock is the operating system's,
 * held by a transaction that stays open on a file beside it.
 * @returns the way to let go
 * @throws PlatformFailure 'failed-precondition' when another process has it, 'unavailable' when no file can be there.
 */
export function onlyRunner(file: string): () => void {
  if (file === ':memory:') return () => {};
  const lock = guarded(`open ${file}.runner`, () => new DatabaseSync(`${file}.runner`));
  try {
    guarded(`lock ${file}.runner`, () => lock.exec('BEGIN EXCLUSIVE'));
  } catch (cause) {
    lock.close();
    if (!isBusy(cause)) throw cause;
    const message = `another runmedic already runs on ${file}; stop it, or choose another file`;
    throw new PlatformFailure('failed-precondition', message, { cause });
  }
  return () => lock.close();
}

const isBusy = (failure: unknown): boolean =>
  failure instanceof PlatformFailure && isSqliteError(failure.cause) && primaryCode(failure.cause) === SQLITE_BUSY;
