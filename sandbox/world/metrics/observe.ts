import type { Outcome, RevisionState, WorldState } from '../state.ts';
import { addValue, emptyDistribution, latencyBuckets, ratioBuckets } from './distribution.ts';
import type { RevisionMinute } from './store.ts';

/** Counts `count` values towards the revision's next sample: milliseconds for `start`, shares of one for `memory` and `cpu`. */
export function observe(
  state: WorldState,
  revision: RevisionState,
  what: 'start' | 'memory' | 'cpu' | 'concurrency',
  value: number,
  count: number,
): void {
  const minute = minuteOf(state, revision);
  addValue(what === 'start' ? minute.starts : minute[what], value, count);
}

// Shares of a record's requests, and how their latency lies to its mean: a tail, as latencies have.
const SPREAD = [
  [0.5, 0.75],
  [0.4, 1.05],
  [0.09, 1.7],
  [0.01, 3],
] as const;

/** Counts requests that reached a container; the others are not in Cloud Run's metrics. Source: list of metrics, run/request_count, read 2026-11-23. */
export function observeRequests(
  state: WorldState,
  revision: RevisionState,
  { status, count, latencyMs }: Pick<Outcome, 'status' | 'count' | 'latencyMs'>,
  spread: 'about' | 'exactly',
): void {
  const minute = minuteOf(state, revision);
  minute.requests.set(status, (minute.requests.get(status) ?? 0) + count);
  const latencies = minute.latencies.get(status) ?? emptyDistribution(latencyBuckets);
  minute.latencies.set(status, latencies);
  if (spread === 'exactly') {
    addValue(latencies, latencyMs, count);
    return;
  }
  let left = count;
  for (const [share, factor] of SPREAD) {
    const part = Math.min(left, Math.ceil(count * share));
    addValue(latencies, latencyMs * factor, part);
    left -= part;
  }
}

export function observeSentBytes(state: WorldState, revision: RevisionState, bytes: number): void {
  minuteOf(state, revision).sentBytes += bytes;
}

function minuteOf(state: WorldState, revision: RevisionState): RevisionMinute {
  const key = `${revision.service}/${revision.name}`;
  const known = state.metrics.minutes.get(key);
  if (known) return known;
  const minute: RevisionMinute = {
    requests: new Map(),
    latencies: new Map(),
    starts: emptyDistribution(latencyBuckets),
    memory: emptyDistribution(ratioBuckets),
    cpu: emptyDistribution(ratioBuckets),
    concurrency: emptyDistribution({ scale: 1, growth: 1.2 }),
    sentBytes: 0,
  };
  state.metrics.minutes.set(key, minute);
  return minute;
}
