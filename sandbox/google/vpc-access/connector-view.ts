import { ceilingMbps } from '../../world/network.ts';
import type { ConnectorState, Operation, WorldState } from '../../world/state.ts';

/** google.cloud.vpcaccess.v1.Connector in JSON. */
export function connectorView(state: WorldState, connector: ConnectorState): Record<string, unknown> {
  const { project, region } = state.scenario.estate;
  const { estate, machineType, minInstances, maxInstances } = connector;
  const mbpsOf = (instances: number) => ceilingMbps({ ...connector, state: 'READY', instances });
  return {
    name: `projects/${project}/locations/${region}/connectors/${connector.name}`,
    network: estate.network,
    ipCidrRange: estate.ipCidrRange,
    state: connector.state,
    minThroughput: mbpsOf(minInstances),
    maxThroughput: mbpsOf(maxInstances),
    connectedProjects: estate.connectedProjects ?? [project],
    machineType,
    minInstances,
    maxInstances,
  };
}

/** google.longrunning.Operation of a connector's change. */
export function connectorOperationView(state: WorldState, operation: Operation): Record<string, unknown> {
  const connector = state.connectors.get(operation.target.split('/').at(-1) ?? '');
  const done = operation.doneMs !== undefined;
  return {
    name: operation.name,
    metadata: {
      '@type': 'type.googleapis.com/google.cloud.vpcaccess.v1.OperationMetadata',
      method: operation.method,
      createTime: new Date(operation.createdMs).toISOString(),
      ...(operation.doneMs !== undefined && { endTime: new Date(operation.doneMs).toISOString() }),
      target: operation.target,
    },
    ...(done && { done }),
    ...(operation.error && { error: operation.error }),
    ...(done &&
      !operation.error &&
      connector && {
        response: {
          '@type': 'type.googleapis.com/google.cloud.vpcaccess.v1.Connector',
          ...connectorView(state, connector),
        },
      }),
  };
}
