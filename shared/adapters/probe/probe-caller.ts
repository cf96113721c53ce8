/** Whether whoever sends this `Authorization` header may ask. */
export type Admits = (authorization: string | undefined) => Promise<boolean>;

const tokenIn = (authorization: string | undefined): string | undefined =>
  /^Bearer (\S+)$/.exec(authorization ?? '')?.[1];

/**
 * Admits one Google identity, by an ID token that Google signed for one of these audiences.
 * @see https://cloud.google.com/run/docs/authenticating/service-to-service (read 2026-11-23)
 */
export function admitsIdentity(email: string, audiences: readonly string[]): Admits {
  return async (authorization) => {
    const idToken = tokenIn(authorization);
    if (idToken === undefined) return false;
    const { OAuth2Client } = await import('google-auth-library');
    try {
      const ticket = await new OAuth2Client().verifyIdToken({ idToken, audience: [...audiences] });
      const payload = ticket.getPayload();
      return payload?.email_verified === true && payload.email === email;
    } catch {
      // Forged, expired, for somebody else, or Google's keys cannot be had: in every case nobody is let in.
      return false;
    }
  };
}

/** Admits whoever has this token, where no metadata server gives any. */
export const admitsToken =
  (token: string): Admits =>
  async (authorization) =>
    tokenIn(authorization) === token;
