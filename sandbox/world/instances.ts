import { failInFlight } from './in-flight.ts';
import {
  dependencyLine,
  exitLine,
  memoryLine,
  probeFailedLine,
  probeSucceededLine,
  startingLine,
} from './log-texts.ts';
import { observe } from './metrics/observe.ts';
import { databaseFailure, offer } from './network.ts';
import { note, print } from './note.ts';
import type { Instance, RevisionState, WorldState } from './state.ts';
import { containerNameOf, memoryMibOf, startupProbeOf } from './template.ts';

const TRY_AGAIN_MS = 5000; // A start tries its databases again after this.
const BACKOFF_MS_MAX = 10_000; // Between a failed start and the next one.

/** A new container begins to start. */
export function startInstance(
  state: WorldState,
  revision: RevisionState,
  reason: 'AUTOSCALING' | 'DEPLOYMENT_ROLLOUT',
): void {
  const { random } = state;
  revision.nextInstance += 1;
  const instance: Instance = {
    id: `00${random.hex(78)}`,
    bornMs: state.nowMs,
    bootMs: revision.code.start.seconds * 1000 * random.between(0.85, 1.25),
    leakFactor: random.between(0.75, 1.25),
    phase: 'starting',
    readyMs: 0,
    nextTryMs: 0,
    failingSeconds: 0,
    leakedMib: 0,
    memoryMib: revision.code.memory.baseMib * 0.6,
  };
  revision.instances.push(instance);
  print(state, { ...place(revision, instance), log: 'system', severity: 'INFO', text: startingLine(reason) });
}

/** One second of every container of a revision: starts go on or fail, ready ones age. */
export function tickInstances(state: WorldState, revision: RevisionState, leakMibPerMinute: number): void {
  for (const instance of [...revision.instances]) {
    if (instance.phase === 'starting') tickStart(state, revision, instance);
    else tickReady(state, revision, instance, leakMibPerMinute);
  }
}

function tickStart(state: WorldState, revision: RevisionState, instance: Instance): void {
  const { start, fails, failure } = revision.code;
  const probe = startupProbeOf(revision.template);
  const age = state.nowMs - instance.bornMs;
  offer(state, revision, start.egressMbps);
  if (age >= probe.deadlineMs) {
    startFailed(state, revision, instance, { lines: [], exitCode: undefined });
    return;
  }
  if (age < instance.bootMs) return;
  if (fails === 'before-ready') {
    startFailed(state, revision, instance, { lines: failure.lines, exitCode: failure.exitCode });
    return;
  }
  if (state.nowMs < instance.nextTryMs) return;
  const missing = start.needs.find((need) => !connects(state, revision, need));
  if (missing === undefined) {
    becomeReady(state, revision, instance);
    return;
  }
  if (age < instance.bootMs + start.timeoutSeconds * 1000) {
    instance.nextTryMs = state.nowMs + TRY_AGAIN_MS;
    return;
  }
  const line = start.timeoutLine ?? unreachableLine(state, revision, missing, start.timeoutSeconds);
  startFailed(state, revision, instance, { lines: [line], exitCode: start.exitCode });
}

function connects(state: WorldState, revision: RevisionState, database: string): boolean {
  const { ratio } = databaseFailure(state, revision, database);
  return state.random.chance((1 - ratio) ** revision.code.start.connections);
}

function becomeReady(state: WorldState, revision: RevisionState, instance: Instance): void {
  instance.phase = 'ready';
  instance.readyMs = state.nowMs;
  revision.startFailures = 0;
  refreshReady(revision);
  const probe = {
    ...startupProbeOf(revision.template),
    container: containerNameOf(revision.template, revision.service),
  };
  print(state, { ...place(revision, instance), log: 'system', severity: 'INFO', text: probeSucceededLine(probe) });
  observe(state, revision, 'start', state.nowMs - instance.bornMs, 1);
}

function startFailed(
  state: WorldState,
  revision: RevisionState,
  instance: Instance,
  why: { lines: readonly string[]; exitCode: number | undefined },
): void {
  const at = place(revision, instance);
  for (const text of why.lines) print(state, { ...at, log: 'stderr', severity: 'ERROR', text });
  if (why.exitCode !== undefined)
    print(state, { ...at, log: 'system', severity: 'WARNING', text: exitLine(why.exitCode) });
  const probe = startupProbeOf(revision.template);
  const status = why.exitCode === undefined ? 'DEADLINE_EXCEEDED' : 'CANCELLED';
  const probed = {
    ...probe,
    container: containerNameOf(revision.template, revision.service),
    failures: probe.failureThreshold,
    status,
  } as const;
  print(state, { ...at, log: 'system', severity: 'ERROR', text: probeFailedLine(probed) });
  remove(state, revision, instance, 'instance-start-failed', why.lines[0] ?? status);
  backOff(state, revision);
}

