import type { FailureCode } from '../../ports/platform-failure.ts';

/** google.rpc.Code by name, as the `status` of a JSON error. Source: google/rpc/code.proto in google-gax 6.17.0. */
const BY_STATUS: Readonly<Record<string, FailureCode>> = {
  UNAUTHENTICATED: 'unauthenticated',
  PERMISSION_DENIED: 'permission-denied',
  NOT_FOUND: 'not-found',
  // A stale etag is ABORTED with HTTP 409 (facts, 2026-11-23); a taken name is ALREADY_EXISTS.
  ABORTED: 'conflict',
  ALREADY_EXISTS: 'conflict',
  FAILED_PRECONDITION: 'failed-precondition',
  INVALID_ARGUMENT: 'invalid-argument',
  OUT_OF_RANGE: 'invalid-argument',
  RESOURCE_EXHAUSTED: 'rate-limited',
  UNAVAILABLE: 'unavailable',
  DEADLINE_EXCEEDED: 'timed-out',
};

/** For answers that are not Google's JSON: what stands before the API answers in its own way. */
const BY_HTTP_STATUS: Readonly<Record<number, FailureCode>> = {
  400: 'invalid-argument',
  401: 'unauthenticated',
  403: 'permission-denied',
  404: 'not-found',
  408: 'timed-out',
  409: 'conflict',
  412: 'failed-precondition',
  429: 'rate-limited',
  502: 'unavailable',
  503: 'unavailable',
  504: 'timed-out',
};

/** From the status, never from a message's text: Google's name for it where there is one, else the HTTP status. */
export const failureCode = (httpStatus: number, status: string | undefined): FailureCode =>
  (status === undefined ? undefined : BY_STATUS[status]) ?? BY_HTTP_STATUS[httpStatus] ?? 'unknown';
