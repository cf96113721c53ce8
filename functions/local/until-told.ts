import { once } from 'node:events';

/**
 * Resolves once this process is to end: told by a signal, or because whoever started it is gone and its stdin with it. It listens to the last:
 * a second signal that nobody listens for would end the work that the first one let come to its end.
 */
export async function untilTold(): Promise<void> {
  process.stdin.resume();
  const signalled = new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => resolve());
  });
  await Promise.race([signalled, once(process.stdin, 'close')]);
}
