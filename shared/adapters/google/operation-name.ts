import { PlatformFailure } from '../../ports/platform-failure.ts';
import type { RestRequest } from './rest.ts';
import { fields, text } from './values.ts';

/**
 * How operations are named towards the bot: `run:projects/P/locations/L/operations/ID` or `vpcaccess:projects/...`.
 * Google's own names do not say which API they belong to.
 */
type OperationApi = 'run' | 'vpcaccess';

const VERSION = { run: 'v2', vpcaccess: 'v1' } as const;

/** From the answer to a write. @throws PlatformFailure when it names no operation. */
export function operationName(api: OperationApi, answer: unknown): string {
  const name = text(fields(answer)['name']);
  if (name === undefined) throw new PlatformFailure('unknown', `the answer of ${api} to a write names no operation`);
  return `${api}:${name}`;
}

/** Where to ask after an operation. @throws PlatformFailure for a name that operationName did not make. */
export function operationRequest(name: string): RestRequest & { readonly api: OperationApi } {
  const [, api, path] = /^(run|vpcaccess):(projects\/[^/]+\/locations\/[^/]+\/operations\/[^/]+)$/.exec(name) ?? [];
  if (api !== 'run' && api !== 'vpcaccess')
    throw new PlatformFailure(
      'invalid-argument',
      `no operation: ${name}; known are run:projects/P/locations/L/operations/ID and vpcaccess:projects/...`,
    );
  return { api, method: 'GET', path: `${VERSION[api]}/${path}` };
}
