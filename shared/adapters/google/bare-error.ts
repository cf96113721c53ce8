/**
 * What Google's transport threw, without the request that it carries along: a template sent to Cloud Run has environment values
 * in clear, a request for a token has what the token is got with, and either would end up in a log beside the error.
 */
export function bareError(error: unknown): Error {
  const bare = new Error(error instanceof Error ? error.message : String(error));
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' || typeof code === 'number' ? Object.assign(bare, { code }) : bare;
}
