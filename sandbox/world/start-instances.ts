import { backOff, place, refreshReady, remove } from './containers.ts';
import { connectionFailure, failureLine } from './database-access.ts';
import { exitLine, probeFailedLine, probeSucceededLine, startingLine } from './log-texts.ts';
import { observe } from './metrics/observe.ts';
import { offer } from './network.ts';
import { print } from './note.ts';
import type { Instance, RevisionState, WorldState } from './state.ts';
import { hasAddress } from './subnet-addresses.ts';
import { containerNameOf, startupProbeOf } from './template.ts';

const TRY_AGAIN_MS = 5000; // A start tries its databases again after this.

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

/** One second of a start: it goes on, succeeds or fails. */
export function tickStart(state: WorldState, revision: RevisionState, instance: Instance): void {
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
  const refusal = connectionFailure(state, revision, missing);
  const line = failureLine(state, missing, refusal, { timeoutLine: start.timeoutLine, seconds: start.timeoutSeconds });
  startFailed(state, revision, instance, { lines: [line], exitCode: start.exitCode });
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
}