function tickReady(state: WorldState, revision: RevisionState, instance: Instance, leakMibPerMinute: number): void {
  const { code } = revision;
  const perInstance = revision.busy / Math.max(1, revision.readyIds.length);
  instance.leakedMib += ((code.memory.leakMibPerMinute + leakMibPerMinute) / 60) * instance.leakFactor;
  instance.memoryMib = code.memory.baseMib + perInstance * code.memory.perRequestMib + instance.leakedMib;
  const limitMib = memoryMibOf(revision.template);
  if (instance.memoryMib > limitMib) {
    outOfMemory(state, revision, instance, limitMib);
    return;
  }
  if (code.giveUpSeconds > 0) giveUpWhenCutOff(state, revision, instance);
}

function outOfMemory(state: WorldState, revision: RevisionState, instance: Instance, limitMib: number): void {
  const usedMib = limitMib + state.random.between(0.5, 14);
  print(state, { ...place(revision, instance), log: 'system', severity: 'ERROR', text: memoryLine(limitMib, usedMib) });
  failInFlight(state, revision, 'out-of-memory');
  remove(
    state,
    revision,
    instance,
    'instance-out-of-memory',
    `${Math.round(usedMib)} MiB of ${Math.round(limitMib)} MiB`,
  );
}

const CUT_OFF_RATIO = 0.5; // Above this share of failing connections a health check counts the second as failed.

/** An app whose databases stay away stops by itself, so that another instance may do better. */
function giveUpWhenCutOff(state: WorldState, revision: RevisionState, instance: Instance): void {
  const worst = Math.max(0, ...revision.code.request.needs.map((need) => databaseFailure(state, revision, need).ratio));
  instance.failingSeconds = worst > CUT_OFF_RATIO ? instance.failingSeconds + 1 : 0;
  if (instance.failingSeconds < revision.code.giveUpSeconds * instance.leakFactor) return;
  const text = `Health check failing for ${instance.failingSeconds}s, no usable database connection: shutting down`;
  print(state, { ...place(revision, instance), log: 'stderr', severity: 'ERROR', text });
  exitInstance(state, revision, instance, revision.code.start.exitCode);
}

/** A ready container exits by itself; what it was serving fails. */
export function exitInstance(state: WorldState, revision: RevisionState, instance: Instance, exitCode: number): void {
  print(state, { ...place(revision, instance), log: 'system', severity: 'WARNING', text: exitLine(exitCode) });
  failInFlight(state, revision, 'crashed');
  remove(state, revision, instance, 'instance-exited', `exit(${exitCode})`);
  backOff(state, revision);
}

/** A container that is no longer wanted. */
export function stopInstance(revision: RevisionState, instance: Instance): void {
  revision.instances.splice(revision.instances.indexOf(instance), 1);
  refreshReady(revision);
}

function remove(state: WorldState, revision: RevisionState, instance: Instance, type: string, message: string): void {
  stopInstance(revision, instance);
  note(state, type, `${revision.service}/${revision.name}`, message);
}

function backOff(state: WorldState, revision: RevisionState): void {
  revision.startFailures += 1;
  revision.lastFailureMs = state.nowMs;
  revision.startNotBeforeMs = state.nowMs + Math.min(BACKOFF_MS_MAX, 500 * revision.startFailures);
}

function refreshReady(revision: RevisionState): void {
  revision.readyIds = revision.instances.filter((i) => i.phase === 'ready').map((i) => i.id);
}

function unreachableLine(state: WorldState, revision: RevisionState, name: string, seconds: number): string {
  const database = state.databases.get(name)?.estate;
  const { how } = databaseFailure(state, revision, name);
  return dependencyLine(database?.kind ?? 'other', database?.address ?? name, how, seconds);
}

const place = (revision: RevisionState, instance: Instance) => ({
  service: revision.service,
  revision: revision.name,
  instanceId: instance.id,
});

const THRASH_FROM = 0.8; // From this share of its memory on, an app spends more and more of its time collecting garbage.

/** How the ready instances stand with their memory: the share of the limit in use, and the share of time lost to garbage collection, on average. */
export function measureMemory(revision: RevisionState): void {
  const ready = revision.instances.filter((i) => i.phase === 'ready');
  const limitMib = memoryMibOf(revision.template);
  const mean = (of: (ratio: number) => number) =>
    ready.reduce((sum, i) => sum + of(i.memoryMib / limitMib), 0) / Math.max(1, ready.length);
  revision.memoryRatio = mean((ratio) => ratio);
  revision.thrashRatio = mean((ratio) => Math.min(1, Math.max(0, (ratio - THRASH_FROM) / (1 - THRASH_FROM))));
}
