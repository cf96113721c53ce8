import { end, endRequests, record } from './in-flight.ts';
import { exitInstance } from './instances.ts';
import { dependencyLine } from './log-texts.ts';
import { observeSentBytes } from './metrics/observe.ts';
import { databaseFailure, internetFailureRatio, offer } from './network.ts';
import { print } from './note.ts';
import type { RequestKind, RevisionState, ServiceState, WorldState } from './state.ts';
import { concurrencyOf, cpuOf, maxInstancesOf } from './template.ts';

const QUEUE_MS = 10_000; // A request waits at most this long for a container. Source: Cloud Run, maximum instances, read 2026-11-23.
const QUEUE_PER_INSTANCE = 20; // Beyond this many waiting requests an instance, new ones are turned away at once.
const THRASH_SLOWDOWN = 12;
const THRASH_TIMEOUT_RATIO = 0.8; // Of the requests to an instance that does nothing but collect garbage.
const GIVEN_UP_RATIO = 0.3; // At the ceiling most requests get 429, some 503: both are seen (failure signatures, 2026-11-23).
const RECENT_FAILURE_MS = 60_000; // So long after a failed start the platform blames the starts, not the ceiling.
const MBIT_PER_KB = 0.008;

/** One second of requests at a revision: those that end, those that wait, those that begin. */
export function serve(state: WorldState, service: ServiceState, revision: RevisionState, arrivals: number): void {
  endRequests(state, service, revision);
  giveUpWaiting(state, service, revision);
  revision.arrivalsPerSecond += (arrivals - revision.arrivalsPerSecond) * 0.2;
  const outlook = outlookOf(state, revision);
  const admitted = admit(state, service, revision, arrivals, outlook);
  if (admitted > 0) begin(state, service, revision, admitted, outlook);
  offer(
    state,
    revision,
    admitted * revision.code.request.egressKb * MBIT_PER_KB + revision.readyIds.length * revision.code.chatterMbps,
  );
  observeSentBytes(state, revision, admitted * revision.code.request.egressKb * 1000);
}

/** What a request that begins now may expect. */
interface Outlook {
  readonly dependencyRatio: number;
  readonly dependencyMs: number;
  readonly line: string | undefined;
  readonly errorRatio: number;
  readonly timeoutRatio: number;
  readonly latencyMs: number;
}

function outlookOf(state: WorldState, revision: RevisionState): Outlook {
  const { request, failure, fails } = revision.code;
  const thrash = revision.thrashRatio;
  let ok = 1;
  let dependencyMs = request.timeoutSeconds * 1000;
  let line: string | undefined;
  for (const need of request.needs) {
    const { ratio, how } = databaseFailure(state, revision, need);
    if (ratio === 0) continue;
    ok *= 1 - ratio;
    if (how === 'at-once') dependencyMs = 50;
    const database = state.databases.get(need)?.estate;
    line ??=
      request.timeoutLine ??
      dependencyLine(database?.kind ?? 'other', database?.address ?? need, how, request.timeoutSeconds);
  }
  for (const name of request.calls) {
    const callee = state.services.get(name);
    const lost = internetFailureRatio(state, revision);
    const bad = 1 - (1 - lost) * (1 - (callee?.errorRatio ?? 0));
    if (bad < 0.001) continue;
    ok *= 1 - bad;
    if (lost === 0) dependencyMs = Math.min(dependencyMs, callee?.errorLatencyMs ?? dependencyMs);
    line ??= `upstream ${name} failed: ${lost > 0 ? `connect ETIMEDOUT after ${request.timeoutSeconds}s` : 'HTTP 503'}`;
  }
  const cpu = clampCpu(revision.cpuRatio);
  return {
    dependencyRatio: 1 - ok,
    dependencyMs,
    line,
    errorRatio: fails === 'with-errors' ? failure.ratio : 0,
    timeoutRatio: thrash * THRASH_TIMEOUT_RATIO,
    latencyMs: request.latencyMs * (1 + cpu * cpu) * (1 + thrash * THRASH_SLOWDOWN),
  };
}

const clampCpu = (ratio: number) => Math.min(1.5, ratio);

