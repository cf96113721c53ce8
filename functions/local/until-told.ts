import { once } from 'node:events';

/** Resolves once this process is to end: told by a signal, or because whoever started it is gone and its stdin with it. */
export async function untilTold(): Promise<void> {
  process.stdin.resume();
  await Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT'), once(process.stdin, 'close')]);
}
