import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_EVERY_MS = 50;
/** Machines are shared and noisy: it only ends what never comes. */
const WITHIN_MS = 40_000;

/** Looks until there is something to be seen. @throws Error naming what did not come. */
export async function eventually<T>(what: string, look: () => Promise<T | undefined | false>): Promise<T> {
  const deadlineMs = performance.now() + WITHIN_MS;
  for (;;) {
    const seen = await look();
    if (seen !== undefined && seen !== false) return seen;
    if (performance.now() > deadlineMs) throw new Error(`${what}: not within ${WITHIN_MS / 1000} s`);
    await sleep(LOOK_EVERY_MS);
  }
}
