import { place, remove } from './containers.ts';
import { hold } from './in-flight.ts';
import { livenessFailedLine } from './log-texts.ts';
import { print } from './note.ts';
import type { Instance, RevisionState, ServiceState, WorldState } from './state.ts';
import { containerNameOf, livenessProbeOf } from './template.ts';

// Containers that answer nobody any more and do not end by themselves.

/** From here on the container answers nobody. */
export function hang(state: WorldState, instance: Instance): void {
  instance.hungMs = state.nowMs;
}

/** Of the requests of this second, those that meet a container that hangs: they wait until it is shut down, or until their own time is over. */
export function holdAtHung(
  state: WorldState,
  service: ServiceState,
  revision: RevisionState,
  admitted: number,
): number {
  const hung = revision.instances.filter(({ hungMs }) => hungMs !== undefined);
  if (hung.length === 0) return 0;
  const count = state.random.binomial(admitted, hung.length / Math.max(1, revision.readyIds.length));
  hung.forEach((instance, index) => {
    const share = Math.floor(count / hung.length) + (index < count % hung.length ? 1 : 0);
    const latencyMs = endMs(revision, instance) - state.nowMs;
    hold(state, service, revision, {
      kind: 'crashed',
      status: 503,
      latencyMs,
      count: share,
      instanceIds: [instance.id],
    });
  });
  return count;
}

/** Whether its liveness probe has waited long enough, and ends it. */
export function shutDownHung(state: WorldState, revision: RevisionState, instance: Instance): boolean {
  const probe = livenessProbeOf(revision.template);
  if (probe === undefined || state.nowMs < endMs(revision, instance)) return false;
  const text = livenessFailedLine(containerNameOf(revision.template, revision.service), probe);
  print(state, { ...place(revision, instance), log: 'system', severity: 'ERROR', text });
  remove(state, revision, instance, 'instance-shut-down', 'liveness probe failed');
  return true;
}

/** When it ends: never, where it does not hang or nobody looks. */
const endMs = ({ template }: RevisionState, { hungMs }: Instance): number =>
  hungMs === undefined
    ? Number.POSITIVE_INFINITY
    : hungMs + (livenessProbeOf(template)?.deadlineMs ?? Number.POSITIVE_INFINITY);
