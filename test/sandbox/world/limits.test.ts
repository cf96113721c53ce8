import { expect, test } from 'vitest';
import { loadScenario } from '../../../sandbox/scenarios/load-scenario.ts';
import { createWorld } from '../../../sandbox/world/create-world.ts';
import { forget } from '../../../sandbox/world/forget.ts';
import { play } from './play.ts';

test('a request that waits longer than the revision’s time-out ends as 504', () => {
  const scenario = structuredClone(loadScenario('staging-503'));
  for (const service of scenario.estate.services) service.timeoutSeconds = 5;
  const staging = play(scenario);
  staging.until(90);
  const timedOut = staging.world.state.ledger.requests.filter((r) => r.kind === 'timeout');
  expect(timedOut.length).toBeGreaterThan(0);
  expect(timedOut.every((r) => r.status === 504 && r.latencyMs === 5000 && r.instanceIds.length > 0)).toBe(true);
  expect(staging.requests(-2700, 90, (r) => r.kind === 'dependency')).toBe(0);
});

test('six hours are remembered, audit entries for ever, and nothing that was not drained is lost', () => {
  const world = createWorld(loadScenario('healthy'), Date.parse('2026-11-23T12:00:00Z'));
  world.advanceTo(world.startMs + 600_000);
  const { state } = world;
  const audits = state.ledger.lines.filter((l) => l.protoPayload).length;
  state.events.push(...Array.from({ length: 20_010 }, (_, atMs) => ({ atMs, type: 't', subject: 's', message: 'm' })));
  forget(state);
  expect(state.events).toHaveLength(20_010);
  world.drainEvents();
  state.nowMs += 7 * 3600 * 1000;
  forget(state);
  expect(state.ledger.requests).toEqual([]);
  expect(state.ledger.lines).toHaveLength(audits);
  expect(state.metrics.series.size).toBe(0);
  expect(state.events).toHaveLength(20_000);
  expect(world.drainEvents()).toEqual([]);
});
