import { describe, expect, it } from 'vitest';
import { LINES_MIN } from '../../shared/diagnosis/database-facts.ts';
import { RECENT_SECONDS } from '../../shared/diagnosis/recent.ts';
import type { ObservedDatabase } from '../../shared/evidence/database.ts';
import {
  at,
  CONNECTOR,
  databaseUser,
  failed,
  line,
  observedDatabase,
  observedLook,
  observedRedis,
  points,
  redisInstance,
  sqlInstance,
  sqlOperation,
} from '../builders/evidence.ts';
import { judgedData, only } from '../builders/judging.ts';

// Told again, so that a threshold that is changed is noticed.
const DISK_FULL_RATIO = 0.99;

const down = judgedData('database-down');
const redis = judgedData('redis-down');

const sql = (over: Partial<ReturnType<typeof sqlInstance>>, operations = [] as ReturnType<typeof sqlOperation>[]) => ({
  sql: { ...sqlInstance(over), operations },
});
const timeouts = {
  signatures: [line('backend', 'private-connection-timed-out', 40)],
  failed: [failed('backend', 100)],
};
const noUp = { up: [] };
const UP = points([1], at(-180));

describe('a database that nobody is known to use', () => {
  const away = { ...observedRedis(), redis: redisInstance({ state: 'FAILING_OVER' }), users: [] };
  it.each([
    ['of its kind', 'Redis ping timeout after 10.0s', ['reports']],
    ['of another kind', 'psycopg2.OperationalError: connect timed out', []],
    ['of none', 'context deadline exceeded', []],
  ])('is missed by those who speak %s', (_, sample, services) => {
    const said = { signatures: [line('reports', 'private-connection-timed-out', 9, { sample })] };
    expect(only(redis([away], said))).toMatchObject({ kind: 'cause', services });
    expect(only(redis([{ ...away, users: [databaseUser('backend')] }], said))).toMatchObject({ services: [] });
  });
});

describe('who names the address of a database', () => {
  const ofNobody = { ...sql({ state: 'SUSPENDED' }), users: [] };
  const saying = (sample: string) => ({ signatures: [line('reports', 'private-connection-timed-out', 9, { sample })] });

  it.each([
    ['its own', 'dial tcp 10.20.0.3:5432: i/o timeout', ['reports']],
    ['another port of it', 'dial tcp 10.20.0.3:3306: i/o timeout', []],
    ['another', 'dial tcp 10.20.0.9:5432: i/o timeout', []],
    ['none', 'context deadline exceeded', []],
  ])('uses it, whatever its settings are called: %s', (_, sample, services) => {
    expect(only(down([observedDatabase(ofNobody)], saying(sample)))).toMatchObject({ kind: 'cause', services });
  });
});

