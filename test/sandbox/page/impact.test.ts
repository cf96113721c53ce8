import { expect, it } from 'vitest';
import { type ImpactTrack, noImpact, trackImpact } from '../../../sandbox/page/impact.ts';
import type { ServiceSnapshot, WorldSnapshot } from '../../../sandbox/world/world.ts';

const START_MS = Date.parse('2026-11-23T03:00:00Z');

const service = (state: ServiceSnapshot['state'], errorRatio: number): ServiceSnapshot => ({
  name: 'backend',
  state,
  errorRatio,
  requestsPerSecond: 1,
  instancesReady: 1,
  instancesStarting: 0,
  instancesMax: 2,
  revision: 'backend-00001',
  traffic: [],
  memoryRatio: 0,
  p95LatencyMs: 1,
  url: 'https://a.test',
});

function snapshot(second: number, state: ServiceSnapshot['state'], errorRatio: number): WorldSnapshot {
  const now = new Date(START_MS + second * 1000).toISOString();
  return {
    now,
    startedAt: now,
    services: [service('serving', 0), service(state, errorRatio)],
    connectors: [],
    databases: [],
    alerts: [],
    timeline: [],
  };
}

const after = (...looks: readonly (readonly [number, ServiceSnapshot['state'], number])[]): ImpactTrack['impact'] =>
  looks.reduce((track, look) => trackImpact(track, snapshot(...look)), noImpact).impact;

it('is healthy while every service serves', () => {
  expect(after([0, 'serving', 0], [60, 'serving', 0.01])).toEqual({ kind: 'healthy' });
});

it('fails from the first look that saw one service fail, and remembers the worst', () => {
  expect(after([0, 'serving', 0], [10, 'degraded', 0.4], [20, 'down', 1], [30, 'degraded', 0.2])).toEqual({
    kind: 'failing',
    sinceMs: START_MS + 10_000,
    worstErrorRatio: 1,
  });
});

it('is over after half a minute of calm, counted back to when the calm began', () => {
  const failed = [
    [10, 'down', 1],
    [70, 'serving', 0],
  ] as const;
  expect(after(...failed, [99, 'serving', 0])).toMatchObject({ kind: 'failing' });
  expect(after(...failed, [100, 'serving', 0])).toEqual({
    kind: 'recovered',
    sinceMs: START_MS + 70_000,
    failedForMs: 60_000,
    worstErrorRatio: 1,
  });
});

it('takes a short pause as part of the failure', () => {
  expect(after([10, 'down', 0.9], [40, 'serving', 0], [60, 'degraded', 0.3])).toEqual({
    kind: 'failing',
    sinceMs: START_MS + 10_000,
    worstErrorRatio: 0.9,
  });
});

it('can fail again after it was over', () => {
  expect(after([0, 'down', 1], [10, 'serving', 0], [50, 'serving', 0], [60, 'degraded', 0.3])).toEqual({
    kind: 'failing',
    sinceMs: START_MS + 60_000,
    worstErrorRatio: 0.3,
  });
});
