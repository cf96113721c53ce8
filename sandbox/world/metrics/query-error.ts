/** A query that Cloud Monitoring refuses; `code` is its google.rpc.Code by name. */
export class QueryError extends Error {
  override readonly name = 'QueryError';
  readonly code: 'INVALID_ARGUMENT' | 'NOT_FOUND';

  constructor(code: 'INVALID_ARGUMENT' | 'NOT_FOUND', message: string) {
    super(message);
    this.code = code;
  }
}
