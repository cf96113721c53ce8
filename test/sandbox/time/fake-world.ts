import type { TimedWorld } from '../../../sandbox/time.ts';

/** A world of which time is all there is; it writes down where it was taken. */
export interface FakeWorld extends TimedWorld {
  readonly steps: number[];
}

export const MINUTE_MS = 60_000;
export const START_MS = Date.parse('2026-11-23T03:00:10Z');

/** @param evaluations how far apart the looks at the alert policies are. */
export function fakeWorld(evaluations = MINUTE_MS): FakeWorld {
  let nowMs = START_MS;
  const steps: number[] = [];
  return {
    steps,
    get nowMs() {
      return nowMs;
    },
    advanceTo(ms) {
      nowMs = Math.max(nowMs, ms);
      steps.push(nowMs);
    },
    nextAlertEvaluationMs: () => START_MS + (Math.floor((nowMs - START_MS) / evaluations) + 1) * evaluations,
  };
}
