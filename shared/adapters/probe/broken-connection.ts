import { PlatformFailure } from '../../ports/platform-failure.ts';
import type { HttpResult } from '../../ports/prober.ts';
import { failureKind } from './failure-kind.ts';
import type { Look } from './look.ts';

const DETAIL_CHARS_MAX = 200;

/**
 * What a connection's error says about the target.
 * @throws PlatformFailure for an error that says nothing about it: of this machine's, or one that nobody knows.
 */
export function brokenConnection(
  error: unknown,
  { url, end, elapsedMs }: Look,
): Extract<HttpResult, { connected: false }> {
  const latencyMs = elapsedMs();
  if (end.aborted)
    return {
      connected: false,
      failure: 'timed-out',
      detail: `no answer within ${Math.round(latencyMs)} ms`,
      latencyMs,
    };
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const message = error instanceof Error && error.message !== '' ? error.message : code;
  const failure = failureKind(code);
  if (failure === undefined)
    throw new PlatformFailure('unknown', `the look at ${url.href} could not be made: ${message}`, { cause: error });
  return { connected: false, failure, detail: message.slice(0, DETAIL_CHARS_MAX), latencyMs };
}
