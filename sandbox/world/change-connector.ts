import type { MachineType } from '../scenarios/estate.ts';
import { note } from './note.ts';
import { beginOperation, endOperation, schedule } from './operations.ts';
import type { ConnectorState, Operation, WorldState } from './state.ts';

const UPDATE_MS = [60_000, 100_000] as const; // A connector is UPDATING this long.

export interface ConnectorLimits {
  readonly machineType: MachineType;
  readonly minInstances: number;
  readonly maxInstances: number;
}

/** Writes a connector's limits, as an accepted update does; validation is the API's. They hold once the operation is done. */
export function changeConnector(state: WorldState, connector: ConnectorState, limits: ConnectorLimits): Operation {
  const { project, region } = state.scenario.estate;
  const target = `projects/${project}/locations/${region}/connectors/${connector.name}`;
  const operation = beginOperation(state, {
    api: 'vpcaccess',
    target,
    method: 'google.cloud.vpcaccess.v1.VpcAccessService.UpdateConnector',
  });
  connector.state = 'UPDATING';
  const doneMs = state.nowMs + Math.round(state.random.between(...UPDATE_MS) / 1000) * 1000;
  schedule(state, doneMs, () => {
    connector.state = 'READY';
    connector.machineType = limits.machineType;
    connector.minInstances = limits.minInstances;
    connector.maxInstances = limits.maxInstances;
    connector.instances = Math.max(connector.instances, limits.minInstances);
    note(
      state,
      'connector-changed',
      connector.name,
      `${limits.machineType}, ${limits.minInstances} to ${limits.maxInstances} instances`,
    );
    endOperation(state, operation);
  });
  return operation;
}
