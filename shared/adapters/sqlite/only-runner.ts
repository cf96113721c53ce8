import { DatabaseSync } from 'node:sqlite';
import { PlatformFailure } from '../../ports/platform-failure.ts';

/**
 * Makes this process the only one that delivers from `file` until it lets go or ends, however it ends: the lock is the operating system's,
 * held by a transaction that stays open on a file beside it.
 * @returns the way to let go
 * @throws PlatformFailure 'failed-precondition' when another process has it.
 */
export function onlyRunner(file: string): () => void {
  if (file === ':memory:') return () => {};
  const lock = new DatabaseSync(`${file}.runner`);
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    lock.close();
    throw new PlatformFailure(
      'failed-precondition',
      `another runmedic already runs on ${file}; stop it, or choose another file`,
      { cause },
    );
  }
  return () => lock.close();
}
