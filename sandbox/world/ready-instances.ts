import { backOff, place, remove } from './containers.ts';
import { connectionFailure } from './database-access.ts';
import { failInFlight } from './in-flight.ts';
import { endedByLiveness } from './liveness.ts';
import { exitLine, memoryLine, terminatedLine, uncaughtLine } from './log-texts.ts';
import { print } from './note.ts';
import type { Instance, RevisionState, WorldState } from './state.ts';
import { isFirstGeneration, memoryMibOf } from './template.ts';

/** One second of a container that serves: memory, and whether its databases are still there. */
export function tickReady(
  state: WorldState,
  revision: RevisionState,
  instance: Instance,
  { leakMibPerMinute, lacksDatabase }: { readonly leakMibPerMinute: number; readonly lacksDatabase: boolean },
): void {
  const { code } = revision;
  const perInstance = revision.busy / Math.max(1, revision.readyIds.length);
  instance.leakedMib += ((code.memory.leakMibPerMinute + leakMibPerMinute) / 60) * instance.leakFactor;
  instance.memoryMib = code.memory.baseMib + perInstance * code.memory.perRequestMib + instance.leakedMib;
  const limitMib = memoryMibOf(revision.template);
  if (instance.memoryMib > limitMib) {
    outOfMemory(state, revision, instance, limitMib);
    return;
  }
  if (endedByLiveness(state, revision, instance)) return;
  if (code.lifeSeconds > 0 && state.nowMs - instance.readyMs >= code.lifeSeconds * 1000 * instance.leakFactor) {
    for (const text of code.failure.lines)
      print(state, { ...place(revision, instance), log: 'stderr', severity: 'ERROR', text });
    exitInstance(state, revision, instance, code.failure.exitCode);
    return;
  }
  if (code.giveUpSeconds > 0) giveUp(state, revision, instance, lacksDatabase ? instance.failingSeconds + 1 : 0);
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

/** Whether an app's own health check finds a database that it needs out of reach: the same for all of its instances. */
export const lacksDatabase = (state: WorldState, revision: RevisionState): boolean =>
  revision.code.giveUpSeconds > 0 &&
  revision.code.request.needs.some((need) => connectionFailure(state, revision, need).ratio > CUT_OFF_RATIO);

/** An app whose databases stay away stops by itself, so that another instance may do better. */
function giveUp(state: WorldState, revision: RevisionState, instance: Instance, failingSeconds: number): void {
  instance.failingSeconds = failingSeconds;
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

/** A signal ends a ready container; what it was serving fails. */
export function crashInstance(state: WorldState, revision: RevisionState, instance: Instance, signal: number): void {
  const where = { ...place(revision, instance), log: 'system' } as const;
  if (isFirstGeneration(revision.template)) print(state, { ...where, severity: 'ERROR', text: uncaughtLine(signal) });
  print(state, { ...where, severity: 'WARNING', text: terminatedLine(signal) });
  failInFlight(state, revision, 'crashed');
  remove(state, revision, instance, 'instance-crashed', `signal ${signal}`);
  backOff(state, revision);
}
