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

/** What requests to a service ask of its code, times what they ordinarily do. */
export function workOf(state: WorldState, service: string): { cpu: number; long: number } {
  const now = elapsedSeconds(state);
  const work = { cpu: 1, long: 1 };
  for (const cause of state.scenario.causes) {
    if (cause.type !== 'heavier-requests' || cause.service !== service) continue;
    const height = heightOf(cause, now);
    work.cpu *= 1 + (cause.cpuFactor - 1) * height;
    work.long *= 1 + (cause.longFactor - 1) * height;
  }
  return work;
}

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
    factor *= 1 + (cause.factor - 1) * heightOf(cause, now);
  }
  return factor;
}

/** How far up a cause is that comes and goes on a ramp, 0 to 1. */
function heightOf(cause: { at: number; until?: number | undefined; rampSeconds: number }, now: number): number {
  const ramp = Math.max(1, cause.rampSeconds);
  const up = clamp((now - cause.at) / ramp, 0, 1);
  const down = cause.until === undefined ? 0 : clamp((now - cause.until) / ramp, 0, 1);
  return up - down;
}
