import type { Database, DatabaseKind } from '../policy/policy.ts';
import { secondsBetween } from '../ports/clock.ts';
import type { Series, Service } from '../ports/cloud.ts';
import type { Listing, RedisInstance, SqlInstance, SqlOperation } from '../ports/databases.ts';
import { PlatformFailure } from '../ports/platform-failure.ts';
import { type ConnectionLimit, connectionLimit } from './connection-limits.ts';
import { lookFromVpc, type ObservedLook, type ObservedProbe } from './database-looks.ts';
import { type RedisMetrics, redisMetrics, type SqlMetrics, sqlMetrics } from './database-metrics.ts';
import { mounts, type ObservedUser, usersOf } from './database-users.ts';
import { inBatches } from './in-batches.ts';
import type { Inspection, Inspector } from './inspector.ts';
import { redact } from './redact.ts';
import { watchedServices } from './watched-services.ts';

type Points = Series['points'];

export interface ObservedDatabase {
  readonly name: string;
  readonly kind: DatabaseKind;
  /** Full name of the instance, or `host:port` where it belongs to no product of Google's that could be read. */
  readonly target: string;
  readonly address: string | undefined;
  readonly users: readonly ObservedUser[];
  readonly sql: (SqlInstance & { readonly operations: readonly SqlOperation[] }) | undefined;
  readonly redis: RedisInstance | undefined;
  readonly limit: ConnectionLimit | undefined;
  /** Per minute, oldest first; empty where Monitoring had no points, which says nothing. */
  readonly up: Points;
  readonly connections: Points;
  readonly cpuRatio: Points;
  readonly memoryRatio: Points;
  readonly diskRatio: Points;
  /** From inside the VPC. */
  readonly looks: readonly ObservedLook[];
}

export interface DatabaseObservation {
  readonly databases: readonly ObservedDatabase[];
  readonly probes: readonly ObservedProbe[];
  /** What of the platform could not be read; the rest is observed all the same. */
  readonly missing: readonly {
    readonly what: 'cloud-sql' | 'memorystore' | 'metrics' | 'services';
    readonly detail: string;
  }[];
}

/** More are no one's to judge in the middle of the night; those that services are known to use come first. */
const DATABASES_MAX = 20;
/** What was done with an instance before this has done its harm. */
const OPERATIONS_BACK_SECONDS = 6 * 3600;

/**
 * Sees what the services keep their data in: Cloud SQL state, operations, connections against the limit, CPU, memory, disk; Memorystore state,
 * memory, clients; who uses which; and by the probes inside the VPC a real handshake with each, so that unreachable, refused, full and wrong
 * password are told apart.
 * API: Cloud SQL Admin v1 instances.list, operations.list; Memorystore for Redis v1 instances.list; Monitoring v3 timeSeries.list; the function
 * probe. Permissions: cloudsql.instances.list, cloudsql.instances.get, redis.instances.list, monitoring.timeSeries.list, run.services.list,
 * run.routes.invoke on the probes.
 * Silent about the last three minutes of metrics (Cloud SQL's arrive up to 165 s late), about queries, and about databases of others where no
 * probe is configured.
 */
export const database: Inspector<DatabaseObservation> = {
  deadlineMs: 30_000,
  permissions: [
    'cloudsql.instances.list',
    'cloudsql.instances.get',
    'redis.instances.list',
    'monitoring.timeSeries.list',
    'run.services.list',
  ],
  appliesTo: () => true,
  inspect: async (inspection, abort) => {
    const { cloud, environment } = inspection;
    const missing: DatabaseObservation['missing'][number][] = [];
    const failures: PlatformFailure[] = [];
    const part = async <T>(what: (typeof missing)[number]['what'], work: Promise<T>, otherwise: T): Promise<T> => {
      try {
        return await work;
      } catch (error) {
        if (abort.aborted || !(error instanceof PlatformFailure)) throw error;
        missing.push({ what, detail: redact(error.message) });
        failures.push(error);
        return otherwise;
      }
    };
    const looking = lookFromVpc(inspection, abort);
    // Awaited below: until then its failure must not be unheard.
    looking.catch(() => undefined);
    const [services, sql, redis] = await Promise.all([
      part<readonly Service[]>('services', watchedServices(cloud, environment, abort), []),
      part<Listing<SqlInstance>>('cloud-sql', cloud.sqlInstances(environment.project, abort), NOTHING),
      part<Listing<RedisInstance>>('memorystore', cloud.redisInstances(environment, abort), NOTHING),
    ]);
    // Where nothing at all can be read, there is nothing to observe.
    const [failure] = failures;
    if (failure !== undefined && failures.length === PARTS && environment.probes.length === 0) throw failure;
    const found = foundOf(environment.databases, { services, sql: itemsOf(sql), redis: itemsOf(redis) }, inspection);
    const sqlFound = found.flatMap((one) => one.sql ?? []);
    const [ofSql, ofRedis, operations, { probes, looks }] = await Promise.all([
      sqlFound.length === 0
        ? undefined
        : part('metrics', sqlMetrics([...new Set(sqlFound.map(({ engine }) => engine))], inspection, abort), undefined),
      found.some((one) => one.redis !== undefined)
        ? part('metrics', redisMetrics(inspection, abort), undefined)
        : undefined,
      part('cloud-sql', operationsOf(sqlFound, inspection, abort), []),
      looking,
    ]);
    return {
      databases: found.map((one) => observed(one, { found, services, ofSql, ofRedis, operations, looks }, inspection)),
      probes,
      missing,
    };
  },
};

