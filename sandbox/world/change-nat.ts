import type { NatEstate } from '../scenarios/estate-network.ts';
import { auditNetworkChange } from './audit-network.ts';
import type { NetworkState } from './network-state.ts';
import { note } from './note.ts';
import { beginOperation, endOperation, schedule } from './operations.ts';
import type { Json, Operation, WorldState } from './state.ts';

/** A gateway takes a change within this. Our own choice: operations on routers take ten to thirty seconds. */
const CHANGE_MS = [10_000, 30_000] as const;

interface NatChange {
  readonly network: NetworkState;
  /** undefined: the gateway is deleted. */
  readonly config: NatEstate | undefined;
  readonly by: string;
  readonly request: Json;
}

/** Writes the gateway of a router anew, as an accepted patch does; validation is the API's. It holds once the operation is done. */
export function changeNat(state: WorldState, { network, config, by, request }: NatChange): Operation {
  const { project, region } = state.scenario.estate;
  const router = network.nat?.router ?? `${network.name}-router`;
  const target = `projects/${project}/regions/${region}/routers/${router}`;
  const method = 'v1.compute.routers.patch';
  const operation = beginOperation(state, { api: 'compute', target, method });
  const audit = {
    api: 'compute',
    method,
    resourceName: target,
    by,
    resource: { type: 'gce_router', labels: { region, router_id: router } },
    request,
  } as const;
  auditNetworkChange(state, { ...audit, part: 'first' });
  schedule(state, state.nowMs + Math.round(state.random.between(...CHANGE_MS) / 1000) * 1000, () => {
    if (config === undefined) network.nat = undefined;
    else if (network.nat) network.nat.config = config;
    note(
      state,
      'nat-changed',
      router,
      config === undefined ? 'deleted' : `${config.minPortsPerVm} ports for each machine`,
    );
    auditNetworkChange(state, { ...audit, part: 'last' });
    endOperation(state, operation);
  });
  return operation;
}
