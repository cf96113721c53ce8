import { describe, expect, it } from 'vitest';
import {
  at,
  databaseUser,
  failed,
  line,
  observed,
  observedDatabase,
  observedLook,
  observedRedis,
  points,
  REDIS,
  SQL,
  service,
  serviceMetrics,
  unavailable,
} from '../builders/evidence.ts';
import { judgedData, only } from '../builders/judging.ts';

const judged = judgedData('database-connections-exhausted');
const pool = judgedData('connection-pool-exhausted');
/** Of 103 connections 100 are left for those who are no superusers. */
const holding = (count: number, over = {}) => observedDatabase({ connections: points([count], at(-180)), ...over });
const refused = (count: number) => ({ signatures: [line('backend', 'database-slots-exhausted', count)] });
const two = {
  metrics: observed({
    services: [serviceMetrics('backend', { instances: points([2, 4, 3]) }), serviceMetrics('auth', { instances: [] })],
  }),
  'cloud-run': observed({ services: [service('backend', { instancesMax: 5 }), service('auth', { instancesMax: 2 })] }),
};
const pooled = {
  users: [databaseUser('backend', 18), databaseUser('auth', 10), databaseUser('gone', 99), databaseUser('frontend')],
};

describe('database-connections-exhausted', () => {
  it('adds pools up over instances, against the limit', () => {
    expect(only(judged([holding(98, pooled)], refused(900), two))).toMatchObject({
      kind: 'cause',
      confidence: 'certain',
      services: ['backend'],
      claim:
        'Database postgres is out of connections: it held 98 of 103 connections and refused 900: backend 18 x 4 instances = 72, auth 10 x 2 instances = 20, together 92, and 6 beyond them.',
      evidence: [{ text: expect.stringContaining('the default of its memory; 3 are kept for superusers') }, {}, {}],
    });
  });

  it('says one pool alone without a sum, and where no metrics are takes the ceiling', () => {
    const one = { users: [databaseUser('backend', 18)] };
    const flagged = { ...one, limit: { connections: 103, source: 'flag' } as const };
    const said = only(judged([holding(98, flagged)], refused(3), { ...two, metrics: unavailable('denied') }));
    const within = only(judged([holding(90, flagged)], refused(3), { ...two, metrics: unavailable('denied') }));
    expect(within).toMatchObject({ claim: expect.stringContaining('instances = 90.') });
    expect(said).toMatchObject({
      claim: expect.stringContaining('refused 3: backend 18 x 5 instances = 90, and 8 beyond them.'),
      evidence: [{ text: expect.stringContaining('the flag max_connections') }, {}, {}],
    });
  });

  it.each([
    [90, 'certain'],
    [89, 'likely'],
    [80, 'likely'],
    [79, 'possible'],
  ])('%i of 100 held: %s', (held, confidence) => {
    expect(only(judged([holding(held)], refused(3)))).toMatchObject({ confidence });
  });

  it('needs three refusals, or a probe that was refused', () => {
    expect(only(judged([holding(98)], refused(2)))).toMatchObject({ kind: 'ruled-out' });
    const told = holding(20, { looks: [observedLook('too-many-connections')] });
    expect(only(judged([told], { failed: [failed('auth', 5)] }))).toMatchObject({ kind: 'cause', services: ['auth'] });
  });

  it('is told of the database that the lines speak of, of several that one service uses', () => {
    const slots = (count: number, sample: string) => line('backend', 'database-slots-exhausted', count, { sample });
    const other = observedDatabase({ name: 'reports', target: 'reports', address: '10.20.0.9:5432', connections: [] });
    const seen = [holding(98), other, observedRedis({ connections: points([27]) })];
    const said = (lines: ReturnType<typeof slots>[]) =>
      judged(seen, { signatures: lines }).flatMap((one) => (one.kind === 'cause' ? [one.target] : []));
    expect(said([slots(664, 'FATAL: remaining connection slots are reserved for superusers')])).toEqual([
      SQL,
      'reports',
    ]);
    const at3 = 'connection to server at "10.20.0.3", port 5432 failed: FATAL: sorry, too many clients already';
    expect(said([slots(664, at3)])).toEqual([SQL]);
    expect(said([slots(12, 'ReplyError: ERR max number of clients reached')])).toEqual([REDIS]);
    expect(said([slots(664, at3), slots(12, 'ERR max number of clients reached')])).toEqual([SQL, REDIS]);
  });

  it('is told without a limit or metrics too, and says that it does not know them', () => {
    expect(only(judged([observedDatabase({ limit: undefined, connections: [] })], refused(3)))).toMatchObject({
      confidence: 'likely',
      claim: expect.stringContaining('an unknown number of an unknown number of connections'),
      expects: [{ seen: 'unknown' }],
    });
  });

  it('looms where pools may outgrow what is nearly used', () => {
    expect(only(judged([holding(80, pooled)], {}, two))).toMatchObject({
      kind: 'cause',
      harm: 'soon',
      services: [],
      claim: expect.stringContaining(
        'will run out of connections: it held 80 of 103 connections, and its users may open 110',
      ),
    });
    expect(only(judged([holding(79, pooled)], {}, two))).toMatchObject({ kind: 'ruled-out' });
    expect(only(judged([holding(95, { users: [databaseUser('backend', 20)] })], {}, two))).toMatchObject({
      kind: 'ruled-out',
    });
    expect(only(judged([holding(95)], {}, two))).toMatchObject({ kind: 'ruled-out' });
    expect(only(judged([holding(95, { limit: undefined })], {}, two))).toMatchObject({ kind: 'ruled-out' });
  });

  it('is nothing where there is no database', () => {
    expect(only(judged([]))).toMatchObject({ reason: 'no database is known here' });
  });
});

