import type { Scenario } from '../scenarios/scenario.ts';
import { buildState } from './build-state.ts';
import { scheduleCauses } from './causes.ts';
import { snapshotOf } from './snapshot.ts';
import { SAMPLE_MS, SECOND_MS, tick } from './tick.ts';
import { warmUp } from './warm-up.ts';
import type { World } from './world.ts';

/**
 * A world in which nothing has happened yet but its healthy past, which is simulated here.
 * @param startMs where the scenario's second 0 lies, milliseconds since 1970; cut to the whole second.
 */
export function createWorld(scenario: Scenario, startMs: number): World {
  const start = Math.floor(startMs / SECOND_MS) * SECOND_MS;
  const state = buildState(scenario, start);
  warmUp(state);
  scheduleCauses(state);
  while (state.nowMs < start) tick(state);
  let nowMs = start;
  return {
    scenario,
    startMs: start,
    state,
    get nowMs() {
      return nowMs;
    },
    advanceTo(ms) {
      while (state.nowMs + SECOND_MS <= ms) tick(state);
      nowMs = Math.max(nowMs, ms);
    },
    nextAlertEvaluationMs: () => (Math.floor(nowMs / SAMPLE_MS) + 1) * SAMPLE_MS,
    snapshot: () => snapshotOf(state, nowMs),
    drainEvents() {
      const events = state.events.slice(state.drainedEvents);
      state.drainedEvents = state.events.length;
      return events;
    },
    drainNotifications: () => state.notifications.splice(0),
  };
}
