import type { CloudReader, Revision } from '../../ports/cloud.ts';
import type { DatabasesReader } from '../../ports/databases.ts';
import type { InvokersReader } from '../../ports/invokers.ts';
import type { LoadBalancingReader } from '../../ports/load-balancing.ts';
import type { NetworkReader } from '../../ports/network.ts';
import type { PlatformReader } from '../../ports/platform.ts';
import { PlatformFailure } from '../../ports/platform-failure.ts';
import type { SecretsReader } from '../../ports/secrets.ts';
import { databasesReader } from './databases-reader.ts';
import type { GoogleOptions } from './google-options.ts';
import { invokersReader } from './invokers-reader.ts';
import { loadBalancingReader } from './load-balancing-reader.ts';
import { toConnector } from './map-connector.ts';
import { toRevision } from './map-revision.ts';
import { toSeries } from './map-series.ts';
import { toService } from './map-service.ts';
import { networkReader } from './network-reader.ts';
import { platformReader } from './platform-reader.ts';
import { gax, type ReadContext, readContext } from './read-context.ts';
import { readLogs } from './read-logs.ts';
import { readPages } from './read-pages.ts';
import { readSeries } from './read-series.ts';
import { secretsReader } from './secrets-reader.ts';
import { fields, list, text } from './values.ts';

const SERVICES_PER_PAGE = 100;
/** A project has at most 1,000 services in a region: cloud.google.com/run/quotas, read 2026-11-23. */
const SERVICES_PAGES_MAX = 10;
/** 1,000 connectors: far more than the networks of a project have room for. */
const CONNECTOR_PAGES_MAX = 2;
/** Newest first: what served last is among them. */
const REVISIONS_MAX = 100;
/** Of a whole region: thirty services of a few dozen revisions each; what is beyond is asked for service by service. */
const REGION_REVISIONS_PER_PAGE = 500;
const REGION_REVISIONS_PAGES_MAX = 3;

/** Reads Google Cloud, each product by a reader of its own. */
export function googleReader(options: GoogleOptions): CloudReader {
  const context = readContext(options);
  return {
    ...servingReader(context),
    ...databasesReader(context),
    ...invokersReader(context),
    ...loadBalancingReader(context),
    ...networkReader(context),
    ...platformReader(context),
    ...secretsReader(context),
  };
}

/** Cloud Run Admin v2, VPC Access v1 and Monitoring v3 by Google's own clients in REST mode, Logging v2 by REST. */
function servingReader({
  clients,
  rest,
  read,
  readOnce,
}: ReadContext): Omit<
  CloudReader,
  keyof (DatabasesReader & InvokersReader & LoadBalancingReader & NetworkReader & PlatformReader & SecretsReader)
> {
  return {
    services: ({ project, region }, abort) => {
      const parent = `projects/${project}/locations/${region}`;
      return read('run.services.list', parent, abort, async () => {
        const client = await clients.services();
        const { items, more } = await readPages({ pagesMax: SERVICES_PAGES_MAX }, async (pageToken) => {
          const request = { parent, pageSize: SERVICES_PER_PAGE, ...(pageToken === undefined ? {} : { pageToken }) };
          const [found, , raw] = await client.listServices(request, { ...gax(), autoPaginate: false });
          return { items: found, nextPageToken: text(fields(raw)['nextPageToken']) };
        });
        if (more) throw new PlatformFailure('unknown', `run.services.list on ${parent}: more than can be looked at`);
        return items.map(toService);
      });
    },

    service: (name, abort) =>
      read('run.services.get', name, abort, async () => {
        const [service] = await (await clients.services()).getService({ name }, gax());
        return toService(service);
      }),

    revisions: (service, abort) =>
      read('run.revisions.list', service, abort, async () => {
        const request = { parent: service, pageSize: REVISIONS_MAX };
        const client = await clients.revisions();
        const [found] = await client.listRevisions(request, { ...gax(), autoPaginate: false });
        return found.map(toRevision).sort(newestFirst);
      }),

    regionRevisions: ({ project, region }, abort) => {
      // "To list all Revisions across Services, use "-" instead of Service name", ListRevisionsRequest in revision.proto.
      const parent = `projects/${project}/locations/${region}/services/-`;
      return read('run.revisions.list', parent, abort, async () => {
        const client = await clients.revisions();
        const { items, more } = await readPages({ pagesMax: REGION_REVISIONS_PAGES_MAX }, async (pageToken) => {
          const request = {
            parent,
            pageSize: REGION_REVISIONS_PER_PAGE,
            ...(pageToken === undefined ? {} : { pageToken }),
          };
          const [found, , raw] = await client.listRevisions(request, { ...gax(), autoPaginate: false });
          return { items: found, nextPageToken: text(fields(raw)['nextPageToken']) };
        });
        return { revisions: items.map(toRevision).sort(newestFirst), truncated: more };
      });
    },

    connector: (name, abort) =>
      read('vpcaccess.connectors.get', name, abort, async () => {
        const [connector] = await (await clients.connectors()).getConnector({ name }, gax());
        return toConnector(connector);
      }),

    connectors: ({ project, region }, abort) => {
      const parent = `projects/${project}/locations/${region}`;
      return read('vpcaccess.connectors.list', parent, abort, async () => {
        const { items, more } = await readPages({ pagesMax: CONNECTOR_PAGES_MAX }, async (pageToken) => {
          const query = { pageSize: '500', ...(pageToken === undefined ? {} : { pageToken }) };
          const path = `v1/${parent}/connectors`;
          const page = fields(await rest({ api: 'vpcaccess', method: 'GET', path, query }));
          return { items: list(page['connectors']), nextPageToken: text(page['nextPageToken']) };
        });
        if (more)
          throw new PlatformFailure('unknown', `vpcaccess.connectors.list on ${parent}: more than can be looked at`);
        return items.map(toConnector);
      });
    },

    series: (query, abort) =>
      read('monitoring.timeSeries.list', `projects/${query.project}`, abort, async () =>
        toSeries(await readSeries(query, clients, gax)),
      ),

    logs: (query, abort) =>
      readOnce('logging.logEntries.list', `projects/${query.project}`, abort, () => readLogs(query, rest)),
  };
}

const newestFirst = (a: Revision, b: Revision): number => (a.createdAt < b.createdAt ? 1 : -1);
