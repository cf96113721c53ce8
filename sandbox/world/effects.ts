import type { CauseOf } from '../scenarios/causes.ts';
import { clamp } from './random.ts';
import type { WorldState } from './state.ts';

// What the scenario's lasting causes amount to at this second.

const elapsedSeconds = (state: WorldState) => (state.nowMs - state.startMs) / 1000;

/** How many times their ordinary traffic the clients of a service ask for. */
export const requestFactor = (state: WorldState, service: string): number =>
  surgeFactor(state, (surge) => surge.service === service);

/** How many times its ordinary traffic the other users of a connector send. */
export const backgroundFactor = (state: WorldState, connector: string): number =>
  surgeFactor(state, (surge) => surge.connector === connector);

/** What every instance of a service loses, MiB a minute. */
export function leakMibPerMinute(state: WorldState, service: string): number {
  const now = elapsedSeconds(state);
  let sum = 0;
  for (const cause of state.scenario.causes) {
    if (cause.type !== 'leak' || cause.service !== service) continue;
    if (now >= cause.at && now < (cause.until ?? Number.POSITIVE_INFINITY)) sum += cause.mibPerMinute;
  }
  return sum;
}

function surgeFactor(state: WorldState, concerns: (surge: CauseOf<'surge'>) => boolean): number {
  const now = elapsedSeconds(state);
  let factor = 1;
  for (const cause of state.scenario.causes) {
    if (cause.type !== 'surge' || !concerns(cause)) continue;
    const ramp = Math.max(1, cause.rampSeconds);
    const up = clamp((now - cause.at) / ramp, 0, 1);
    const down = cause.until === undefined ? 0 : clamp((now - cause.until) / ramp, 0, 1);
    factor *= 1 + (cause.factor - 1) * (up - down);
  }
  return factor;
}
