import type { AuthClient, IdTokenClient } from 'google-auth-library';
import { PlatformFailure } from '../../ports/platform-failure.ts';
import { bareError } from './bare-error.ts';

// The library is imported when an identity is first wanted: a function that calls nothing of Google's does not wait for it.

const SCOPE = 'https://www.googleapis.com/auth/cloud-platform';

/** An identity known by one fixed access token, as on a laptop. Looks for nothing else, the metadata server least of all. */
export async function tokenAuth(token: string): Promise<AuthClient> {
  const { OAuth2Client } = await import('google-auth-library');
  const client = new OAuth2Client();
  client.setCredentials({ access_token: token });
  return client;
}

/**
 * The identity that the machine gives: Application Default Credentials.
 * @throws PlatformFailure `unauthenticated` where there are none.
 */
export async function defaultAuth(): Promise<AuthClient> {
  const { GoogleAuth } = await import('google-auth-library');
  try {
    return await new GoogleAuth({ scopes: [SCOPE] }).getClient();
  } catch (cause) {
    throw noCredentials(cause, 'Application Default Credentials');
  }
}

/** ID tokens of the machine's identity, one client an audience, each token kept until it runs out. */
export function defaultIdTokens(): (audience: string) => Promise<string> {
  const clients = new Map<string, Promise<IdTokenClient>>();
  return async (audience) => {
    const known = clients.get(audience) ?? idTokenClient(audience);
    clients.set(audience, known);
    try {
      const headers = await (await known).getRequestHeaders();
      return (headers.get('authorization') ?? '').replace(/^Bearer /, '');
    } catch (cause) {
      clients.delete(audience);
      throw noCredentials(cause, `an ID token for ${audience}`);
    }
  };
}

async function idTokenClient(audience: string): Promise<IdTokenClient> {
  const { GoogleAuth } = await import('google-auth-library');
  return new GoogleAuth().getIdTokenClient(audience);
}

function noCredentials(error: unknown, wanted: string): PlatformFailure {
  const cause = bareError(error);
  return new PlatformFailure(
    'unauthenticated',
    `found no ${wanted}: ${cause.message} Run on Google Cloud, or \`gcloud auth application-default login\`.`,
    { cause },
  );
}
