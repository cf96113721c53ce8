import type { Response } from 'express';

/** An error as Google's REST APIs answer it: google.rpc.Status in JSON. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly httpStatus: number;
  readonly status: string;
  readonly details: readonly object[];

  constructor(httpStatus: number, status: string, message: string, details: readonly object[] = []) {
    super(message);
    this.httpStatus = httpStatus;
    this.status = status;
    this.details = details;
  }
}

export const invalidArgument = (message: string): ApiError => new ApiError(400, 'INVALID_ARGUMENT', message);
export const failedPrecondition = (message: string): ApiError => new ApiError(400, 'FAILED_PRECONDITION', message);
export const notFound = (message: string): ApiError => new ApiError(404, 'NOT_FOUND', message);
export const aborted = (message: string): ApiError => new ApiError(409, 'ABORTED', message);
export const alreadyExists = (message: string): ApiError => new ApiError(409, 'ALREADY_EXISTS', message);

/** ErrorInfo, which client libraries read the reason from. */
export const errorInfo = (reason: string, domain: string, metadata: Record<string, string> = {}) => ({
  '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
  reason,
  domain,
  metadata,
});

export function sendError(response: Response, error: ApiError): void {
  const { httpStatus, status, message, details } = error;
  response
    .status(httpStatus)
    .json({ error: { code: httpStatus, message, status, ...(details.length > 0 && { details }) } });
}