describe('a SQL database is down', () => {
  it.each<[string, Partial<ObservedDatabase>, string]>([
    [
      'it is suspended',
      sql({ state: 'SUSPENDED', suspensionReasons: ['BILLING_ISSUE'] }),
      'is SUSPENDED (BILLING_ISSUE)',
    ],
    ['its state is bad without a reason', sql({ state: 'FAILED' }), 'is FAILED;'],
    [
      'somebody stopped it',
      sql({ activationPolicy: 'NEVER' }, [sqlOperation({ type: 'UPDATE', by: 'ann@acme.example' })]),
      'was stopped by ann@acme.example',
    ],
    ['nobody knows who stopped it', sql({ activationPolicy: 'NEVER' }), 'was stopped;'],
    [
      'it is restarted',
      sql({}, [sqlOperation({ status: 'running', endedAt: undefined, by: 'bob' })]),
      'is away for RESTART, since 2026-11-23T02:50:00.000Z by bob',
    ],
    [
      'it fails over',
      sql({}, [sqlOperation({ type: 'FAILOVER', status: 'running', startedAt: undefined })]),
      'is away for FAILOVER, since a while;',
    ],
    [
      'its disk is full',
      { ...sql({ storageAutoResize: false }), diskRatio: points([DISK_FULL_RATIO]) },
      'has no disk left (99 %)',
    ],
  ])('when %s, as the platform says', (_, over, claim) => {
    const conclusion = only(down([observedDatabase(over)], timeouts));
    expect(conclusion).toMatchObject({ kind: 'cause', confidence: 'likely', services: ['backend'] });
    expect(conclusion).toMatchObject({ claim: expect.stringContaining(`Database postgres ${claim}`) });
  });

  it('certainly, when a probe does not reach it either', () => {
    const looks = [observedLook('timed-out'), observedLook('timed-out', { probe: 'behind', through: CONNECTOR })];
    const conclusion = only(down([observedDatabase({ ...sql({ state: 'MAINTENANCE' }), looks })], timeouts));
    expect(conclusion).toMatchObject({ confidence: 'certain', expects: [{ seen: 'yes' }] });
  });

  it.each(['timed-out', 'refused', 'unreachable', 'broken-off', 'not-ready'] as const)(
    'when it is %s from inside the VPC and those who use it complain',
    (outcome) => {
      const conclusion = only(down([observedDatabase({ looks: [observedLook(outcome)] })], timeouts));
      expect(conclusion).toMatchObject({
        kind: 'cause',
        confidence: 'likely',
        claim: `Database postgres does not answer from inside the VPC (${outcome}); 40 connections of backend came to nothing.`,
      });
    },
  );

  it('when its process does not run, as Monitoring counts', () => {
    const conclusion = only(down([observedDatabase({ up: points([1, 0.4], at(-180)) })], timeouts));
    expect(conclusion).toMatchObject({
      confidence: 'certain',
      claim: expect.stringContaining('its process does not run'),
    });
    const half = only(down([observedDatabase({ up: points([0.5], at(-180)) })], timeouts));
    expect(half).toMatchObject({ kind: 'ruled-out' });
    const less = only(down([observedDatabase({ up: points([0.499], at(-180)) })], timeouts));
    expect(less).toMatchObject({ kind: 'cause' });
  });

  it('when it refuses connections at its own address', () => {
    const said = (sample: string) => ({ signatures: [line('backend', 'private-connection-refused', 4, { sample })] });
    const here = only(down([observedDatabase(noUp)], said('connect ECONNREFUSED 10.20.0.3:5432')));
    expect(here).toMatchObject({
      kind: 'cause',
      confidence: 'likely',
      claim: expect.stringContaining('refuses connections'),
    });
    expect(only(down([observedDatabase(noUp)], said('connect ECONNREFUSED 10.9.9.9:80')))).toMatchObject({
      kind: 'ruled-out',
    });
    const libpq = 'connection to server at "10.20.0.3", port 5432 failed: Connection refused';
    expect(only(down([observedDatabase(noUp)], said(libpq)))).toMatchObject({ kind: 'cause' });
    expect(only(down([observedDatabase({ ...noUp, address: undefined })], said('ECONNREFUSED')))).toMatchObject({
      kind: 'ruled-out',
    });
  });

  it('harms whoever fails, and nobody where nobody does', () => {
    const away = observedDatabase(sql({ state: 'SUSPENDED' }));
    expect(only(down([away], { failed: [failed('auth', 5)] }))).toMatchObject({
      services: ['auth'],
      confidence: 'possible',
    });
    expect(only(down([away], { failed: [failed('auth', 4)] }))).toMatchObject({
      services: [],
      claim: expect.stringContaining('0 connections of nobody'),
    });
  });
});

