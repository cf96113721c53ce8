import { setTimeout } from 'node:timers/promises';

/** Machine time. Rejects with the signal's own reason, which the timer wraps in an error of its own. */
export async function sleepMs(ms: number, abort: AbortSignal): Promise<void> {
  try {
    await setTimeout(ms, undefined, { signal: abort });
  } catch (error) {
    abort.throwIfAborted();
    throw error;
  }
}
