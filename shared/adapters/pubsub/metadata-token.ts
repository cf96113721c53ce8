import { z } from 'zod';
import { PlatformFailure } from '../../ports/platform-failure.ts';

/** @see https://cloud.google.com/compute/docs/access/authenticate-workloads, read 2026-11-23. */
const TOKEN_PATH = '/computeMetadata/v1/instance/service-accounts/default/token';
const TIMEOUT_MS = 1_000;
/** The metadata server hands out a new token once the old one has less than five minutes left; ours is given up a little later. */
const RENEW_BEFORE_MS = 240_000;

const answer = z.object({ access_token: z.string().min(1), expires_in: z.number() });

/**
 * Access tokens of the function's own service account, from the metadata server, each kept until shortly before it runs out.
 * One request and no library: google-auth-library takes 100 ms to load (facts, import cost).
 */
export function metadataToken({
  nowMs,
  host = 'http://metadata.google.internal',
}: {
  readonly nowMs: () => number;
  readonly host?: string;
}): () => Promise<string> {
  let known: { readonly token: string; readonly untilMs: number } | undefined;
  return async () => {
    if (known !== undefined && nowMs() < known.untilMs) return known.token;
    const { access_token: token, expires_in: seconds } = await requested(host);
    known = { token, untilMs: nowMs() + seconds * 1000 - RENEW_BEFORE_MS };
    return token;
  };
}

async function requested(host: string): Promise<z.infer<typeof answer>> {
  try {
    const response = await fetch(`${host}${TOKEN_PATH}`, {
      headers: { 'metadata-flavor': 'Google' },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (!response.ok) throw new Error(`status ${response.status}`);
    return answer.parse(await response.json());
  } catch (cause) {
    throw new PlatformFailure(
      'unauthenticated',
      `the metadata server gave no token: ${cause instanceof Error ? cause.message : String(cause)}; this runs on Google Cloud, or needs a token of its own`,
      { cause },
    );
  }
}