describe('it is not down', () => {
  it('when a probe inside the VPC reaches it, whatever it says', () => {
    for (const outcome of [
      'answered',
      'asks-for-password',
      'wrong-password',
      'too-many-connections',
      'denied',
      'tls',
    ] as const)
      expect(only(down([observedDatabase({ looks: [observedLook(outcome)] })], timeouts)), outcome).toMatchObject({
        kind: 'ruled-out',
        reason: `postgres answers from inside the VPC (detail of ${outcome})`,
      });
  });

  it('when only the probe behind a connector does not reach it: then that is what is broken', () => {
    const looks = [observedLook('answered'), observedLook('timed-out', { probe: 'behind', through: CONNECTOR })];
    expect(only(down([observedDatabase({ looks })], timeouts))).toMatchObject({
      kind: 'ruled-out',
      reason: expect.stringContaining('not so behind staging-connector'),
    });
  });

  it('when the platform is at something and it answers all the same', () => {
    const running = sql({}, [sqlOperation({ type: 'MAINTENANCE', status: 'running' })]);
    expect(only(down([observedDatabase({ ...running, looks: [observedLook('answered')] })], timeouts))).toMatchObject({
      kind: 'ruled-out',
    });
  });

  it('when nobody complains, or it was measured to be up since', () => {
    expect(only(down([observedDatabase()]))).toMatchObject({ reason: 'postgres: none that uses it complains' });
    expect(only(down([observedDatabase({ up: UP })], timeouts))).toMatchObject({ kind: 'ruled-out' });
  });

  it('when its disk is nearly full, or grows by itself', () => {
    const nearly = { ...sql({ storageAutoResize: false }), diskRatio: points([0.98]) };
    for (const over of [
      nearly,
      { ...sql({}), diskRatio: points([1]) },
      { ...sql({ storageAutoResize: false }), diskRatio: [] },
    ])
      expect(only(down([observedDatabase(over)]))).toMatchObject({ kind: 'ruled-out' });
  });

  it('where there is none', () => {
    expect(only(down([observedRedis()]))).toMatchObject({ reason: 'no SQL database is known here' });
  });
});

describe('it cannot be told', () => {
  it('without a probe, before Monitoring has counted since the trouble began', () => {
    const said = {
      ...timeouts,
      onsets: [
        { service: 'backend', at: at(-170) },
        { service: 'else', at: at(-900) },
      ],
    };
    const soon = only(down([observedDatabase({ up: UP })], said));
    expect(soon).toMatchObject({
      kind: 'inconclusive',
      settles: 'soon',
      nextCheck: expect.stringContaining('at 10.20.0.3:5432'),
    });
    const own = observedDatabase({ ...noUp, sql: undefined, address: undefined });
    expect(only(down([own], timeouts))).toMatchObject({
      settles: 'not-by-itself',
      nextCheck: 'Connect to postgres from a machine in the VPC, past the connector.',
    });
  });

  it('by a probe alone, of which nobody who uses it knows anything', () => {
    expect(only(down([observedDatabase({ looks: [observedLook('refused')] })]))).toMatchObject({
      kind: 'inconclusive',
      reason: 'postgres does not answer from inside the VPC (refused), and none that uses it complains',
    });
  });

  it('from behind a connector through which nothing gets; from behind one that lets others through it can', () => {
    const looks = [observedLook('timed-out', { through: CONNECTOR })];
    const cut = observedDatabase({ ...noUp, looks });
    expect(down([cut, observedDatabase({ ...noUp, name: 'b', looks })], timeouts)).toMatchObject([
      { kind: 'inconclusive' },
      { kind: 'inconclusive' },
    ]);
    const through = observedDatabase({ name: 'b', looks: [observedLook('answered', { through: CONNECTOR })] });
    expect(only(down([cut, through], timeouts))).toMatchObject({ kind: 'cause' });
  });
});

describe('it is back, and its clients still hold connections from before', () => {
  const lost = (count: number, over = {}) => ({
    signatures: [line('backend', 'database-connection-lost', count, over)],
  });
  const back = (seconds: number, over = {}) =>
    observedDatabase(sql({}, [sqlOperation({ type: 'MAINTENANCE', endedAt: at(seconds), ...over })]));

  it('as they say', () => {
    expect(only(down([back(-540)], lost(3)))).toMatchObject({
      kind: 'cause',
      confidence: 'likely',
      services: ['backend'],
      claim:
        'Database postgres was away for MAINTENANCE until 2026-11-23T02:51:00.000Z, and backend still hold connections from before: 3 were lost.',
    });
    expect(only(down([back(-1800, { startedAt: undefined })], lost(3)))).toMatchObject({ kind: 'cause' });
  });

  it('not when it is too long ago, when it was over before, or when they are few', () => {
    expect(only(down([back(-1801)], lost(3)))).toMatchObject({ kind: 'ruled-out' });
    expect(only(down([back(-540)], lost(2)))).toMatchObject({ kind: 'ruled-out' });
    expect(only(down([back(-540)], lost(3, { lastAt: at(-541) })))).toMatchObject({ kind: 'ruled-out' });
    expect(only(down([back(-540)], lost(3, { lastAt: at(-540) })))).toMatchObject({ kind: 'cause' });
    expect(only(down([back(-540, { type: 'IMPORT' })], lost(3)))).toMatchObject({ kind: 'ruled-out' });
  });
});

