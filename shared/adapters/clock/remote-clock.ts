import { type Clock, type Instant, instant } from '../../ports/clock.ts';
import { PlatformFailure } from '../../ports/platform-failure.ts';
import { sleepMs } from './sleep-ms.ts';

/** Machine time. The source is near: what takes longer is not coming. */
const NOW_TIMEOUT_MS = 5_000;
/** One long poll; then it is asked again, so that a connection that died unseen is found out. */
const POLL_MS_MAX = 60_000;
/** Questions in a row that brought no later moment, before the source counts as gone. */
const ATTEMPTS_MAX = 4;
const FIRST_WAIT_MS = 50;

/**
 * Time as another process tells it: `GET url` answers {"now": ISO}, `GET url/sleep?until=ISO` the same once it has come to that.
 * Every method throws PlatformFailure `unavailable` when the source does not answer, after 4 attempts.
 */
export function remoteClock(url: string): Clock {
  return {
    now: () => persist(url, NEVER, (abort) => ask(url, NOW_TIMEOUT_MS, abort)),
    sleepUntil: async (at, abort) => {
      const sleepUrl = `${url}/sleep?until=${encodeURIComponent(at)}`;
      let reached: Instant | undefined;
      // Each round brings a later moment or fails, so it ends.
      while (reached === undefined || reached < at) {
        const last: Instant | undefined = reached;
        reached = await persist(url, abort, async (either) => laterThan(last, await poll(url, sleepUrl, either)));
      }
    },
  };
}

const NEVER = new AbortController().signal;

/** Asks until there is an answer, ATTEMPTS_MAX times. */
async function persist(
  url: string,
  abort: AbortSignal,
  question: (abort: AbortSignal) => Promise<Instant>,
): Promise<Instant> {
  for (let attempts = 1; ; attempts += 1) {
    try {
      return await question(abort);
    } catch (cause) {
      abort.throwIfAborted();
      if (attempts === ATTEMPTS_MAX) {
        const why = cause instanceof Error ? cause.message : String(cause);
        const message = `the time source ${url} did not answer ${ATTEMPTS_MAX} times: ${why}`;
        throw new PlatformFailure('unavailable', message, { cause });
      }
      await sleepMs(FIRST_WAIT_MS * 2 ** (attempts - 1), abort);
    }
  }
}

/** A poll that outlasts its connection is no failure: then it is asked what time it is. */
async function poll(url: string, sleepUrl: string, abort: AbortSignal): Promise<Instant> {
  try {
    return await ask(sleepUrl, POLL_MS_MAX, abort);
  } catch {
    abort.throwIfAborted();
    // Whatever ended the poll: if the source is gone, this says so.
    return ask(url, NOW_TIMEOUT_MS, abort);
  }
}

async function ask(url: string, timeoutMs: number, abort: AbortSignal): Promise<Instant> {
  const response = await fetch(url, { signal: AbortSignal.any([abort, AbortSignal.timeout(timeoutMs)]) });
  const answer: unknown = await response.json();
  if (!response.ok) throw new Error(`it answered ${response.status}`);
  const now = typeof answer === 'object' && answer !== null && 'now' in answer ? answer.now : undefined;
  if (typeof now !== 'string') throw new Error(`its answer has no "now": ${JSON.stringify(answer).slice(0, 100)}`);
  return instant(now);
}

/** Sleep that returns early over and over, with time standing still, would otherwise ask for ever. */
function laterThan(last: Instant | undefined, now: Instant): Instant {
  if (last !== undefined && now <= last) throw new Error(`its time stands still at ${now}`);
  return now;
}
