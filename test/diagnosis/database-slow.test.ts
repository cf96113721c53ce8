import { describe, expect, it } from 'vitest';
import {
  at,
  failed,
  line,
  observedDatabase,
  observedLook,
  observedRedis,
  points,
  redisInstance,
} from '../builders/evidence.ts';
import { judgedData, only } from '../builders/judging.ts';

const slow = judgedData('database-slow');
const full = judgedData('redis-full');
const busy = (...ratios: readonly number[]) => observedDatabase({ cpuRatio: points(ratios, at(-180)) });
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

  it('busy and well is no fault; and there may be none', () => {
    expect(only(slow([busy(0.99, 0.99, 0.99)]))).toMatchObject({ kind: 'ruled-out' });
    expect(only(slow([observedRedis()]))).toMatchObject({ reason: 'no SQL database is known here' });
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
