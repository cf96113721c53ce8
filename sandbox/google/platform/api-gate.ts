import type { Api } from '../../scenarios/apis.ts';
import type { World } from '../../world/world.ts';
import { ApiError, errorInfo } from '../api-error.ts';

/** APIs that answer nobody whose project is not paid for; those that say so, and logs and metrics, go on. */
const PAID: readonly Api[] = [
  'run',
  'vpcaccess',
  'compute',
  'certificatemanager',
  'sqladmin',
  'redis',
  'secretmanager',
  'cloudbuild',
];

/** @throws ApiError for an API that the project has not switched on, or that its billing account no longer pays for. Texts: replies in public threads, read 2026-11-25. */
export function throughGate({ state, scenario }: World, api: Api): void {
  const { projectNumber, platform } = scenario.estate;
  const consumer = `projects/${projectNumber}`;
  const host = `${api}.googleapis.com`;
  if (platform.apisDisabled.includes(api)) {
    const url = `https://console.developers.google.com/apis/api/${host}/overview?project=${projectNumber}`;
    const message = `${api} API has not been used in project ${projectNumber} before or it is disabled. Enable it by visiting ${url} then retry. If you enabled this API recently, wait a few minutes for the action to propagate to our systems and retry.`;
    const details = [errorInfo('SERVICE_DISABLED', 'googleapis.com', { service: host, consumer, activationUrl: url })];
    throw new ApiError(403, 'PERMISSION_DENIED', message, details);
  }
  if (state.platform.billing.enabled || !PAID.includes(api)) return;
  const url = `https://console.developers.google.com/billing/enable?project=${projectNumber}`;
  const message = `This API method requires billing to be enabled. Please enable billing on project #${projectNumber} by visiting ${url} then retry. If you enabled billing for this project recently, wait a few minutes for the action to propagate to our systems and retry.`;
  throw new ApiError(403, 'PERMISSION_DENIED', message, [
    errorInfo('BILLING_DISABLED', 'googleapis.com', { service: host, consumer }),
  ]);
}
