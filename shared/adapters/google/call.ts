import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FailureCode, PlatformFailure } from '../../ports/platform-failure.ts';
import { endedFailure, failureOf } from './failure-of.ts';

export interface Call {
  /** The method, as its permission is named: `run.services.get`. */
  readonly method: string;
  readonly resource: string;
  /** For all attempts together; machine time. */
  readonly timeoutMs: number;
  /** 0 for every write: what became of the first is not known. */
  readonly retriesMax: number;
  readonly abort: AbortSignal;
}

/** How often a read is asked again. Three questions in all: a failing API is not helped by more. */
export const READ_RETRIES_MAX = 2;

const RETRYABLE: readonly FailureCode[] = ['unavailable', 'rate-limited'];
const FIRST_WAIT_MS = 200;

/**
 * Runs one call inside its deadline, asks again where that is named retryable, and throws nothing but PlatformFailure.
 * A caller's abort rejects at once and ends the request under way.
 */
export async function call<T>(what: Call, work: () => Promise<T>): Promise<T> {
  const deadline = AbortSignal.timeout(what.timeoutMs);
  const either = AbortSignal.any([what.abort, deadline]);
  const startedMs = performance.now();
  for (let attempts = 1; ; attempts += 1) {
    try {
      return await endedBy(either, () => requestSignal.run(either, work));
    } catch (error) {
      const tried = { ...what, attempts };
      if (either.aborted) throw ended(what, attempts);
      const failure = failureOf(error, tried);
      const waitMs = waitBefore(attempts, failure);
      const leftMs = what.timeoutMs - (performance.now() - startedMs);
      if (attempts > what.retriesMax || !RETRYABLE.includes(failure.code) || waitMs >= leftMs) throw failure;
      await sleep(waitMs, undefined, { signal: either }).catch(() => {
        throw ended(what, attempts);
      });
    }
  }
}

function ended(what: Call, attempts: number): PlatformFailure {
  const why = what.abort.aborted ? 'given up by its caller' : `no answer within ${what.timeoutMs} ms`;
  return endedFailure({ ...what, attempts }, why, what.abort.reason);
}

/** Ends the HTTP request of the call that it belongs to: Google's clients take no signal, so it travels beside them. */
export const requestSignal = new AsyncLocalStorage<AbortSignal>();

/** What the platform asked for, else 200 ms, doubled each time, with half of it left to chance. */
function waitBefore(attempts: number, { retryAfterSeconds }: PlatformFailure): number {
  if (retryAfterSeconds !== undefined) return retryAfterSeconds * 1000;
  return FIRST_WAIT_MS * 2 ** (attempts - 1) * (0.5 + Math.random() / 2);
}

function endedBy<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  if (signal.aborted) return Promise.reject(signal.reason);
  const onAbort = () => reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  return Promise.race([work(), promise]).finally(() => signal.removeEventListener('abort', onAbort));
}
