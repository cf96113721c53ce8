import { findRevision } from './revisions.ts';
import { startInstance } from './start-instances.ts';
import type { WorldState } from './state.ts';
import { cpuOf, minInstancesOf } from './template.ts';

/** The history begins in the middle of an ordinary day: whatever serves has its containers already. */
export function warmUp(state: WorldState): void {
  for (const service of state.services.values()) {
    for (const { revision: name, percent } of service.routed) {
      const revision = findRevision(service, name);
      if (!revision) continue;
      const perSecond = (service.estate.requestsPerSecond * percent) / 100;
      const wanted = (perSecond * revision.code.request.cpuMs) / 1000 / (cpuOf(revision.template) * 0.6);
      const instances = Math.max(1, minInstancesOf(revision.template), Math.ceil(wanted));
      for (let i = 0; i < instances; i++) startInstance(state, revision, 'AUTOSCALING');
      for (const instance of revision.instances) {
        instance.phase = 'ready';
        instance.readyMs = state.nowMs;
      }
      revision.readyIds = revision.instances.map((i) => i.id);
      revision.arrivalsPerSecond = perSecond;
    }
  }
}
