import { describe, expect, it } from 'vitest';
import type { ObservedDatabase } from '../../shared/evidence/database.ts';
import type { ServiceMetrics } from '../../shared/evidence/metrics.ts';
import {
  at,
  failed,
  line,
  observed,
  observedDatabase,
  observedLook,
  observedRedis,
  points,
  redisInstance,
  SQL,
  serviceMetrics,
  unavailable,
} from '../builders/evidence.ts';
import { judgedData, only } from '../builders/judging.ts';

const slow = judgedData('database-slow');
const full = judgedData('redis-full');
const busy = (...ratios: readonly number[]) => observedDatabase({ cpuRatio: points(ratios, at(-180)) });
/** The same, measured before the trouble began. */
const early = (database: ObservedDatabase): ObservedDatabase => ({
  ...database,
  cpuRatio: database.cpuRatio.map(({ value }, index) => ({ value, at: at(-600 + index * 60) })),
});
const failing = { failed: [failed('backend', 5)] };
const cancelled = (count: number) => ({ signatures: [line('backend', 'database-query-slow', count)] });

describe('database-slow', () => {
  it('has its CPU used up for three minutes, and users who fail', () => {
    expect(only(slow([busy(0.9, 0.95, 0.92)], failing))).toMatchObject({
      kind: 'cause',
      confidence: 'possible',
      services: ['backend'],
      claim: 'Database postgres is slow: CPU at 90 % or more for 3 minutes.',
    });
    expect(only(slow([busy(0.89, 0.95, 0.92)], failing))).toMatchObject({ kind: 'ruled-out' });
    expect(only(slow([busy(0.95, 0.92)], failing))).toMatchObject({ kind: 'ruled-out' });
  });

  it('is certain where they also say why', () => {
    const said = { ...failing, ...cancelled(3) };
    expect(only(slow([busy(0.9, 0.95, 0.92)], said))).toMatchObject({
      confidence: 'certain',
      expects: [{ seen: 'yes' }],
    });
    const waiting = { ...failing, signatures: [line('backend', 'database-pool-exhausted', 3)] };
    expect(only(slow([busy(0.9, 0.95, 0.92)], waiting))).toMatchObject({ confidence: 'certain' });
  });

  it('by queries that were cancelled alone, from three on', () => {
    expect(only(slow([busy(0.2, 0.2, 0.2)], cancelled(3)))).toMatchObject({
      confidence: 'likely',
      services: ['backend'],
      claim: 'Database postgres is slow: CPU at 20 % or more, and 3 queries took too long.',
    });
    expect(only(slow([busy(0.2, 0.2, 0.2)], cancelled(2)))).toMatchObject({ kind: 'ruled-out' });
    expect(only(slow([busy()], cancelled(3)))).toMatchObject({
      claim: expect.stringContaining('CPU unknown since the trouble began'),
    });
  });

  it('by a handshake that takes a second', () => {
    const look = (totalMs: number) => observedDatabase({ looks: [observedLook('answered', { totalMs })] });
    expect(only(slow([look(1000)], failing))).toMatchObject({
      claim: expect.stringContaining('SELECT 1 took 1000 ms'),
    });
    expect(only(slow([look(999)], failing))).toMatchObject({ kind: 'ruled-out' });
    expect(only(slow([look(1000)]))).toMatchObject({ kind: 'ruled-out' });
  });

  it('is not judged by what was measured before the trouble', () => {
    const onset = (seconds: number) => ({ ...failing, onsets: [{ service: 'backend', at: at(seconds) }] });
    expect(only(slow([busy(0.9, 0.95, 0.92)], onset(-299)))).toMatchObject({ kind: 'ruled-out' });
    expect(only(slow([busy(0.9, 0.95, 0.92)], onset(-300)))).toMatchObject({ kind: 'cause' });
  });

  describe('before which pools run empty', () => {
    const onset = { onsets: [{ service: 'backend', at: at(-250) }] };
    const waiting = (count: number) => ({
      ...failing,
      ...onset,
      signatures: [line('backend', 'database-pool-exhausted', count)],
    });

    it('cannot be told while no minute since then has been measured, and will be', () => {
      expect(only(slow([busy(0.1, 0.1, 0.1, 0.1)].map(early), waiting(3)))).toMatchObject({
        kind: 'inconclusive',
        settles: 'soon',
        about: { target: SQL, services: ['backend'] },
        reason: 'postgres: 3 requests of backend waited for a connection, and its CPU since then has not arrived yet',
        nextCheck: expect.stringContaining('in three minutes'),
      });
      expect(only(slow([early(busy(0.1))], waiting(2)))).toMatchObject({ kind: 'ruled-out' });
    });

    it('cannot be told by a person’s waiting where nothing measures it', () => {
      expect(only(slow([busy()], waiting(3)))).toMatchObject({
        kind: 'inconclusive',
        settles: 'not-by-itself',
        nextCheck: expect.stringContaining('nothing here measures them'),
      });
    });

    it('is ruled out by one idle minute since, not by one that is busy', () => {
      expect(only(slow([busy(0.1, 0.89)], waiting(3)))).toMatchObject({ kind: 'ruled-out' });
      expect(only(slow([busy(0.1, 0.9)], waiting(3)))).toMatchObject({ kind: 'inconclusive' });
      expect(only(slow([busy(0.1, 0.1, 0.1, 0.89)], waiting(3)))).toMatchObject({ kind: 'ruled-out' });
    });

    it('is ruled out by a handshake that was quick, and by three minutes that were measured', () => {
      const quick = { ...early(busy(0.1)), looks: [observedLook('answered', { totalMs: 40 })] };
      expect(only(slow([quick], waiting(3)))).toMatchObject({ kind: 'ruled-out' });
      const measured = { ...waiting(3), onsets: [] };
      expect(only(slow([busy(0.9, 0.9, 0.9)], { ...measured, failed: [] }))).toMatchObject({ kind: 'ruled-out' });
    });
  });

  it('busy and well is no fault; and there may be none', () => {
    expect(only(slow([busy(0.99, 0.99, 0.99)]))).toMatchObject({ kind: 'ruled-out' });
    expect(only(slow([observedRedis()]))).toMatchObject({ reason: 'no SQL database is known here' });
  });
});

