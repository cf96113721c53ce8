import { describe, expect, it } from 'vitest';
import { database } from '../../shared/evidence/database.ts';
import type { Database, Environment } from '../../shared/policy/policy.ts';
import type { Series, SeriesQuery } from '../../shared/ports/cloud.ts';
import { PlatformFailure } from '../../shared/ports/platform-failure.ts';
import type { ProbeReport, VpcProber } from '../../shared/ports/vpc-prober.ts';
import {
  at,
  CONNECTOR,
  points,
  REDIS,
  redisInstance,
  sqlInstance,
  sqlOperation,
  template,
} from '../builders/evidence.ts';
import { inspection, metricOf, plainService, type Region, reading, unhurried } from '../builders/ports.ts';

const configured = (over: Partial<Database> = {}): Database => ({
  name: 'main',
  kind: 'postgresql',
  address: '10.20.0.3:5432',
  instance: undefined,
  services: undefined,
  login: undefined,
  encryption: 'none',
  timeoutMs: 5000,
  ...over,
});

const withEnv = (name: string, envNames: readonly string[], over: Partial<typeof template> = {}) => {
  const [container] = template.containers;
  if (container === undefined) throw new Error('no container');
  return plainService(name, { template: { ...template, containers: [{ ...container, envNames }], ...over } });
};

const listed = <Item>(...items: readonly Item[]) => ({ kind: 'listed', items }) as const;
const probe = { name: 'direct', url: 'https://p.test/', through: 'direct-vpc', knownGood: '10.0.0.2:443' };
const behind = { ...probe, name: 'behind', through: CONNECTOR };

async function observe(region: Region, environment: Partial<Environment> = {}, vpcProber?: VpcProber) {
  const { cloud, asked } = reading(region);
  const made = inspection({ cloud, environment, ...(vpcProber === undefined ? {} : { vpcProber }) });
  return { seen: await database.inspect(made, unhurried), asked };
}

const usersOf = (seen: Awaited<ReturnType<typeof observe>>['seen'], index = 0) =>
  seen.databases[index]?.users.map(({ service, by }) => `${service} by ${by}`);

describe('which databases there are', () => {
  it('without a configuration: all of the region, with the ports that they usually have', async () => {
    const { seen } = await observe({
      sqlInstances: listed(
        sqlInstance(),
        sqlInstance({ name: 'elsewhere', region: 'europe-west1' }),
        sqlInstance({ name: 'mysql', engine: 'mysql', privateAddress: undefined }),
        sqlInstance({ name: 'mssql', engine: 'other' }),
      ),
      redisInstances: listed(redisInstance(), redisInstance({ name: `${REDIS}-2`, port: undefined })),
    });
    expect(seen.databases.map(({ name, kind, address, target }) => ({ name, kind, address, target }))).toEqual([
      {
        name: 'postgres',
        kind: 'postgresql',
        address: '10.20.0.3:5432',
        target: 'projects/acme-staging/instances/postgres',
      },
      { name: 'mysql', kind: 'mysql', address: undefined, target: 'projects/acme-staging/instances/mysql' },
      { name: 'redis', kind: 'redis', address: '10.20.0.4:6379', target: REDIS },
      { name: 'redis-2', kind: 'redis', address: '10.20.0.4:6379', target: `${REDIS}-2` },
    ]);
    expect(seen.missing).toEqual([]);
  });

  it('configured ones have their instance by its name or by their address, and others of the region are left out', async () => {
    const other = sqlInstance({ name: 'other', privateAddress: '10.20.0.9' });
    const { seen } = await observe(
      {
        sqlInstances: listed(sqlInstance(), other),
        redisInstances: listed(redisInstance(), redisInstance({ name: `${REDIS}-2`, host: undefined })),
      },
      {
        databases: [
          configured(),
          configured({ name: 'by name', instance: 'other', address: undefined }),
          configured({ name: 'cache', kind: 'redis', address: undefined, instance: 'redis' }),
          configured({ name: 'same cache', kind: 'redis', address: '10.20.0.4:6379' }),
          configured({ name: 'own', address: '10.9.9.9:5432' }),
          configured({ name: 'nameless', address: undefined }),
        ],
      },
    );
    expect(seen.databases.map(({ name, target, sql, redis }) => [name, target, sql?.name, redis?.name])).toEqual([
      ['main', 'projects/acme-staging/instances/postgres', 'postgres', undefined],
      ['by name', 'projects/acme-staging/instances/other', 'other', undefined],
      ['cache', REDIS, undefined, REDIS],
      ['same cache', REDIS, undefined, REDIS],
      ['own', '10.9.9.9:5432', undefined, undefined],
      ['nameless', 'nameless', undefined, undefined],
    ]);
  });

  it('those whose socket a service mounts are found whatever is configured', async () => {
    const { seen } = await observe(
      {
        services: [withEnv('backend', [], { cloudSqlInstances: ['acme-staging:us-central1:postgres'] })],
        sqlInstances: listed(sqlInstance()),
      },
      { databases: [configured({ name: 'cache', kind: 'redis', address: '10.1.1.1:6379' })] },
    );
    expect(seen.databases.map(({ name }) => name)).toEqual(['cache', 'postgres']);
    expect(usersOf(seen, 1)).toEqual(['backend by cloud-sql-socket']);
  });
});

