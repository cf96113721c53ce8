import { PlatformFailure } from '../../ports/platform-failure.ts';
import type { CheckAuth } from '../../ports/prober.ts';
import type { ProbeOptions } from './probe-options.ts';

/**
 * The headers by which a check proves who it is. For IAP the audience is the OAuth client's id:
 * cloud.google.com/iap/docs/authentication-howto, read 2026-11-23.
 * @throws PlatformFailure when token or secret cannot be had: that says nothing about the target.
 */
export async function checkHeaders(
  auth: CheckAuth,
  { idToken, secret }: ProbeOptions,
): Promise<Readonly<Record<string, string>>> {
  switch (auth.kind) {
    case 'none':
      return {};
    case 'id-token':
      return bearer(await obtained(`an ID token for ${auth.audience}`, idToken, auth.audience));
    case 'iap':
      return bearer(await obtained(`an ID token for ${auth.clientId}`, idToken, auth.clientId));
    case 'header':
      return { [auth.name]: await obtained(`the secret ${auth.secret}`, secret, auth.secret) };
  }
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

async function obtained(
  what: string,
  obtain: ((name: string) => Promise<string>) | undefined,
  name: string,
): Promise<string> {
  if (obtain === undefined)
    throw new PlatformFailure('failed-precondition', `a check needs ${what}, and nothing here gives one`);
  try {
    return await obtain(name);
  } catch (cause) {
    if (cause instanceof PlatformFailure) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new PlatformFailure('unauthenticated', `a check needs ${what}: ${why}`, { cause });
  }
}
