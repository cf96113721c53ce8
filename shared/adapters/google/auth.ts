import { type AuthClient, GoogleAuth, type IdTokenClient, OAuth2Client } from 'google-auth-library';
import { PlatformFailure } from '../../ports/platform-failure.ts';

const SCOPE = 'https://www.googleapis.com/auth/cloud-platform';

/** An identity known by one fixed access token, as on a laptop. Looks for nothing else, the metadata server least of all. */
export function tokenAuth(token: string): AuthClient {
  const client = new OAuth2Client();
  client.setCredentials({ access_token: token });
  return client;
}

/**
 * The identity that the machine gives: Application Default Credentials.
 * @throws PlatformFailure `unauthenticated` where there are none.
 */
export async function defaultAuth(): Promise<AuthClient> {
  try {
    return await new GoogleAuth({ scopes: [SCOPE] }).getClient();
  } catch (cause) {
    throw noCredentials(cause, 'Application Default Credentials');
  }
}

/** ID tokens of the machine's identity, one client an audience, each token kept until it runs out. */
export function defaultIdTokens(): (audience: string) => Promise<string> {
  const auth = new GoogleAuth();
  const clients = new Map<string, Promise<IdTokenClient>>();
  return async (audience) => {
    const known = clients.get(audience) ?? auth.getIdTokenClient(audience);
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

function noCredentials(cause: unknown, wanted: string): PlatformFailure {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new PlatformFailure(
    'unauthenticated',
    `found no ${wanted}: ${why} Run on Google Cloud, or \`gcloud auth application-default login\`.`,
    { cause },
  );
}
