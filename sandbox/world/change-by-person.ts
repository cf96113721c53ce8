import { changeService } from './change-service.ts';
import type { Json, ServiceState, WorldState } from './state.ts';

/** Somebody other than runmedic writes a service, as the API would take it. */
export function change(
  state: WorldState,
  service: ServiceState,
  fields: { template?: Json; scaling?: Json; traffic?: Json[] },
  newRevision: 'new-revision' | 'same-revision',
  by: string,
): void {
  const audit = { service: fields, updateMask: Object.keys(fields).join(',') };
  changeService(state, service, { spec: { ...service.spec, ...fields }, by, newRevision, audit });
}
