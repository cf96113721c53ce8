/** What a platform answered when it did not do what was asked. Names follow google.rpc.Code. */
export type FailureCode =
  | 'unauthenticated'
  | 'permission-denied'
  /** The API is not switched on in the project: a fact about the project, and no outage. */
  | 'not-enabled'
  | 'not-found'
  | 'conflict'
  | 'failed-precondition'
  | 'invalid-argument'
  | 'rate-limited'
  | 'unavailable'
  | 'timed-out'
  | 'unknown';

/**
 * The one error that adapters throw. The message says what was tried, on which resource and what came back;
 * `retryAfterSeconds` is what the platform asked for, where it did.
 */
export class PlatformFailure extends Error {
  override readonly name = 'PlatformFailure';
  readonly code: FailureCode;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: FailureCode, message: string, options: { cause?: unknown; retryAfterSeconds?: number } = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}
