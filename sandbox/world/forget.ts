import { indexAt } from './ledger.ts';
import type { WorldState } from './state.ts';

const REMEMBER_MS = 6 * 3600 * 1000;
const EVENTS_MAX = 20_000;

/** A world that runs for days keeps six hours of requests, lines and points, and the newest events. Audit entries stay: they are few. */
export function forget(state: WorldState): void {
  const beforeMs = state.nowMs - REMEMBER_MS;
  const { requests, lines } = state.ledger;
  requests.splice(0, indexAt(requests, beforeMs));
  const old = lines.splice(0, indexAt(lines, beforeMs));
  lines.unshift(...old.filter((line) => line.protoPayload !== undefined));
  for (const [key, { points }] of state.metrics.series) {
    const kept = points.findIndex((point) => point.endMs >= beforeMs);
    points.splice(0, kept === -1 ? points.length : kept);
    if (points.length === 0) state.metrics.series.delete(key);
  }
  const surplus = Math.min(state.drainedEvents, Math.max(0, state.events.length - EVENTS_MAX));
  state.events.splice(0, surplus);
  state.drainedEvents -= surplus;
}
