/** A version of a secret as Secret Manager lists it: that it is there and may be used, never what it holds. */
export interface SecretVersion {
  /** `projects/P/secrets/S/versions/7`, with an alias resolved. */
  readonly name: string;
  readonly state: 'enabled' | 'disabled' | 'destroyed' | 'unknown';
}

export interface SecretsReader {
  /** `projects/P/secrets/S/versions/V`. @throws PlatformFailure 'not-found' where the secret or that version does not exist. */
  secretVersion(name: string, abort: AbortSignal): Promise<SecretVersion>;
}