describe('connection-pool-exhausted', () => {
  const waited = (count: number) => ({ signatures: [line('backend', 'database-pool-exhausted', count)] });
  const small = { users: [databaseUser('backend', 5), databaseUser('auth')] };

  it('says that the database has room', () => {
    expect(only(pool([holding(15, small)], waited(3), two))).toMatchObject({
      kind: 'cause',
      confidence: 'certain',
      services: ['backend'],
      claim:
        'The connection pool of backend is empty: 3 requests waited in vain, 5 connections for each of 3 instances, while postgres holds 15 of 103.',
      expects: [{ seen: 'yes' }],
    });
    expect(only(pool([holding(15)], waited(2)))).toMatchObject({ kind: 'ruled-out' });
  });

  it('is less sure where the database is full, or nobody knows', () => {
    expect(only(pool([holding(90)], waited(3)))).toMatchObject({ confidence: 'likely', expects: [{ seen: 'no' }] });
    expect(only(pool([holding(89)], waited(3)))).toMatchObject({ confidence: 'certain', expects: [{ seen: 'yes' }] });
    expect(only(pool([holding(15, { limit: undefined })], waited(3)))).toMatchObject({
      expects: [{ seen: 'unknown' }],
    });
    expect(
      only(
        pool([observedDatabase({ connections: [], ...small })], waited(3), { ...two, metrics: unavailable('denied') }),
      ),
    ).toMatchObject({
      claim: expect.stringContaining('of an unknown number of instances, while nobody knows how many connections'),
    });
  });

  it('looks at the databases that the service itself uses', () => {
    const others = holding(90, { name: 'another', users: [databaseUser('frontend', 7)] });
    expect(only(pool([others, holding(15)], waited(3)))).toMatchObject({
      claim: expect.stringContaining('while postgres holds 15 of 103'),
      confidence: 'certain',
    });
    expect(only(pool([others], waited(3)))).toMatchObject({ expects: [{ seen: 'unknown' }] });
  });

  it('is seen without any database too', () => {
    const blind = { database: unavailable('denied') };
    expect(only(pool([], waited(3), blind))).toMatchObject({ kind: 'cause', expects: [{ seen: 'unknown' }] });
    expect(only(pool([], {}, { 'cloud-run': observed({ services: [] }) }))).toMatchObject({
      reason: 'no service is watched',
    });
  });
});