/** How many of the new and the waiting requests get a container now; the rest waits, and what finds no place to wait is turned away. */
function admit(
  state: WorldState,
  service: ServiceState,
  revision: RevisionState,
  arrivals: number,
  outlook: Outlook,
): number {
  const ready = revision.readyIds.length;
  const { cpuMs } = revision.code.request;
  const slow = outlook.dependencyRatio * outlook.dependencyMs;
  const heldSeconds = Math.min(1, Math.max(0.01, (slow + (1 - outlook.dependencyRatio) * outlook.latencyMs) / 1000));
  const free = Math.max(0, ready * concurrencyOf(revision.template) - revision.busy) / heldSeconds;
  const byCpu = (ready * cpuOf(revision.template) * 1000) / cpuMs;
  const wanted = arrivals + revision.queued;
  const admitted = Math.floor(Math.min(wanted, free, byCpu));
  revision.cpuRatio = ready === 0 ? 0 : Math.min(1, (admitted * cpuMs) / (ready * cpuOf(revision.template) * 1000));
  takeFromQueue(revision, Math.min(admitted, revision.queued));
  const waiting = wanted - admitted - revision.queued;
  const room = Math.max(0, QUEUE_PER_INSTANCE * Math.max(5, revision.instances.length) - revision.queued);
  const queued = Math.min(waiting, room);
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

function giveUpWaiting(state: WorldState, service: ServiceState, revision: RevisionState): void {
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
  const atCeiling = revision.instances.length >= maxInstancesOf(service, revision.template);
  const kind: RequestKind = broken ? 'not-started' : 'no-instance';
  const givenUp = atCeiling && !broken ? state.random.binomial(count, waitedMs > 0 ? 1 : GIVEN_UP_RATIO) : 0;
  const status = broken ? 503 : atCeiling ? 429 : 500;
  record(state, service, revision, { kind, status: 503, latencyMs: waitedMs, count: givenUp });
  record(state, service, revision, { kind, status, latencyMs: waitedMs, count: count - givenUp });
}

function begin(
  state: WorldState,
  service: ServiceState,
  revision: RevisionState,
  admitted: number,
  outlook: Outlook,
): void {
  const { random } = state;
  const { code } = revision;
  if (code.fails === 'after-ready') {
    crashOnFirst(state, service, revision, admitted);
    return;
  }
  const cutOff = random.binomial(admitted, outlook.dependencyRatio);
  const broken = random.binomial(admitted - cutOff, outlook.errorRatio);
  const stuck = random.binomial(admitted - cutOff - broken, outlook.timeoutRatio);
  if (cutOff > 0 && outlook.line) complain(state, revision, outlook.line);
  if (broken > 0) for (const line of code.failure.lines) complain(state, revision, line);
  end(state, service, revision, { kind: 'dependency', status: 503, latencyMs: outlook.dependencyMs, count: cutOff });
  end(state, service, revision, {
    kind: 'app-error',
    status: code.failure.status,
    latencyMs: outlook.latencyMs,
    count: broken,
  });
  end(state, service, revision, {
    kind: 'app-error',
    status: 503,
    latencyMs: code.request.timeoutSeconds * 1000,
    count: stuck,
  });
  end(state, service, revision, {
    kind: 'ok',
    status: 200,
    latencyMs: outlook.latencyMs,
    count: admitted - cutOff - broken - stuck,
  });
}

/** Code that listens but does not survive its first request. */
function crashOnFirst(state: WorldState, service: ServiceState, revision: RevisionState, admitted: number): void {
  record(state, service, revision, { kind: 'crashed', status: 503, latencyMs: 40, count: admitted });
  for (const instance of revision.instances.filter((i) => i.phase === 'ready')) {
    for (const text of revision.code.failure.lines) {
      print(state, {
        service: service.name,
        revision: revision.name,
        instanceId: instance.id,
        log: 'stderr',
        severity: 'ERROR',
        text,
      });
    }
    exitInstance(state, revision, instance, revision.code.failure.exitCode);
  }
}

/** At most one line a second of each revision: what is printed thousandfold is told once. */
function complain(state: WorldState, revision: RevisionState, text: string): void {
  const instanceId = revision.readyIds[Math.floor(state.random.next() * revision.readyIds.length)];
  print(state, {
    service: revision.service,
    revision: revision.name,
    instanceId,
    log: 'stderr',
    severity: 'ERROR',
    text,
  });
}
