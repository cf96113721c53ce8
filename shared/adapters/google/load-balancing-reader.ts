import type { BalancedProject, LoadBalancingReader } from '../../ports/load-balancing.ts';
import { PlatformFailure } from '../../ports/platform-failure.ts';
import { ofEnabledApi } from './enabled-api.ts';
import { toCertificateMapEntry, toManagerCertificate } from './map-certificate-manager.ts';
import {
  toBackendService,
  toComputeCertificate,
  toEndpointGroup,
  toForwardingRule,
  toGroupHealth,
  toHealthCheck,
  toSecurityPolicy,
  toTargetProxy,
  toUrlMap,
} from './map-load-balancing.ts';
import type { ReadContext } from './read-context.ts';
import { readPages } from './read-pages.ts';
import { fields, list, text } from './values.ts';

/** The most that a page of compute's lists holds: its discovery document, maxResults. */
const PER_PAGE = 500;
/** Two thousand parts of one kind: a quota of 1,000 forwarding rules is the largest that we know of. */
const PAGES_MAX = 4;

/** Compute Engine v1 by lists over all scopes, which are one call whatever the regions; Certificate Manager v1 where global load balancers have theirs. */
export function loadBalancingReader({ rest, read }: ReadContext): LoadBalancingReader {
  const aggregated =
    <T>(collection: string, map: (api: unknown) => T) =>
    ({ project }: BalancedProject, abort: AbortSignal): Promise<readonly T[]> =>
      read(`compute.${collection}.list`, `projects/${project}`, abort, () =>
        ofEnabledApi(async () => {
          const path = `compute/v1/projects/${project}/aggregated/${collection}`;
          const { items, more } = await readPages({ pagesMax: PAGES_MAX }, async (pageToken) => {
            const query = { maxResults: String(PER_PAGE), ...(pageToken === undefined ? {} : { pageToken }) };
            const page = fields(await rest({ api: 'compute', method: 'GET', path, query }));
            const scopes = Object.values(fields(page['items']));
            return {
              items: scopes.flatMap((scope) => list(fields(scope)[collection])),
              nextPageToken: text(page['nextPageToken']),
            };
          });
          if (more) throw tooMany(`compute.${collection}.list`, project);
          return items.map(map);
        }),
      );

  const listed = <T>(
    { path, collection, permission }: { path: string; collection: string; permission: string },
    abort: AbortSignal,
    map: (api: unknown) => T,
  ): Promise<readonly T[]> =>
    read(permission, path, abort, () =>
      ofEnabledApi(async () => {
        const { items, more } = await readPages({ pagesMax: PAGES_MAX }, async (pageToken) => {
          const query = { pageSize: String(PER_PAGE), ...(pageToken === undefined ? {} : { pageToken }) };
          const page = fields(
            await rest({ api: 'certificatemanager', method: 'GET', path: `v1/${path}/${collection}`, query }),
          );
          return { items: list(page[collection]), nextPageToken: text(page['nextPageToken']) };
        });
        if (more) throw tooMany(permission, path);
        return items.map(map);
      }),
    );

  return {
    forwardingRules: aggregated('forwardingRules', toForwardingRule),
    targetProxies: aggregated('targetHttpsProxies', toTargetProxy),
    urlMaps: aggregated('urlMaps', toUrlMap),
    backendServices: aggregated('backendServices', toBackendService),
    endpointGroups: aggregated('networkEndpointGroups', toEndpointGroup),
    healthChecks: aggregated('healthChecks', toHealthCheck),
    securityPolicies: aggregated('securityPolicies', toSecurityPolicy),
    computeCertificates: aggregated('sslCertificates', toComputeCertificate),
    groupHealth: ({ project, backend, group }, abort) =>
      read('compute.backendServices.get', backend, abort, async () => {
        const path = `compute/v1/projects/${project}/${backend}/getHealth`;
        const body = { group: `https://www.googleapis.com/compute/v1/projects/${project}/${group}` };
        return toGroupHealth(await rest({ api: 'compute', method: 'POST', path, body }));
      }),
    managerCertificates: ({ project }, abort) =>
      listed(
        {
          path: `projects/${project}/locations/global`,
          collection: 'certificates',
          permission: 'certificatemanager.certs.list',
        },
        abort,
        toManagerCertificate,
      ),
    certificateMapEntries: ({ project, map }, abort) =>
      listed(
        {
          path: `projects/${project}/locations/global/certificateMaps/${map}`,
          collection: 'certificateMapEntries',
          permission: 'certificatemanager.certmapentries.list',
        },
        abort,
        toCertificateMapEntry,
      ),
  };
}

const tooMany = (method: string, where: string): PlatformFailure =>
  new PlatformFailure(
    'unknown',
    `${method} on ${where}: more than ${PER_PAGE * PAGES_MAX}, which is as many as are read`,
  );
