import type { Outlook } from './outlook.ts';
import type { RevisionState, Waiting, WorldState } from './state.ts';
import { cpuOf, timeoutMsOf } from './template.ts';

// Code with a fixed number of workers: what an instance is given beyond them waits inside it, where the platform cannot see it wait.

/** Requests whose turn has come, and how long they waited inside. */
export interface Turn {
  readonly what: Waiting['what'];
  readonly count: number;
  readonly waitedMs: number;
}

/** Requests get into containers. */
export function enter(state: WorldState, revision: RevisionState, what: Waiting['what'], count: number): void {
  if (count <= 0) return;
  revision.inside.push({ atMs: state.nowMs, what, count });
  revision.waitingInside += count;
  revision.busy += count;
}

/** Takes out those that have waited as long as a request may last, and says how many they were. */
export function cutOffWaiting(state: WorldState, revision: RevisionState): number {
  const limitMs = timeoutMsOf(revision.template);
  let cut = 0;
  for (let oldest = revision.inside[0]; oldest && state.nowMs - oldest.atMs >= limitMs; oldest = revision.inside[0]) {
    cut += oldest.count;
    remove(revision, oldest, oldest.count);
  }
  return cut;
}

/** One second of the workers: first come, first served, as far as workers and CPU go. */
export function takeTurns(state: WorldState, revision: RevisionState, outlook: Outlook): readonly Turn[] {
  const left = budget(revision);
  left.threadSeconds += revision.credit.threadSeconds;
  left.cpuMs += revision.credit.cpuMs;
  const whole = left.cpuMs;
  const turns: Turn[] = [];
  for (let oldest = revision.inside[0]; oldest !== undefined; oldest = revision.inside[0]) {
    const { held, cpuMs } = costOf(revision, outlook, oldest.what);
    const count = Math.min(oldest.count, Math.floor(left.threadSeconds / held), Math.floor(left.cpuMs / cpuMs));
    if (count <= 0) break;
    left.threadSeconds -= count * held;
    left.cpuMs -= count * cpuMs;
    turns.push({ what: oldest.what, count, waitedMs: state.nowMs - oldest.atMs });
    remove(revision, oldest, count);
  }
  revision.credit = keep(revision, outlook, left);
  revision.cpuRatio = whole <= 0 ? 0 : Math.min(1, (whole - left.cpuMs) / whole);
  return turns;
}

/** How many more requests may get in during this second: free places, and those that become free in it. */
export function roomInside(revision: RevisionState, places: number, outlook: Outlook): number {
  const { held, cpuMs } = costOf(revision, outlook, 'request');
  const { threadSeconds, cpuMs: cpu } = budget(revision);
  return Math.max(0, places - revision.busy) + Math.floor(Math.min(threadSeconds / held, cpu / cpuMs));
}

/** An instance is gone, and with it its share of those that wait inside. */
export function loseInside(state: WorldState, revision: RevisionState, share: number): number {
  let lost = 0;
  for (const waiting of [...revision.inside]) {
    const count = state.random.binomial(waiting.count, share);
    remove(revision, waiting, count);
    lost += count;
  }
  return lost;
}

function remove(revision: RevisionState, waiting: Waiting, count: number): void {
  waiting.count -= count;
  revision.waitingInside -= count;
  revision.busy -= count;
  if (waiting.count === 0) revision.inside.splice(revision.inside.indexOf(waiting), 1);
}

/** Seconds of workers and milliseconds of CPU that this second has; workers on requests that outlast it are not among them. */
function budget({ readyIds, template, code, busy, waitingInside, socketsOpen }: RevisionState) {
  const ready = readyIds.length;
  const working = busy - waitingInside - socketsOpen;
  return {
    threadSeconds: Math.max(0, ready * (code.request.threads ?? Number.POSITIVE_INFINITY) - working),
    cpuMs: ready * cpuOf(template) * 1000,
  };
}

const HELD_SECONDS_MIN = 0.001;

function costOf(
  { code: { request }, work }: RevisionState,
  { latencyMs, dependencyRatio, dependencyMs }: Outlook,
  what: Waiting['what'],
) {
  if (what === 'health-check')
    return { held: Math.max(HELD_SECONDS_MIN, request.healthLatencyMs / 1000), cpuMs: request.healthCpuMs };
  const meanMs = dependencyRatio * dependencyMs + (1 - dependencyRatio) * latencyMs;
  // One that outlasts the second holds its worker for all of it, and is counted among the busy ones from then on.
  return { held: Math.min(1, Math.max(HELD_SECONDS_MIN, meanMs / 1000)), cpuMs: request.cpuMs * work.cpu };
}

/** What is left over for a request that takes more than one second has; an idle second is gone for good. */
function keep(revision: RevisionState, outlook: Outlook, left: RevisionState['credit']): RevisionState['credit'] {
  const [next] = revision.inside;
  if (next === undefined) return { threadSeconds: 0, cpuMs: 0 };
  const { held, cpuMs } = costOf(revision, outlook, next.what);
  return { threadSeconds: Math.min(held, left.threadSeconds), cpuMs: Math.min(cpuMs, left.cpuMs) };
}
