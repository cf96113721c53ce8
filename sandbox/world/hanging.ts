import { hold } from './in-flight.ts';
import type { Instance, RevisionState, ServiceState, WorldState } from './state.ts';
import { livenessProbeOf } from './template.ts';

// Containers that answer nobody any more and do not end by themselves; their liveness probe does it (liveness.ts), where there is one.

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

/** When its liveness probe will have ended it: never, where it does not hang or nobody asks. */
function endMs({ template }: RevisionState, { hungMs, readyMs }: Instance): number {
  const probe = livenessProbeOf(template);
  if (hungMs === undefined || probe === undefined) return Number.POSITIVE_INFINITY;
  const { initialDelayMs, periodMs, failureThreshold } = probe;
  const asked = Math.max(1, Math.ceil((hungMs - readyMs - initialDelayMs) / periodMs));
  return readyMs + initialDelayMs + (asked + failureThreshold - 1) * periodMs;
}