describe('services that wait for a database together', () => {
  const FAST = { latencyP95Ms: points([150, 150, 150], at(-120)) };
  const slowNow = (name: string, over: Partial<ServiceMetrics> = {}) =>
    serviceMetrics(name, { latencyP95Ms: points([1900, 1900, 1900], at(-120)), ...over });
  const cpu = (ratio: number) => ({ cpuRatio: points([ratio, ratio, ratio], at(-120)) });
  const see = (
    services: readonly ServiceMetrics[],
    said: Parameters<typeof slow>[1] = {},
    seen = busy(0.12, 0.12, 0.12),
  ) => only(slow([seen], said, { metrics: observed({ services }) }));

  it('cannot be told from an idle instance, and are what to ask it about', () => {
    expect(see([slowNow('auth'), slowNow('backend')])).toEqual({
      kind: 'inconclusive',
      reason:
        'postgres: CPU at 12 % or more, and 0 queries were cancelled for their time; yet auth and backend, which use it, wait for something at once, as for a lock, which costs no CPU',
      settles: 'not-by-itself',
      about: { target: SQL, services: ['auth', 'backend'] },
      nextCheck:
        "Ask postgres what its sessions wait for, and who holds it: SELECT pid, wait_event_type, wait_event, pg_blocking_pids(pid), query FROM pg_stat_activity WHERE state <> 'idle'.",
    });
    expect(see([slowNow('auth'), slowNow('backend')], {}, { ...busy(), kind: 'mysql' })).toMatchObject({
      nextCheck: expect.stringContaining('sys.innodb_lock_waits'),
    });
  });

  it.each<[string, readonly ServiceMetrics[], Parameters<typeof slow>[1]]>([
    ['only one of them is slow', [slowNow('auth'), serviceMetrics('backend', FAST)], {}],
    ['the other does not use it', [slowNow('auth'), slowNow('frontend')], {}],
    ['one has all of its CPU in use', [slowNow('auth'), slowNow('backend', cpu(0.8))], {}],
    ['the CPU of one is not measured', [slowNow('auth'), slowNow('backend', { cpuRatio: [] })], {}],
    [
      'one says what it waits for',
      [slowNow('auth'), slowNow('backend')],
      { signatures: [line('backend', 'module-missing', 3)] },
    ],
    [
      'one does not get there',
      [slowNow('auth'), slowNow('backend')],
      { signatures: [line('backend', 'private-connection-timed-out', 3)] },
    ],
    ['only one waits for its pool', [], { signatures: [line('backend', 'database-pool-exhausted', 3)] }],
  ])('are nothing of it where %s', (_, services, said) => {
    expect(see(services, said)).toMatchObject({ kind: 'ruled-out' });
  });

  it('count up to the edge of what is idle, and of how often their pools run empty', () => {
    expect(see([slowNow('auth'), slowNow('backend', cpu(0.79))])).toMatchObject({ kind: 'inconclusive' });
    const waiting = (count: number) => ({
      signatures: [line('backend', 'database-pool-exhausted', 3), line('auth', 'database-pool-exhausted', count)],
    });
    expect(see([], waiting(3))).toMatchObject({ kind: 'inconclusive' });
    expect(see([], waiting(2))).toMatchObject({ kind: 'ruled-out' });
    const unmeasured = only(slow([busy(0.1)], waiting(3), { metrics: unavailable('denied') }));
    expect(unmeasured).toMatchObject({ kind: 'inconclusive' });
  });
});

