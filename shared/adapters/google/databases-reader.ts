import type { DatabasesReader, Listing } from '../../ports/databases.ts';
import { PlatformFailure } from '../../ports/platform-failure.ts';
import { GoogleRefusal } from './google-refusal.ts';
import { toRedisInstance, toSqlInstance, toSqlOperation } from './map-database.ts';
import type { ReadContext } from './read-context.ts';
import { readPages } from './read-pages.ts';
import { fields, list, text } from './values.ts';

const PER_PAGE = 100;
/** A project has 1,000 Cloud SQL instances at most: cloud.google.com/sql/docs/quotas, read 2026-11-23. */
const PAGES_MAX = 10;
/** The newest: what happened to an instance in the last hours is among them. */
const OPERATIONS_MAX = 20;

/** Cloud SQL Admin v1 and Memorystore for Redis v1, by REST: their clients would be two more to load. */
export const databasesReader = ({ rest, read }: ReadContext): DatabasesReader => ({
  sqlInstances: (project, abort) =>
    read('cloudsql.instances.list', `projects/${project}`, abort, () =>
      listed(toSqlInstance, `cloudsql.instances.list on projects/${project}`, async (pageToken) => {
        const query = { maxResults: String(PER_PAGE), ...(pageToken === undefined ? {} : { pageToken }) };
        const reply = fields(
          await rest({ api: 'sqladmin', method: 'GET', path: `v1/projects/${project}/instances`, query }),
        );
        return { items: list(reply['items']), nextPageToken: text(reply['nextPageToken']) };
      }),
    ),

  sqlOperations: ({ project, instance }, abort) =>
    read('cloudsql.instances.get', `projects/${project}/instances/${instance}`, abort, async () => {
      const query = { instance, maxResults: String(OPERATIONS_MAX) };
      const reply = fields(
        await rest({ api: 'sqladmin', method: 'GET', path: `v1/projects/${project}/operations`, query }),
      );
      return list(reply['items']).map(toSqlOperation);
    }),

  redisInstances: ({ project, region }, abort) => {
    const parent = `projects/${project}/locations/${region}`;
    return read('redis.instances.list', parent, abort, () =>
      listed(toRedisInstance, `redis.instances.list on ${parent}`, async (pageToken) => {
        const query = { pageSize: String(PER_PAGE), ...(pageToken === undefined ? {} : { pageToken }) };
        const reply = fields(await rest({ api: 'redis', method: 'GET', path: `v1/${parent}/instances`, query }));
        return { items: list(reply['instances']), nextPageToken: text(reply['nextPageToken']) };
      }),
    );
  },
});

async function listed<Item>(
  map: (api: unknown) => Item,
  what: string,
  ask: Parameters<typeof readPages>[1],
): Promise<Listing<Item>> {
  try {
    const { items, more } = await readPages({ pagesMax: PAGES_MAX }, ask);
    if (more) throw new PlatformFailure('unknown', `${what}: more than can be looked at`);
    return { kind: 'listed', items: items.map(map) };
  } catch (error) {
    if (error instanceof GoogleRefusal && isDisabled(error)) return { kind: 'api-disabled' };
    throw error;
  }
}

/** "X API has not been used in project N before or it is disabled": older APIs have only the sentence. */
const isDisabled = ({ httpStatus, error }: GoogleRefusal): boolean =>
  httpStatus === 403 && (error.reason === 'SERVICE_DISABLED' || /it is disabled/.test(error.message));
