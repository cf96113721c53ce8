import type { AuthClient } from 'google-auth-library';
import { PlatformFailure } from '../../ports/platform-failure.ts';
import { bareError } from './bare-error.ts';
import { requestSignal } from './call.ts';
import { countCall } from './call-meter.ts';
import type { GoogleOptions } from './google-options.ts';
import { GoogleRefusal } from './google-refusal.ts';

type GaxiosOptions = NonNullable<Parameters<AuthClient['request']>[0]>;

/** A proxy that the environment names is for the world outside. */
const LOOPBACK = ['127.0.0.1', 'localhost'];

export type GoogleFetch = (url: string | URL, init?: RequestInit) => Promise<Response>;

/**
 * How every request leaves, those of Google's clients too: with the identity's token, ended by its call's signal, and a
 * GoogleRefusal for whatever is not 2xx, so that status, Retry-After and body reach one place whichever client asked.
 */
export function googleFetch(identity: GoogleOptions['auth']): GoogleFetch {
  return async (url, init) => {
    const auth = await identity;
    await tokenOf(auth);
    const signal = requestSignal.getStore();
    const signals = [init?.signal, signal].filter((each) => each !== undefined && each !== null);
    const options: RequestInit & Pick<GaxiosOptions, 'responseType' | 'validateStatus' | 'noProxy'> = {
      ...init,
      responseType: 'stream',
      signal: AbortSignal.any(signals),
      // Judged below. A token that is refused is not renewed here: its expiry is known, so a refusal means something else.
      validateStatus: () => true,
      noProxy: LOOPBACK,
    };
    countCall(url);
    const response = await auth.fetch(url, options).catch((error: unknown) => {
      throw bareError(error);
    });
    if (response.ok) return response;
    throw new GoogleRefusal(response.status, response.headers.get('retry-after'), await response.text());
  };
}

/** Asked for first and apart, so that a missing identity is not taken for an API that does not answer. */
async function tokenOf(auth: AuthClient): Promise<void> {
  try {
    await auth.getRequestHeaders();
  } catch (error) {
    const cause = bareError(error);
    throw new PlatformFailure('unauthenticated', `no access token for Google Cloud: ${cause.message}`, { cause });
  }
}
