import type { CloudReader } from '../../ports/cloud.ts';
import { PlatformFailure } from '../../ports/platform-failure.ts';
import { databasesReader } from './databases-reader.ts';
import type { GoogleOptions } from './google-options.ts';
import { invokersReader } from './invokers-reader.ts';
import { loadBalancingReader } from './load-balancing-reader.ts';
import { toConnector } from './map-connector.ts';
import { toRevision } from './map-revision.ts';
import { toSeries } from './map-series.ts';
import { toService } from './map-service.ts';
import { networkReader } from './network-reader.ts';
import { gax, type ReadContext, readContext } from './read-context.ts';
import { readLogs } from './read-logs.ts';
import { readPages } from './read-pages.ts';
import { readSeries } from './read-series.ts';
import { fields, text } from './values.ts';

const SERVICES_PER_PAGE = 100;
/** A project has at most 1,000 services in a region: cloud.google.com/run/quotas, read 2026-11-23. */
const SERVICES_PAGES_MAX = 10;
/** Newest first: what served last is among them. */
const REVISIONS_MAX = 100;

/** Reads Google Cloud, each product by a reader of its own. */
export function googleReader(options: GoogleOptions): CloudReader {
  const context = readContext(options);
  return {
    ...servingReader(context),
    ...databasesReader(context),
    ...invokersReader(context),
    ...loadBalancingReader(context),
    ...networkReader(context),
  };
}

/** Cloud Run Admin v2, VPC Access v1 and Monitoring v3 by Google's own clients in REST mode, Logging v2 by REST. */
function servingReader({
  clients,
  rest,
  read,
}: ReadContext): Pick<CloudReader, 'services' | 'service' | 'revisions' | 'connector' | 'series' | 'logs'> {
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
        return found.map(toRevision).sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
      }),

    connector: (name, abort) =>
      read('vpcaccess.connectors.get', name, abort, async () => {
        const [connector] = await (await clients.connectors()).getConnector({ name }, gax());
        return toConnector(connector);
      }),

    series: (query, abort) =>
      read('monitoring.timeSeries.list', `projects/${query.project}`, abort, async () =>
        toSeries(await readSeries(query, clients, gax)),
      ),

    logs: (query, abort) =>
      read('logging.logEntries.list', `projects/${query.project}`, abort, () => readLogs(query, rest)),
  };
}