/** Services, Cloud SQL, Memorystore. */
const PARTS = 3;
const NOTHING = { kind: 'listed', items: [] } as const;
const itemsOf = <Item>(listing: Listing<Item>): readonly Item[] => (listing.kind === 'listed' ? listing.items : []);

/** A database before anything but its existence is known. */
interface Found {
  readonly name: string;
  readonly kind: DatabaseKind;
  readonly configured: Database | undefined;
  readonly sql: SqlInstance | undefined;
  readonly redis: RedisInstance | undefined;
}

interface Platform {
  readonly services: readonly Service[];
  readonly sql: readonly SqlInstance[];
  readonly redis: readonly RedisInstance[];
}

/** What is configured, with the instances that it names; then instances whose socket a service mounts; all of the region where nothing is configured. */
function foundOf(configured: readonly Database[], platform: Platform, { environment }: Inspection): readonly Found[] {
  const named = configured.map((one): Found => {
    const host = one.address?.replace(/:\d+$/, '');
    const sql = platform.sql.find(({ name, privateAddress }) =>
      one.instance === undefined ? privateAddress !== undefined && privateAddress === host : name === one.instance,
    );
    const redis = platform.redis.find((instance) =>
      one.instance === undefined
        ? instance.host !== undefined && instance.host === host
        : shortOf(instance) === one.instance,
    );
    const isRedis = one.kind === 'redis';
    return {
      name: one.name,
      kind: one.kind,
      configured: one,
      sql: isRedis ? undefined : sql,
      redis: isRedis ? redis : undefined,
    };
  });
  const taken = new Set<unknown>(named.flatMap(({ sql, redis }) => [sql, redis]));
  const sql = platform.sql.flatMap((instance): Found[] => {
    const { name, engine, region, connectionName } = instance;
    const mounted = platform.services.some((service) => mounts(service, connectionName));
    const wanted = mounted || (configured.length === 0 && region === environment.region);
    return !wanted || engine === 'other' || taken.has(instance)
      ? []
      : [{ name, kind: engine, configured: undefined, sql: instance, redis: undefined }];
  });
  const redis = platform.redis.flatMap((instance): Found[] =>
    configured.length > 0 || taken.has(instance)
      ? []
      : [{ name: shortOf(instance), kind: 'redis', configured: undefined, sql: undefined, redis: instance }],
  );
  return [...named, ...sql, ...redis].slice(0, DATABASES_MAX);
}

const shortOf = ({ name }: RedisInstance): string => name.slice(name.lastIndexOf('/') + 1);

interface Gathered {
  readonly found: readonly Found[];
  readonly services: readonly Service[];
  readonly ofSql: SqlMetrics | undefined;
  readonly ofRedis: RedisMetrics | undefined;
  readonly operations: readonly { readonly instance: string; readonly operations: readonly SqlOperation[] }[];
  readonly looks: readonly ObservedLook[];
}

function observed(one: Found, gathered: Gathered, { environment: { project } }: Inspection): ObservedDatabase {
  const { name, kind, configured, sql, redis } = one;
  const { found, services, ofSql, ofRedis } = gathered;
  const address = configured?.address ?? addressOf(one);
  const id = `${project}:${sql?.name}`;
  return {
    name,
    kind,
    address,
    target: sql === undefined ? (redis?.name ?? address ?? name) : `projects/${project}/instances/${sql.name}`,
    users: usersOf(
      {
        kind,
        configured,
        connectionName: sql?.connectionName,
        only: found.filter((other) => alike(other.kind, kind)).length === 1 ? 'of-its-kind' : 'one-of-several',
      },
      services,
    ),
    sql: sql && {
      ...sql,
      operations: gathered.operations.find(({ instance }) => instance === sql.name)?.operations ?? [],
    },
    redis,
    limit: sql && connectionLimit(sql),
    up: sql === undefined ? [] : (ofSql?.up(id) ?? []),
    connections: redis === undefined ? (ofSql?.connections(id) ?? []) : (ofRedis?.clients(redis.name) ?? []),
    cpuRatio: ofSql?.cpuRatio(id) ?? [],
    memoryRatio: redis === undefined ? (ofSql?.memoryRatio(id) ?? []) : (ofRedis?.memoryRatio(redis.name) ?? []),
    diskRatio: ofSql?.diskRatio(id) ?? [],
    looks: gathered.looks.filter((look) => look.database === name),
  };
}

/** A variable called DATABASE_URL may mean either. */
const alike = (a: DatabaseKind, b: DatabaseKind): boolean => (a === 'redis') === (b === 'redis');

const PORTS: Readonly<Record<DatabaseKind, number>> = { postgresql: 5432, mysql: 3306, redis: 6379 };

function addressOf({ kind, sql, redis }: Found): string | undefined {
  const host = sql?.privateAddress ?? redis?.host;
  return host === undefined ? undefined : `${host}:${redis?.port ?? PORTS[kind]}`;
}

const operationsOf = (
  instances: readonly SqlInstance[],
  { cloud, environment, until }: Inspection,
  abort: AbortSignal,
) =>
  inBatches(instances, async ({ name: instance }) => {
    const all = await cloud.sqlOperations({ project: environment.project, instance }, abort);
    // One that has not begun yet, or not ended, is under way.
    const operations = all.filter(
      ({ endedAt }) => endedAt === undefined || secondsBetween(endedAt, until) <= OPERATIONS_BACK_SECONDS,
    );
    return { instance, operations };
  });