describe('a Redis is down', () => {
  it('when Memorystore says so', () => {
    const said = { signatures: [line('frontend', 'private-connection-timed-out', 3)] };
    const repairing = observedRedis({ redis: redisInstance({ state: 'REPAIRING', statusMessage: 'node lost' }) });
    expect(only(redis([repairing], said))).toMatchObject({
      kind: 'cause',
      services: ['frontend'],
      claim: 'Database redis is REPAIRING (node lost); 3 connections of frontend came to nothing.',
      evidence: [
        {
          text: 'Memorystore says REPAIRING.',
          url: expect.stringContaining('memorystore/redis/locations/us-central1'),
        },
        {},
      ],
    });
    const failing = observedRedis({ redis: redisInstance({ state: 'FAILING_OVER' }) });
    expect(only(redis([failing], said))).toMatchObject({ claim: expect.stringContaining('is FAILING_OVER;') });
  });

  it('not while it is READY or UPDATING, and not where there is none', () => {
    for (const state of ['READY', 'UPDATING'])
      expect(only(redis([observedRedis({ redis: redisInstance({ state }) })]))).toMatchObject({ kind: 'ruled-out' });
    expect(only(redis([observedDatabase()]))).toMatchObject({ reason: 'no Redis is known here' });
  });

  describe('whose clients are connected to a replica', () => {
    const refused = (count: number, over: Parameters<typeof line>[3] = {}) => ({
      signatures: [line('frontend', 'redis-read-only', count, over)],
    });

    it.each([
      [LINES_MIN, {}, 'cause'],
      [LINES_MIN - 1, {}, 'ruled-out'],
      [LINES_MIN, { lastAt: at(-RECENT_SECONDS - 1) }, 'ruled-out'],
    ])('judges %i refused writes %j', (count, over, kind) =>
      expect(only(redis([observedRedis()], refused(count, over)))).toMatchObject({ kind }),
    );

    it('says so, with what Memorystore says where it is one', () => {
      expect(only(redis([observedRedis()], refused(40)))).toMatchObject({
        claim: 'Redis redis takes no writes: what its clients are connected to is a replica, which refused 40 of them.',
        confidence: 'likely',
        evidence: [{ text: 'Memorystore says READY.' }, {}],
        services: ['frontend'],
      });
      expect(only(redis([observedRedis({ redis: undefined })], refused(40)))).toMatchObject({ evidence: [{}] });
    });
  });

  it('has a page to look at where it is a product of Google’s, and none where it is one’s own', () => {
    const said = { signatures: [line('backend', 'private-connection-refused', 3)] };
    const own = observedRedis({ target: '10.20.0.4:6379', looks: [observedLook('refused')] });
    expect(only(redis([own], said))).toMatchObject({ evidence: [{ text: 'Memorystore says READY.' }, {}, {}] });
    const suspended = observedDatabase(sql({ state: 'SUSPENDED' }));
    expect(only(down([suspended], timeouts))).toMatchObject({
      evidence: [{ url: expect.stringContaining('/sql/instances/postgres/overview?project=acme-staging') }, {}],
    });
  });

  it('of one that is no product of Google’s, by its address', () => {
    const own = observedRedis({ redis: undefined, target: '10.20.0.4:6379', looks: [observedLook('refused')] });
    const said = { signatures: [line('backend', 'private-connection-refused', 3)] };
    expect(only(redis([own], said))).toMatchObject({ kind: 'cause', target: '10.20.0.4:6379' });
  });
});