describe('redis-full', () => {
  const used = (ratio: number, over = {}) => observedRedis({ memoryRatio: points([ratio], at(-240)), ...over });
  const refused = (count: number) => ({ signatures: [line('frontend', 'redis-out-of-memory', count)] });

  it('refuses writes', () => {
    expect(only(full([used(0.97)], refused(3)))).toMatchObject({
      kind: 'cause',
      confidence: 'certain',
      services: ['frontend'],
      claim: 'Redis redis is full under noeviction: 97 % of its memory used, and 3 writes were refused.',
    });
    expect(only(full([used(0.96)], refused(3)))).toMatchObject({ confidence: 'likely' });
    expect(only(full([used(0.9)], refused(3)))).toMatchObject({ confidence: 'likely', expects: [{ seen: 'yes' }] });
    expect(only(full([used(0.89)], refused(3)))).toMatchObject({ confidence: 'possible', expects: [{ seen: 'no' }] });
    expect(only(full([used(0.5)], refused(2)))).toMatchObject({ kind: 'ruled-out' });
  });

  it('is known by its words alone', () => {
    const own = observedRedis({ redis: undefined, memoryRatio: [] });
    expect(only(full([own], refused(3)))).toMatchObject({
      confidence: 'likely',
      claim: 'Redis redis is full: memory unknown, and 3 writes were refused.',
      expects: [{ seen: 'unknown' }],
    });
    expect(only(full([own]))).toMatchObject({ kind: 'ruled-out' });
  });

  it('looms from nine tenths on, where it may not throw everything away', () => {
    expect(only(full([used(0.9)]))).toMatchObject({
      kind: 'cause',
      harm: 'soon',
      claim: expect.stringContaining('will be full'),
    });
    expect(only(full([used(0.89)]))).toMatchObject({ kind: 'ruled-out' });
    const cache = { redis: redisInstance({ evictionPolicy: 'allkeys-lru', memorySizeGb: undefined }) };
    expect(only(full([used(1, cache)]))).toMatchObject({ kind: 'ruled-out' });
    expect(only(full([used(1, cache)], refused(3)))).toMatchObject({ kind: 'cause' });
    expect(only(full([observedDatabase()]))).toMatchObject({ reason: 'no Redis is known here' });
  });
});
