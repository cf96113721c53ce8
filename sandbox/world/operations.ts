import { note } from './note.ts';
import type { Operation, WorldState } from './state.ts';

/** A change begins; it can be followed under its name. @param scope of compute alone: what is global has global operations. */
export function beginOperation(
  state: WorldState,
  operation: Pick<Operation, 'api' | 'target' | 'method'>,
  scope: 'regional' | 'global' = 'regional',
): Operation {
  const { project, region } = state.scenario.estate;
  const place = scope === 'global' ? 'global' : `${operation.api === 'compute' ? 'regions' : 'locations'}/${region}`;
  const id = [8, 4, 4, 4, 12].map((length) => state.random.hex(length)).join('-');
  const begun: Operation = {
    ...operation,
    name: `projects/${project}/${place}/operations/${operation.api === 'compute' ? `operation-${state.nowMs}-${id}` : id}`,
    createdMs: state.nowMs,
    doneMs: undefined,
    error: undefined,
  };
  state.operations.set(begun.name, begun);
  note(state, 'operation-started', operation.target, operation.method);
  return begun;
}

/** It is over; with an error it changed nothing that serves. */
export function endOperation(state: WorldState, operation: Operation, error?: { code: number; message: string }): void {
  if (operation.doneMs !== undefined) return;
  operation.doneMs = state.nowMs;
  operation.error = error;
  note(state, error ? 'operation-failed' : 'operation-done', operation.target, error?.message ?? operation.method);
}

/** Runs `run` in the second at `atMs`, or in the next one when that is past. */
export function schedule(state: WorldState, atMs: number, run: () => void): void {
  const index = state.agenda.findIndex((item) => item.atMs > atMs);
  state.agenda.splice(index === -1 ? state.agenda.length : index, 0, { atMs, run });
}

export function runAgenda(state: WorldState): void {
  for (let next = state.agenda[0]; next && next.atMs <= state.nowMs; next = state.agenda[0]) {
    state.agenda.shift();
    next.run();
  }
}
