import { note } from './note.ts';
import type { Instance, RevisionState, WorldState } from './state.ts';

const BACKOFF_MS_MAX = 10_000; // Between a failed start and the next one.

/** A container that is no longer wanted. */
export function stopInstance(revision: RevisionState, instance: Instance): void {
  revision.instances.splice(revision.instances.indexOf(instance), 1);
  refreshReady(revision);
}

/** A container that ended of itself, or was ended by the platform. */
export function remove(
  state: WorldState,
  revision: RevisionState,
  instance: Instance,
  type: string,
  message: string,
): void {
  stopInstance(revision, instance);
  note(state, type, `${revision.service}/${revision.name}`, message);
}

/** After a container that did not last, the next one is started later. */
export function backOff(state: WorldState, revision: RevisionState): void {
  revision.startFailures += 1;
  revision.lastFailureMs = state.nowMs;
  revision.startNotBeforeMs = state.nowMs + Math.min(BACKOFF_MS_MAX, 500 * revision.startFailures);
}

/** The ready ones anew, as a new list. */
export function refreshReady(revision: RevisionState): void {
  revision.readyIds = revision.instances.filter((i) => i.phase === 'ready').map((i) => i.id);
}

/** Whose lines these are. */
export const place = (revision: RevisionState, instance: Instance) => ({
  service: revision.service,
  revision: revision.name,
  instanceId: instance.id,
});
