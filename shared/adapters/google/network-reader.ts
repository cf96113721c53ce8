import type { NetworkReader } from '../../ports/network.ts';
import { PlatformFailure } from '../../ports/platform-failure.ts';
import { ofEnabledApi } from './enabled-api.ts';
import type { GoogleApi } from './google-options.ts';
import {
  toFirewall,
  toNatGateways,
  toNetwork,
  toPrivateRange,
  toPrivateZone,
  toRecord,
  toRoute,
  toSubnetwork,
  toZoneChange,
} from './map-network.ts';
import type { ReadContext } from './read-context.ts';
import { readPages } from './read-pages.ts';
import { fields, list, text } from './values.ts';

/** "maxResults: 0 to 500, default 500", discovery documents of compute v1; dns v1 takes as many. */
const PER_PAGE = 500;
/** 2,000 of a kind: more routes or rules than a project may have without asking (VPC quotas, read 2026-11-23). */
const PAGES_MAX = 4;
/** What someone did to a zone of late is among these. */
const CHANGES_MAX = 20;

/** Networks by plain REST: compute's own client takes 1.5 s to import (facts, 2026-11-23), and these are eight plain reads. */
export function networkReader({ rest, read }: ReadContext): NetworkReader {
  const all = async (permission: string, abort: AbortSignal, ask: { api: GoogleApi; path: string; field: string }) =>
    read(permission, ask.path, abort, () =>
      ofEnabledApi(async () => {
        const { items, more } = await readPages({ pagesMax: PAGES_MAX }, async (pageToken) => {
          const query = { maxResults: String(PER_PAGE), ...(pageToken === undefined ? {} : { pageToken }) };
          const page = fields(await rest({ api: ask.api, method: 'GET', path: ask.path, query }));
          return { items: list(page[ask.field]), nextPageToken: text(page['nextPageToken']) };
        });
        if (more) throw new PlatformFailure('unknown', `${permission} on ${ask.path}: more than can be looked at`);
        return items;
      }),
    );
  const compute = (permission: string, path: string, abort: AbortSignal) =>
    all(permission, abort, { api: 'compute', path: `compute/v1/projects/${path}`, field: 'items' });
  const dns = (permission: string, path: string, field: string, abort: AbortSignal) =>
    all(permission, abort, { api: 'dns', path: `dns/v1/projects/${path}`, field });

  return {
    network: (name, abort) =>
      read('compute.networks.get', name, abort, async () =>
        toNetwork(await rest({ api: 'compute', method: 'GET', path: `compute/v1/${name}` })),
      ),
    networks: async (project, abort) =>
      (await compute('compute.networks.list', `${project}/global/networks`, abort)).map(toNetwork),
    subnetworks: async ({ project, region }, abort) =>
      (await compute('compute.subnetworks.list', `${project}/regions/${region}/subnetworks`, abort)).map(toSubnetwork),
    natGateways: async ({ project, region }, abort) =>
      (await compute('compute.routers.list', `${project}/regions/${region}/routers`, abort)).flatMap(toNatGateways),
    routes: async (project, abort) =>
      (await compute('compute.routes.list', `${project}/global/routes`, abort)).map(toRoute),
    firewalls: async (project, abort) =>
      (await compute('compute.firewalls.list', `${project}/global/firewalls`, abort)).map(toFirewall),
    privateRanges: async (project, abort) =>
      (await compute('compute.globalAddresses.list', `${project}/global/addresses`, abort)).flatMap(toPrivateRange),
    privateZones: async (project, abort) =>
      (await dns('dns.managedZones.list', `${project}/managedZones`, 'managedZones', abort)).flatMap(toPrivateZone),
    zoneRecords: async ({ project, zone }, abort) =>
      (await dns('dns.resourceRecordSets.list', `${project}/managedZones/${zone}/rrsets`, 'rrsets', abort)).map(
        toRecord,
      ),
    zoneChanges: ({ project, zone }, abort) => {
      const path = `dns/v1/projects/${project}/managedZones/${zone}/changes`;
      const query = { maxResults: String(CHANGES_MAX), sortBy: 'changeSequence', sortOrder: 'descending' };
      return read('dns.changes.list', path, abort, async () =>
        list(fields(await rest({ api: 'dns', method: 'GET', path, query }))['changes']).map(toZoneChange),
      );
    },
  };
}
