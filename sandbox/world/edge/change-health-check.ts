import { note } from '../note.ts';
import { beginOperation, endOperation, schedule } from '../operations.ts';
import type { Operation, WorldState } from '../state.ts';
import type { VmState } from './edge-state.ts';

/** A health check takes a change within this. Our own choice: operations of load balancing take five to twenty seconds. */
const CHANGE_MS = [5_000, 20_000] as const;

/** Writes a health check anew, as an accepted patch does; validation is the API's. It holds once the operation is done. */
export function changeHealthCheck(state: WorldState, vm: VmState, healthCheck: VmState['healthCheck']): Operation {
  const target = `projects/${state.scenario.estate.project}/global/healthChecks/${vm.estate.name}-health`;
  const operation = beginOperation(
    state,
    { api: 'compute', target, method: 'v1.compute.healthChecks.patch' },
    'global',
  );
  schedule(state, state.nowMs + Math.round(state.random.between(...CHANGE_MS) / 1000) * 1000, () => {
    vm.healthCheck = healthCheck;
    note(state, 'health-check-changed', `${vm.estate.name}-health`, `waits ${healthCheck.timeoutSeconds} s`);
    endOperation(state, operation);
  });
  return operation;
}
