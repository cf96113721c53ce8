import type { Api } from '../scenarios/apis.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { ApiError, errorInfo } from './api-error.ts';
import { grantedTo } from './permissions.ts';

const EXPECTED =
  'Expected OAuth 2 access token, login cookie or other valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.';

/** Who calls. @throws ApiError UNAUTHENTICATED without a bearer token, or with one that nobody has. */
export function authenticate(header: string | undefined, identities: ReadonlyMap<string, string>): string {
  const token = /^Bearer (.+)$/i.exec(header ?? '')?.[1];
  if (token === undefined) {
    const details = [errorInfo('CREDENTIALS_MISSING', 'googleapis.com')];
    throw new ApiError(
      401,
      'UNAUTHENTICATED',
      `Request is missing required authentication credential. ${EXPECTED}`,
      details,
    );
  }
  const identity = identities.get(token);
  if (identity !== undefined) return identity;
  const details = [errorInfo('ACCESS_TOKEN_TYPE_UNSUPPORTED', 'googleapis.com')];
  throw new ApiError(401, 'UNAUTHENTICATED', `Request had invalid authentication credentials. ${EXPECTED}`, details);
}

/** @throws ApiError PERMISSION_DENIED where the identity does not have the permission, in this project, now. */
export function authorize(
  scenario: Scenario,
  call: { identity: string; permission: string; api: Api; resource: string; secondsIn: number },
): void {
  const denied = scenario.iam.deny.some(
    (d) =>
      (d.identity === '*' || d.identity === call.identity.split('@')[0]) &&
      d.permission === call.permission &&
      isWithin(d, call.secondsIn),
  );
  const project = /projects\/([^/]+)/.exec(call.resource)?.[1];
  const isOurs = project === scenario.estate.project || project === scenario.estate.projectNumber;
  if (grantedTo(call.identity).includes(call.permission) && isOurs && !denied) return;
  const resource = `//${call.api}.googleapis.com/${call.resource}`;
  const message = `Permission '${call.permission}' denied on resource '${resource}' (or resource may not exist).`;
  const details = [
    errorInfo('IAM_PERMISSION_DENIED', `${call.api}.googleapis.com`, { permission: call.permission, resource }),
  ];
  throw new ApiError(403, 'PERMISSION_DENIED', message, details);
}

export const isWithin = (
  window: { from?: number | undefined; until?: number | undefined },
  secondsIn: number,
): boolean =>
  secondsIn >= (window.from ?? Number.NEGATIVE_INFINITY) && secondsIn < (window.until ?? Number.POSITIVE_INFINITY);
