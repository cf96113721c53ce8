import { place, remove } from './containers.ts';
import { failInFlight } from './in-flight.ts';
import { livenessFailedLine } from './log-texts.ts';
import { print } from './note.ts';
import type { Instance, RevisionState, WorldState } from './state.ts';
import { containerNameOf, livenessProbeOf } from './template.ts';

/** Asks a container whether it lives, where its revision says so; true: it did not answer in time too often, and is shut down. */
export function endedByLiveness(state: WorldState, revision: RevisionState, instance: Instance): boolean {
  const probe = livenessProbeOf(revision.template);
  if (probe === undefined) return false;
  const sinceMs = state.nowMs - instance.readyMs - probe.initialDelayMs;
  if (sinceMs <= 0 || sinceMs % probe.periodMs !== 0) return false;
  const isLate = instance.hungMs !== undefined || answerMs(state, revision, probe.path) > probe.timeoutMs;
  instance.unanswered = isLate ? (instance.unanswered ?? 0) + 1 : 0;
  if (instance.unanswered < probe.failureThreshold) return false;
  const container = containerNameOf(revision.template, revision.service);
  const text = livenessFailedLine({ ...probe, container }, instance.unanswered);
  print(state, { ...place(revision, instance), log: 'system', severity: 'ERROR', text });
  failInFlight(state, revision, 'crashed');
  remove(state, revision, instance, 'instance-shut-down', text);
  return true;
}

/** A port answers at once; a path is a request like others, and waits for its turn where workers are few. */
function answerMs({ random }: WorldState, revision: RevisionState, path: string | undefined): number {
  if (path === undefined) return 0;
  const { request } = revision.code;
  const workers = (request.threads ?? Number.POSITIVE_INFINITY) * Math.max(1, revision.readyIds.length);
  const waitMs = (revision.waitingInside / workers) * request.latencyMs;
  return waitMs + request.healthLatencyMs * (1 + revision.cpuRatio ** 2) * random.between(0.85, 1.15);
}
