import { describe, expect, it } from 'vitest';
import type { ObservedDatabase } from '../../shared/evidence/database.ts';
import {
  at,
  databases,
  line,
  logs,
  observedDatabase,
  observedLook,
  observedRedis,
  points,
  REDIS,
  redisInstance,
  SQL,
  service,
  serviceName,
  sqlInstance,
  sqlOperation,
  template,
} from '../builders/evidence.ts';
import { guided, refusalOf } from './guided.ts';

const run = { 'cloud-run': { services: [service('backend'), service('auth')] } };
const sql = (over: Parameters<typeof sqlInstance>[0] = {}, operations: ReturnType<typeof sqlOperation>[] = []) => ({
  sql: { ...sqlInstance(over), operations },
});
const of = (database: ObservedDatabase) => ({ ...run, database: databases(database) });
const silent = { looks: [observedLook('timed-out')] };
const foreign = { target: '10.20.0.3:5432', sql: undefined };

describe('guided-database, of SQL', () => {
  it.each([
    ['was stopped', observedDatabase(sql({ activationPolicy: 'NEVER' }))],
    ['is in maintenance', observedDatabase(sql({ state: 'MAINTENANCE' }))],
    ['is being failed over', observedDatabase(sql({}, [sqlOperation({ status: 'running', type: 'FAILOVER' })]))],
    [
      'hangs, with a standby',
      observedDatabase({
        ...silent,
        ...sql({ highlyAvailable: true }, [sqlOperation({ status: 'running', type: 'UPDATE' })]),
      }),
    ],
    ['hangs, alone', observedDatabase(silent)],
    ['answers again', observedDatabase({ looks: [observedLook('answered')] })],
  ])('tells what to do where it %s', (_, database) =>
    expect(guided('guided-database', { rule: 'database-down', target: SQL, seen: of(database) })).toMatchSnapshot(),
  );

  it('tells what to do with one of which only the address is known', () => {
    const seen = { database: databases(observedDatabase({ ...foreign, ...silent })) };
    expect(guided('guided-database', { rule: 'database-down', target: '10.20.0.3:5432', seen })).toMatchSnapshot();
  });

  it('tells who is to be started anew where no service was observed', () => {
    const seen = { database: databases(observedDatabase({ looks: [observedLook('answered')] })) };
    expect(guided('guided-database', { rule: 'database-down', target: SQL, seen, services: [] })).toMatchSnapshot();
  });

  it.each([
    ['inside the VPC', observedDatabase()],
    ['with a public address', observedDatabase(sql({ hasPublicAddress: true }))],
    ['MySQL', observedDatabase({ kind: 'mysql' })],
    [
      'MySQL with a public address, of which nothing is measured',
      observedDatabase({
        kind: 'mysql',
        ...sql({ hasPublicAddress: true }),
        limit: undefined,
        connections: [],
        cpuRatio: [],
      }),
    ],
    ['known by its address alone', observedDatabase({ ...foreign })],
    ['known by its name alone', observedDatabase({ ...foreign, address: undefined })],
  ])('tells how room is made, and what is slow is ended: %s', (_, database) => {
    const { target } = database;
    const seen = of(database);
    expect(
      guided('guided-database', {
        rule: 'database-connections-exhausted',
        target,
        seen,
        services: _ === 'MySQL' ? [] : ['auth', 'backend'],
      }),
    ).toMatchSnapshot();
    expect(guided('guided-database', { rule: 'database-slow', target, seen })).toMatchSnapshot();
  });

  it.each([
    [
      'a user that is named',
      'Database postgres refuses the login of backend as backend: 3 connections turned away.',
      'postgresql',
      ['backend'],
    ],
    ['nobody named, MySQL', 'it refuses', 'mysql', []],
  ] as const)('tells how a login is admitted: %s', (_, claim, kind, services) => {
    const changes = {
      from: at(-3600),
      changes: [
        {
          at: at(-60),
          by: 'ann@acme.example',
          thing: 'database',
          method: 'users.update',
          resource: SQL,
          name: 'postgres',
          fields: [],
          outcome: 'made',
          detail: '',
        },
      ] as const,
      truncated: false,
    };
    const seen = { ...of(observedDatabase({ kind })), changes };
    expect(
      guided('guided-database', { rule: 'database-login-refused', target: SQL, seen, claim, services }),
    ).toMatchSnapshot();
  });

  it('refuses what was not observed', () => {
    expect(refusalOf('guided-database', { rule: 'database-down', target: SQL, seen: {} })).toBe(
      'database postgres was not observed',
    );
    expect(refusalOf('guided-database', { rule: 'cloud-sql-socket-failing', target: SQL, seen: {} })).toBe(
      `service ${SQL} was not observed`,
    );
  });
});

describe('guided-database, of a socket', () => {
  const mounting = {
    ...template,
    cloudSqlInstances: ['acme-data:us-central1:postgres'],
    serviceAccount: 'backend@acme-staging.iam.gserviceaccount.com',
  };
  const about = { rule: 'cloud-sql-socket-failing', target: serviceName('backend') } as const;
  const said = (sample: string) => logs({ signatures: [line('backend', 'cloud-sql-socket-failing', 12, { sample })] });
  it.each([
    ['that is forbidden', mounting, said('Error 403: NOT_AUTHORIZED')],
    ['that is forbidden to nobody knows whom', template, said('Error 403: forbidden')],
    ['that hangs up', mounting, said('server closed the connection')],
    ['of which no line was read', template, undefined],
  ])('tells what to do about one %s', (_, of, seenLogs) => {
    const seen = {
      'cloud-run': { services: [service('backend', { template: of })] },
      ...(seenLogs && { logs: seenLogs }),
    };
    expect(guided('guided-database', { ...about, seen })).toMatchSnapshot();
  });
});

describe('guided-database, of Redis', () => {
  const down = { rule: 'redis-down', target: REDIS } as const;
  it.each([
    ['is failing over', observedRedis({ redis: redisInstance({ state: 'FAILING_OVER' }) })],
    ['hangs, with a replica', observedRedis({ ...silent, redis: redisInstance({ tier: 'STANDARD_HA' }) })],
    ['hangs, alone', observedRedis(silent)],
    ['answers, and its clients are on the wrong node', observedRedis({ looks: [observedLook('answered')] })],
  ])('tells what to do where it %s', (_, database) =>
    expect(guided('guided-database', { ...down, seen: of(database) })).toMatchSnapshot(),
  );

  it('tells what to do with one of which only the address is known', () => {
    const target = '10.20.0.4:6379';
    const seen = of(observedRedis({ ...silent, target, redis: undefined }));
    expect(guided('guided-database', { ...down, target, seen })).toMatchSnapshot();
  });

  it.each(['BASIC', 'STANDARD_HA'])('tells how a full one gets more memory: %s', (tier) =>
    expect(
      guided('guided-database', {
        rule: 'redis-full',
        target: REDIS,
        seen: of(observedRedis({ redis: redisInstance({ tier }), memoryRatio: points([1]) })),
      }),
    ).toMatchSnapshot(),
  );

  it('refuses a full one whose size is not known', () =>
    expect(
      refusalOf('guided-database', {
        rule: 'redis-full',
        target: REDIS,
        seen: of(observedRedis({ redis: redisInstance({ memorySizeGb: undefined }) })),
      }),
    ).toBe('the size of redis could not be read'));
});
