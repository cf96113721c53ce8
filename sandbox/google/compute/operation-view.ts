import type { Json, Operation } from '../../world/state.ts';
import { iso } from '../run/service-view.ts';

/** compute#operation of a change to something global. Source: compute v1's discovery document, Operation, read 2026-11-23. */
export function operationView({ name, target, method, createdMs, doneMs, error }: Operation): Json {
  const link = (path: string) => `https://www.googleapis.com/compute/v1/${path}`;
  return {
    kind: 'compute#operation',
    id: String(createdMs),
    name: name.slice(name.lastIndexOf('/') + 1),
    operationType: method.slice(method.lastIndexOf('.') + 1),
    targetLink: link(target),
    status: doneMs === undefined ? 'RUNNING' : 'DONE',
    progress: doneMs === undefined ? 0 : 100,
    insertTime: iso(createdMs),
    startTime: iso(createdMs),
    ...(doneMs !== undefined && { endTime: iso(doneMs) }),
    ...(error && { error: { errors: [error] } }),
    selfLink: link(name),
  };
}