describe('who uses them', () => {
  const services = [
    withEnv('backend', ['DATABASE_URL', 'REDIS_HOST']),
    withEnv('auth', ['DB_HOST'], {
      vpcAccess: { kind: 'direct', network: 'n', subnetwork: 's', egress: 'all-traffic' },
    }),
    withEnv('frontend', ['CACHE_URL'], { vpcAccess: { kind: 'none' } }),
    withEnv('idle', ['FEEDBACK', 'DBUS', 'SQUALL']),
  ];

  it('names of variables tell, where there is but one that they may mean', async () => {
    const { seen } = await observe({
      services,
      sqlInstances: listed(sqlInstance()),
      redisInstances: listed(redisInstance()),
    });
    expect(seen.databases.map(({ users }) => users.map(({ service, through }) => [service, through]))).toEqual([
      [
        ['backend', CONNECTOR],
        ['auth', 'direct-vpc'],
      ],
      [
        ['backend', CONNECTOR],
        ['frontend', 'none'],
      ],
    ]);
    const two = await observe({
      services,
      sqlInstances: listed(sqlInstance(), sqlInstance({ name: 'b', engine: 'mysql' })),
    });
    expect(two.seen.databases.map(({ users }) => users)).toEqual([[], []]);
    const mysql = await observe({ services, sqlInstances: listed(sqlInstance({ engine: 'mysql' })) });
    expect(usersOf(mysql.seen)).toEqual(['backend by environment-names', 'auth by environment-names']);
  });

  it('the configuration tells before all else, also of a service that is not there', async () => {
    const users = [
      { service: 'auth', connectionsPerInstance: 18 },
      { service: 'gone', connectionsPerInstance: undefined },
    ];
    const { seen } = await observe(
      { services, sqlInstances: listed(sqlInstance()) },
      { databases: [configured({ services: users })] },
    );
    expect(seen.databases[0]?.users).toEqual([
      { service: 'auth', by: 'configuration', connectionsPerInstance: 18, through: 'direct-vpc' },
      { service: 'gone', by: 'configuration', connectionsPerInstance: undefined, through: 'unknown' },
    ]);
  });
});

describe('what Monitoring counts', () => {
  const series = (query: SeriesQuery): readonly Series[] => {
    const id = query.filter.includes('redis') ? { instance_id: REDIS } : { database_id: 'acme-staging:postgres' };
    return [{ labels: id, points: points([metricOf(query).length]) }];
  };

  it('is asked once a metric, and only for what there is', async () => {
    const both = await observe({
      series,
      sqlInstances: listed(sqlInstance()),
      redisInstances: listed(redisInstance()),
    });
    const [sql, redis] = both.seen.databases;
    const first = (found: Series['points'] | undefined) => found?.[0]?.value;
    expect(first(sql?.up)).toBe('database/up'.length);
    expect(first(sql?.connections)).toBe('database/postgresql/num_backends'.length);
    expect(first(sql?.cpuRatio)).toBe('database/cpu/utilization'.length);
    expect(first(sql?.memoryRatio)).toBe('database/memory/utilization'.length);
    expect(first(sql?.diskRatio)).toBe('database/disk/utilization'.length);
    expect(first(redis?.connections)).toBe('clients/connected'.length);
    expect(first(redis?.memoryRatio)).toBe('stats/memory/usage_ratio'.length);
    expect(redis?.cpuRatio).toEqual([]);
    expect(both.asked.filter((call) => call.startsWith('series'))).toHaveLength(7);
    const none = await observe({ series }, { databases: [configured()] });
    expect(none.asked.filter((call) => call.startsWith('series'))).toEqual([]);
    expect(none.seen.databases[0]).toMatchObject({ up: [], connections: [], limit: undefined });
  });

  it('MySQL has a metric of its own, and one that never had a point is no failure', async () => {
    const fails = (query: SeriesQuery): readonly Series[] => {
      if (metricOf(query) === 'database/network/connections') return series(query);
      throw new PlatformFailure('not-found', 'Cannot find metric(s)');
    };
    const { seen } = await observe({ series: fails, sqlInstances: listed(sqlInstance({ engine: 'mysql' })) });
    expect(seen.databases[0]?.connections).toHaveLength(1);
    expect(seen.databases[0]?.up).toEqual([]);
    expect(seen.missing).toEqual([]);
  });

  it('that cannot be had is missing, and the state is seen all the same', async () => {
    const denied = (): readonly Series[] => {
      throw new PlatformFailure('permission-denied', 'monitoring.timeSeries.list: denied');
    };
    const { seen } = await observe({
      series: denied,
      sqlInstances: listed(sqlInstance()),
      redisInstances: listed(redisInstance()),
    });
    expect(seen.missing.map(({ what }) => what)).toEqual(['metrics', 'metrics']);
    expect(seen.databases.map(({ sql, redis, connections }) => [sql?.state ?? redis?.state, connections])).toEqual([
      ['RUNNABLE', []],
      ['READY', []],
    ]);
  });
});

