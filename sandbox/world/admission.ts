import { record } from './in-flight.ts';
import { roomInside } from './inside.ts';
import type { Outlook } from './outlook.ts';
import { isHalted, isOverQuota } from './platform/effects.ts';
import type { RequestKind, RevisionState, ServiceState, WorldState } from './state.ts';
import { concurrencyOf, cpuOf, manualInstancesOf, maxInstancesOf } from './template.ts';

const QUEUE_MS = 10_000; // A request waits at most this long for a container. Source: Cloud Run, maximum instances, read 2026-11-23.
const QUEUE_PER_INSTANCE = 20; // Beyond this many waiting requests an instance, new ones are turned away at once.
const GIVEN_UP_RATIO = 0.3; // At the ceiling most requests get 429, some 503: both are seen (failure signatures, 2026-11-23).
const RECENT_FAILURE_MS = 60_000; // So long after a failed start the platform blames the starts, not the ceiling.

/** How many of the new and the waiting requests get a container now; the rest waits, and what finds no place to wait is turned away. */
export function admit(
  state: WorldState,
  service: ServiceState,
  revision: RevisionState,
  arrivals: number,
  outlook: Outlook,
): number {
  const ready = revision.readyIds.length;
  const { threads } = revision.code.request;
  const cpuMs = revision.code.request.cpuMs * revision.work.cpu;
  const slow = outlook.dependencyRatio * outlook.dependencyMs;
  const heldSeconds = Math.min(1, Math.max(0.01, (slow + (1 - outlook.dependencyRatio) * outlook.latencyMs) / 1000));
  const free = Math.max(0, ready * concurrencyOf(revision.template) - revision.busy) / heldSeconds;
  const healthMs = revision.healthPerSecond * revision.code.request.healthCpuMs;
  const capacityMs = ready * cpuOf(revision.template) * 1000;
  const byCpu = Math.max(0, capacityMs - healthMs) / cpuMs;
  const wanted = arrivals + revision.queued;
  const places = ready * concurrencyOf(revision.template);
  const admitted = Math.floor(
    threads === undefined ? Math.min(wanted, free, byCpu) : Math.min(wanted, roomInside(revision, places, outlook)),
  );
  if (threads === undefined)
    revision.cpuRatio = ready === 0 ? 0 : Math.min(1, (admitted * cpuMs + healthMs) / capacityMs);
  takeFromQueue(revision, Math.min(admitted, revision.queued));
  const waiting = wanted - admitted - revision.queued;
  const room = Math.max(0, QUEUE_PER_INSTANCE * Math.max(5, revision.instances.length) - revision.queued);
  // Nobody waits for an instance that is not to come.
  const queued = manualInstancesOf(service) === 0 ? 0 : Math.min(waiting, room);
  if (queued > 0) revision.queue.push({ atMs: state.nowMs, count: queued });
  revision.queued += queued;
  turnAway(state, service, revision, waiting - queued, 0);
  return admitted;
}

function takeFromQueue(revision: RevisionState, count: number): void {
  let left = count;
  while (left > 0) {
    const oldest = revision.queue[0];
    if (!oldest) break;
    const taken = Math.min(left, oldest.count);
    oldest.count -= taken;
    left -= taken;
    revision.queued -= taken;
    if (oldest.count === 0) revision.queue.shift();
  }
}

/** Requests that have waited as long as they may. */
export function giveUpWaiting(state: WorldState, service: ServiceState, revision: RevisionState): void {
  for (let oldest = revision.queue[0]; oldest && state.nowMs - oldest.atMs >= QUEUE_MS; oldest = revision.queue[0]) {
    revision.queue.shift();
    revision.queued -= oldest.count;
    turnAway(state, service, revision, oldest.count, QUEUE_MS);
  }
}

/** These never reach a container: 503 where starts fail, 429 and 503 at the ceiling, 500 where scaling was too slow. */
function turnAway(
  state: WorldState,
  service: ServiceState,
  revision: RevisionState,
  count: number,
  waitedMs: number,
): void {
  if (count <= 0) return;
  const broken = state.nowMs - revision.lastFailureMs < RECENT_FAILURE_MS;
  const atCeiling = isHalted(state) || revision.instances.length >= maxInstancesOf(service, revision.template);
  // "The same error as if the revisions were disabled", Google's page about manual scaling; its status is not told, and 503 is what "not available" means.
  if (manualInstancesOf(service) === 0) {
    record(state, service, revision, { kind: 'no-instance', status: 503, latencyMs: waitedMs, count });
    return;
  }
  if (isOverQuota(state, revision)) {
    record(state, service, revision, { kind: 'over-quota', status: 503, latencyMs: waitedMs, count });
    return;
  }
  const kind: RequestKind = broken ? (revision.startAborted ? 'start-aborted' : 'not-started') : 'no-instance';
  const givenUp = atCeiling && !broken ? state.random.binomial(count, waitedMs > 0 ? 1 : GIVEN_UP_RATIO) : 0;
  const status = broken ? (revision.startAborted ? 500 : 503) : atCeiling ? 429 : 500;
  record(state, service, revision, { kind, status: 503, latencyMs: waitedMs, count: givenUp });
  record(state, service, revision, { kind, status, latencyMs: waitedMs, count: count - givenUp });
}
