import type { Operation, WorldState } from '../../world/state.ts';
import { ApiError } from '../api-error.ts';

/** compute#operation. Source: compute v1 discovery document. */
export function computeOperationView(operation: Operation): Record<string, unknown> {
  const { name, target, method, createdMs, doneMs, error } = operation;
  const done = doneMs !== undefined;
  const link = (path: string) => `https://www.googleapis.com/compute/v1/${path}`;
  return {
    kind: 'compute#operation',
    name: name.split('/').at(-1),
    operationType: method.split('.').at(-1),
    targetLink: link(target),
    status: done ? 'DONE' : 'RUNNING',
    progress: done ? 100 : 0,
    insertTime: new Date(createdMs).toISOString(),
    startTime: new Date(createdMs).toISOString(),
    ...(doneMs !== undefined && { endTime: new Date(doneMs).toISOString() }),
    ...(error && { error: { errors: [{ code: String(error.code), message: error.message }] } }),
    selfLink: link(name),
  };
}

/** One change of a resource at a time. @throws ApiError resourceNotReady, as compute words it. */
export function refuseWhileBusy({ operations }: WorldState, target: string): void {
  const busy = [...operations.values()].some((one) => one.target === target && one.doneMs === undefined);
  if (busy) throw new ApiError(400, 'FAILED_PRECONDITION', `The resource '${target}' is not ready`);
}
