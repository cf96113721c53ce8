import { backOff, place, refreshReady, remove } from './containers.ts';
import { connectionFailure, failureLine } from './database-access.ts';
import { isListeningOn, isWarm } from './listening.ts';
import { exitLine, probeFailedLine, probeSucceededLine, secretLine, startingLine } from './log-texts.ts';
import { observe } from './metrics/observe.ts';
import { offer } from './network.ts';
import { print } from './note.ts';
import { mayCall, refusedLine, startsStall } from './platform/effects.ts';
import { unusableSecret } from './secrets.ts';
import type { Instance, RevisionState, WorldState } from './state.ts';
import { hasAddress } from './subnet-addresses.ts';
import {
  containerNameOf,
  hasEnv,
  hasMemoryVolume,
  isFirstGeneration,
  listAt,
  objectAt,
  portOf,
  startupProbeOf,
} from './template.ts';

const SECOND_MS = 1000;
const STALLED_MS = 20_000; // A container that the platform cannot bring up is given up after this.
const TRY_AGAIN_MS = 5000; // A start tries its databases again after this.

/** What a scenario says of a start is with the boost, which is "up to double" the CPU (Startup CPU boost, services, read 2026-11-30). */
const slowedBy = ({ template }: RevisionState): number =>
  objectAt(listAt(template, 'containers')[0] ?? {}, 'resources')['startupCpuBoost'] === true ? 1 : 2;

/** A new container begins to start. */
export function startInstance(
  state: WorldState,
  revision: RevisionState,
  reason: 'AUTOSCALING' | 'DEPLOYMENT_ROLLOUT',
): void {
  if (!hasAddress(state, revision)) return;
  const { random } = state;
  revision.nextInstance += 1;
  const instance: Instance = {
    id: `00${random.hex(78)}`,
    bornMs: state.nowMs,
    bootMs: revision.code.start.seconds * slowedBy(revision) * 1000 * random.between(0.85, 1.25),
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

/** One second of a start: it goes on, succeeds or fails. */
export function tickStart(state: WorldState, revision: RevisionState, instance: Instance): void {
  const { start, fails, failure } = revision.code;
  const probe = startupProbeOf(revision.template);
  const age = state.nowMs - instance.bornMs;
  if (age <= SECOND_MS && abortedForSecret(state, revision, instance)) return;
  offer(state, revision, start.egressMbps);
  if (age >= probe.deadlineMs) {
    startFailed(state, revision, instance, { lines: [], exitCode: undefined });
    return;
  }
  if (age < instance.bootMs) return;
  if (startsStall(state)) {
    if (age >= instance.bootMs + STALLED_MS) startFailed(state, revision, instance, { lines: [], exitCode: undefined });
    return;
  }
  // Its volume never comes up, and so nothing of the container is ever heard of.
  if (start.generation === 'gen2' && hasMemoryVolume(revision.template) && isFirstGeneration(revision.template)) return;
  const lacking = start.needsEnv.find((name) => !hasEnv(revision.template, name));
  if (lacking !== undefined) {
    const line = start.missingLine ?? `Error: environment variable ${lacking} is required`;
    startFailed(state, revision, instance, { lines: [line], exitCode: start.exitCode });
    return;
  }
  if (fails === 'before-ready') {
    startFailed(state, revision, instance, { lines: failure.lines, exitCode: failure.exitCode });
    return;
  }
  if (state.nowMs < instance.nextTryMs) return;
  const missing = start.needs.find((need) => !connects(state, revision, need));
  if (missing === undefined) {
    if (!probeSucceeds(state, revision, instance)) return;
    if (mayCall(state, start.quota)) becomeReady(state, revision, instance);
    else
      startFailed(state, revision, instance, {
        lines: [refusedLine(state, start.quota ?? '')],
        exitCode: start.exitCode,
      });
    return;
  }
  if (age < instance.bootMs + start.timeoutSeconds * 1000) {
    instance.nextTryMs = state.nowMs + TRY_AGAIN_MS;
    return;
  }
  const refusal = connectionFailure(state, revision, missing);
  const line = failureLine(state, missing, refusal, { timeoutLine: start.timeoutLine, seconds: start.timeoutSeconds });
  startFailed(state, revision, instance, { lines: [line], exitCode: start.exitCode });
}

/** The probe looks at a port, and by HTTP at what a path answers; nobody answers where nobody listens. */
function probeSucceeds(state: WorldState, revision: RevisionState, instance: Instance): boolean {
  const { port, path, initialDelayMs } = startupProbeOf(revision.template);
  const { listen, start } = revision.code;
  instance.listeningMs ??= listens(state, revision, instance);
  if (!isListeningOn(listen, port, revision.template) || state.nowMs - instance.bornMs < initialDelayMs) return false;
  return path === undefined || path !== start.readyPath || isWarm(state, revision, instance);
}

/** It opens its port, and says so. */
function listens(state: WorldState, revision: RevisionState, instance: Instance): number {
  const { port } = revision.code.listen;
  const text = `Server listening on port ${port === 'PORT' ? portOf(revision.template) : port}`;
  print(state, { ...place(revision, instance), log: 'stdout', severity: 'INFO', text });
  return state.nowMs;
}

/** Variables are filled before anything starts; where a secret cannot be had, nothing does. */
function abortedForSecret(state: WorldState, revision: RevisionState, instance: Instance): boolean {
  const unusable = unusableSecret(state, revision.template);
  if (unusable === undefined) return false;
  const text = secretLine(unusable.name, unusable.variable, unusable.why);
  print(state, { ...place(revision, instance), log: 'system', severity: 'ERROR', text });
  remove(state, revision, instance, 'instance-start-failed', text);
  backOff(state, revision);
  revision.startAborted = true;
  return true;
}

function connects(state: WorldState, revision: RevisionState, database: string): boolean {
  const { ratio } = connectionFailure(state, revision, database);
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
  revision.startAborted = false;
}
