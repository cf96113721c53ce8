import { place } from './containers.ts';
import { hang } from './hanging.ts';
import { record } from './in-flight.ts';
import { print } from './note.ts';
import { crashInstance, exitInstance } from './ready-instances.ts';
import type { RevisionState, ServiceState, WorldState } from './state.ts';

/** Requests of this second that end the container which takes them. */
export function servePoison(state: WorldState, service: ServiceState, revision: RevisionState, percent: number): void {
  const now = (state.nowMs - state.startMs) / 1000;
  for (const cause of state.scenario.causes) {
    if (cause.type !== 'poison' || cause.service !== service.name || percent === 0) continue;
    if (now < cause.at || now >= (cause.until ?? Number.POSITIVE_INFINITY)) continue;
    const count = state.random.arrivals((cause.perMinute / 60) * (percent / 100));
    for (let one = 0; one < count; one += 1) {
      const instance = revision.instances.find(({ phase, hungMs }) => phase === 'ready' && hungMs === undefined);
      if (!instance) return;
      for (const text of cause.lines)
        print(state, { ...place(revision, instance), log: 'stderr', severity: 'ERROR', text });
      if (cause.ends === 'hang') {
        hang(state, instance);
        continue;
      }
      const instanceIds = [instance.id];
      record(state, service, revision, { kind: 'crashed', status: 503, latencyMs: 60, count: 1, instanceIds });
      if (cause.ends === 'signal') crashInstance(state, revision, instance, cause.signal);
      else exitInstance(state, revision, instance, cause.exitCode);
    }
  }
}