describe('what was done with an instance', () => {
  it('is kept for as long as it may still do harm', async () => {
    const old = sqlOperation({ endedAt: at(-21_601) });
    const kept = [sqlOperation({ endedAt: undefined, status: 'running' }), sqlOperation({ endedAt: at(-21_600) })];
    const { seen } = await observe({
      sqlInstances: listed(sqlInstance()),
      sqlOperations: { postgres: [...kept, old] },
    });
    expect(seen.databases[0]?.sql?.operations).toEqual(kept);
  });
});

describe('what could not be read', () => {
  const failing = (...methods: readonly string[]) => {
    const { cloud } = reading({ sqlInstances: listed(sqlInstance()), redisInstances: listed(redisInstance()) });
    const denied = async () => {
      throw new PlatformFailure('permission-denied', 'denied');
    };
    return { ...cloud, ...Object.fromEntries(methods.map((method) => [method, denied])) };
  };
  const look = (methods: readonly string[], environment: Partial<Environment> = {}) =>
    database.inspect(inspection({ cloud: failing(...methods), environment }), unhurried);

  it('is said part by part', async () => {
    expect((await look(['sqlInstances'])).missing).toEqual([{ what: 'cloud-sql', detail: 'denied' }]);
    expect((await look(['redisInstances'])).missing.map(({ what }) => what)).toEqual(['memorystore']);
    const noOperations = await look(['sqlOperations']);
    expect(noOperations.missing.map(({ what }) => what)).toEqual(['cloud-sql']);
    expect(noOperations.databases[0]?.sql?.operations).toEqual([]);
  });

  it('an API that is not enabled is a fact, and nothing is missing', async () => {
    const disabled = { kind: 'api-disabled' } as const;
    const { seen } = await observe({ sqlInstances: disabled, redisInstances: disabled });
    expect(seen).toEqual({ databases: [], probes: [], missing: [] });
  });

  it('where it is everything, nothing was observed; where a probe stands, something may be', async () => {
    const all = ['services', 'sqlInstances', 'redisInstances'];
    await expect(look(all)).rejects.toThrow('denied');
    expect((await look(all, { probes: [probe] })).probes).toMatchObject([{ state: 'unavailable' }]);
  });

  it('whoever gives up, and a fault of our own, end all of it', async () => {
    const broken = { ...failing(), sqlInstances: async () => Promise.reject(new TypeError('a fault')) };
    await expect(database.inspect(inspection({ cloud: broken }), unhurried)).rejects.toThrow('a fault');
    await expect(database.inspect(inspection({ cloud: failing('services') }), AbortSignal.abort())).rejects.toThrow(
      'denied',
    );
  });

  it('applies everywhere', () => {
    expect(database.appliesTo(inspection())).toBe(true);
  });
});

describe('probes inside the VPC', () => {
  const shaken = { tcpMs: 1, tlsMs: undefined, totalMs: 3 };
  const report: ProbeReport = {
    knownGood: { answered: true, detail: 'answered in 1 ms' },
    databases: [
      { database: 'main', outcome: 'refused', detail: 'password=hunter2', ...shaken },
      { database: 'cache', outcome: 'not-made', detail: 'no secret', ...shaken },
    ],
    checks: [],
  };
  const answering = (reports: Readonly<Record<string, ProbeReport>>): VpcProber => ({
    look: async ({ probe: name }) => {
      const found = reports[name];
      if (found === undefined) throw new PlatformFailure('timed-out', `${name} did not answer`);
      return found;
    },
  });
  const environment = { databases: [configured()], probes: [probe, behind] };

  it('each looks at every database, and nothing secret is kept', async () => {
    const { seen } = await observe({}, environment, answering({ direct: report, behind: report }));
    expect(seen.databases[0]?.looks).toEqual([
      {
        database: 'main',
        outcome: 'refused',
        detail: 'password=[redacted]',
        ...shaken,
        probe: 'direct',
        through: 'direct-vpc',
      },
      {
        database: 'main',
        outcome: 'refused',
        detail: 'password=[redacted]',
        ...shaken,
        probe: 'behind',
        through: CONNECTOR,
      },
    ]);
    expect(seen.probes.map(({ state }) => state)).toEqual(['in-the-vpc', 'in-the-vpc']);
  });

  it('one that is cut off, or cannot be asked, says nothing and blinds no other', async () => {
    const cut: ProbeReport = { ...report, knownGood: { answered: false, detail: 'timed-out: no answer' } };
    const { seen } = await observe({}, environment, answering({ behind: cut }));
    expect(seen.databases[0]?.looks).toEqual([]);
    expect(seen.probes).toEqual([
      { probe: 'direct', through: 'direct-vpc', state: 'unavailable', detail: 'direct did not answer' },
      { probe: 'behind', through: CONNECTOR, state: 'cut-off', detail: 'timed-out: no answer' },
    ]);
  });

  it('a fault of our own is not taken for theirs', async () => {
    const faulty: VpcProber = { look: async () => Promise.reject(new TypeError('a fault')) };
    await expect(observe({}, environment, faulty)).rejects.toThrow('a fault');
  });
});
