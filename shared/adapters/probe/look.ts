import { PlatformFailure } from '../../ports/platform-failure.ts';
import type { CheckAuth } from '../../ports/prober.ts';
import { checkHeaders } from './check-headers.ts';
import type { Dial } from './dial.ts';
import type { ProbeOptions } from './probe-options.ts';

export interface Instruments {
  readonly options: ProbeOptions;
  readonly connect: Dial;
}

/** One look that is about to be made: what both kinds of check need. */
export interface Look {
  readonly url: URL;
  readonly authHeaders: Readonly<Record<string, string>>;
  /** Aborts at the deadline or with the caller, whichever comes first. */
  readonly end: AbortSignal;
  /** Since the connection was asked for. */
  readonly elapsedMs: () => number;
}

interface Check {
  readonly url: string;
  readonly timeoutMs: number;
  readonly auth: CheckAuth;
}

/**
 * Prepares the look, makes it, and lets it take no longer than its deadline, credentials included.
 * @throws PlatformFailure when the look could not be made, or its caller gave up.
 */
export async function look<Result>(
  check: Check,
  schemes: readonly string[],
  { options }: Instruments,
  abort: AbortSignal,
  make: (look: Look) => Promise<Result>,
): Promise<Result> {
  const url = parsed(check.url, schemes);
  const end = AbortSignal.any([abort, AbortSignal.timeout(check.timeoutMs)]);
  const authHeaders = await until(end, checkHeaders(check.auth, options)).catch((error: unknown) => {
    throw error === end.reason ? notMade(check, 'its credentials did not come in time', error) : error;
  });
  const startedMs = performance.now();
  const result = await make({ url, authHeaders, end, elapsedMs: () => performance.now() - startedMs });
  if (abort.aborted) throw notMade(check, 'its caller gave up', abort.reason);
  return result;
}

const notMade = ({ url }: Check, why: string, cause: unknown): PlatformFailure =>
  new PlatformFailure('timed-out', `the look at ${url} was not made: ${why}`, { cause });

function parsed(text: string, schemes: readonly string[]): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !schemes.includes(url.protocol))
    throw new PlatformFailure(
      'invalid-argument',
      `a check of ${text}: no URL that begins with ${schemes.join(' or ')}`,
    );
  return url;
}

function until<T>(end: AbortSignal, work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  if (end.aborted) reject(end.reason);
  end.addEventListener('abort', () => reject(end.reason), { once: true });
  return Promise.race([work, promise]);
}
