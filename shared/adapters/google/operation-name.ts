import { PlatformFailure } from '../../ports/platform-failure.ts';
import type { RestRequest } from './rest.ts';
import { fields, text } from './values.ts';

/**
 * How operations are named towards the bot: `run:projects/P/locations/L/operations/ID`, `vpcaccess:projects/...`, and
 * `compute:projects/P/regions/R/operations/ID` or `compute:projects/P/global/operations/ID`.
 * Google's own names do not say which API they belong to.
 */
type OperationApi = 'run' | 'vpcaccess' | 'compute';

const VERSION = { run: 'v2', vpcaccess: 'v1', compute: 'compute/v1' } as const;

/** From the answer to a write. @throws PlatformFailure when it names no operation. */
export function operationName(api: OperationApi, answer: unknown): string {
  const { name, selfLink } = fields(answer);
  // Compute's own name is the last part alone; where it is asked after stands in its link.
  const full = api === 'compute' ? text(selfLink)?.replace(/^.*?(?=projects\/)/, '') : text(name);
  if (full === undefined) throw new PlatformFailure('unknown', `the answer of ${api} to a write names no operation`);
  return `${api}:${full}`;
}

const NAME =
  /^(?:(run|vpcaccess):(projects\/[^/]+\/locations\/[^/]+\/operations\/[^/]+)|(compute):(projects\/[^/]+\/(?:global|regions\/[^/]+)\/operations\/[^/]+))$/;

/** Where to ask after an operation. @throws PlatformFailure for a name that operationName did not make. */
export function operationRequest(name: string): RestRequest & { readonly api: OperationApi } {
  const [, located, place, compute, scope] = NAME.exec(name) ?? [];
  const api = located ?? compute;
  if (api !== 'run' && api !== 'vpcaccess' && api !== 'compute')
    throw new PlatformFailure(
      'invalid-argument',
      `no operation: ${name}; known are run:projects/P/locations/L/operations/ID, vpcaccess:projects/... and compute:projects/...`,
    );
  return { api, method: 'GET', path: `${VERSION[api]}/${place ?? scope}` };
}

/** Which permission it takes to ask after it. */
export const operationPermission = (name: string): string => {
  const { api, path } = operationRequest(name);
  if (api !== 'compute') return `${api}.operations.get`;
  return path.includes('/global/') ? 'compute.globalOperations.get' : 'compute.regionOperations.get';
};
