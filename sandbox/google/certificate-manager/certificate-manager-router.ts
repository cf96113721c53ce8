import { type Request, Router } from 'express';
import type { CertificateState } from '../../world/edge/edge-state.ts';
import type { Json, WorldState } from '../../world/state.ts';
import type { World } from '../../world/world.ts';
import { notFound } from '../api-error.ts';
import { page } from '../page.ts';
import { clean, iso } from '../run/service-view.ts';

const PAGE_SIZES = { usual: 100, max: 1000 };

/** Certificate Manager v1: certificates, and the entries of the maps that load balancers use. Global, as external load balancers need them. */
export function certificateManagerRouter({ state }: World): Router {
  const router = Router();
  const base = '/v1/projects/:project/locations/:location';
  router.get(`${base}/certificates`, (request, response) => {
    const all = [...state.edge.certificates.values()].filter(({ product }) => product === 'certificate-manager');
    const here = request.params.location === 'global' ? all.map((one) => certificate(state, one)) : [];
    response.json(listed('certificates', here, request));
  });
  router.get(`${base}/certificateMaps/:map/certificateMapEntries`, (request, response) => {
    const { map: name } = request.params;
    const map = state.edge.maps.get(name);
    if (map === undefined) throw notFound(`Resource '${location(state)}/certificateMaps/${name}' was not found`);
    const entries = map.hostnames.map((hostname, index) => ({
      name: `${location(state)}/certificateMaps/${name}/certificateMapEntries/entry-${index + 1}`,
      hostname,
      certificates: [`${location(state)}/certificates/${map.certificate}`],
      state: 'ACTIVE',
    }));
    response.json(listed('certificateMapEntries', entries, request));
  });
  return router;
}

const location = ({ scenario }: WorldState): string => `projects/${scenario.estate.project}/locations/global`;

function listed(collection: string, all: readonly Json[], { query }: Request): Json {
  const { items, ...rest } = page(all, { pageSize: query['pageSize'], pageToken: query['pageToken'] }, PAGE_SIZES);
  return { ...(items.length > 0 && { [collection]: items }), ...rest };
}

const STATES = { ACTIVE: 'ACTIVE', PROVISIONING: 'PROVISIONING', RENEWAL_FAILED: 'FAILED' } as const;
const REASONS: Readonly<Record<string, string>> = {
  FAILED_NOT_VISIBLE: 'CONFIG',
  FAILED_CAA_FORBIDDEN: 'CAA',
  FAILED_RATE_LIMITED: 'RATE_LIMITED',
};

/** google.cloud.certificatemanager.v1.Certificate. */
function certificate(state: WorldState, one: CertificateState): Json {
  const { name, names, createdMs, expiresMs, status, domainStatus } = one;
  const failed = Object.values(domainStatus).find((value) => value in REASONS);
  return clean({
    name: `${location(state)}/certificates/${name}`,
    createTime: iso(createdMs),
    expireTime: expiresMs === undefined ? undefined : iso(expiresMs),
    sanDnsnames: names,
    scope: 'DEFAULT',
    managed: clean({
      domains: names,
      state: STATES[status],
      provisioningIssue:
        failed === undefined
          ? undefined
          : {
              reason: failed === 'FAILED_RATE_LIMITED' ? 'RATE_LIMITED' : 'AUTHORIZATION_ISSUE',
              details: `${failed} for ${names.join(', ')}`,
            },
      authorizationAttemptInfo: names.map((domain) => {
        const reason = REASONS[domainStatus[domain] ?? ''];
        return reason === undefined
          ? { domain, state: 'AUTHORIZED' }
          : { domain, state: 'FAILED', failureReason: reason, details: domainStatus[domain] };
      }),
    }),
  });
}
