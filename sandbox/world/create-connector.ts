import type { MachineType } from '../scenarios/estate.ts';
import { isIn } from './cidr.ts';
import { note } from './note.ts';
import { beginOperation, endOperation, schedule } from './operations.ts';
import { CONNECTOR_FAILURES, tellOfConnector } from './recreate-connector.ts';
import type { ConnectorState, Operation, WorldState } from './state.ts';

/** A new connector is READY within this; one that cannot come up is given up later. Our own choice, within "a few minutes" of Google's page. */
const READY_MS = [90_000, 150_000] as const;
const GIVEN_UP_MS = [100_000, 140_000] as const;

export interface NewConnector {
  readonly name: string;
  readonly network: string;
  readonly ipCidrRange: string;
  readonly machineType: MachineType;
  readonly minInstances: number;
  readonly maxInstances: number;
}

/** Makes a connector, as an accepted request does: CREATING at once, and READY, or in ERROR, when its operation ends. */
export function createConnector(state: WorldState, asked: NewConnector, by: string): Operation {
  const { project, region } = state.scenario.estate;
  const { name, network, ipCidrRange, machineType, minInstances, maxInstances } = asked;
  const operation = beginOperation(state, {
    api: 'vpcaccess',
    target: `projects/${project}/locations/${region}/connectors/${name}`,
    method: 'google.cloud.vpcaccess.v1.VpcAccessService.CreateConnector',
  });
  const failure = failureOf(state, asked);
  const made: ConnectorState = {
    name,
    estate: { name, network, ipCidrRange, machineType, minInstances, maxInstances, backgroundMbps: 0 },
    state: 'CREATING',
    machineType,
    minInstances,
    maxInstances,
    instances: minInstances,
    scaledMs: state.nowMs,
    offeredMbps: 0,
    demandMbps: 0,
    movedMbit: 0,
    timeoutRatio: 1,
  };
  state.connectors.set(name, made);
  tellOfConnector(state, name, by, 'CreateConnector', { part: 'first' });
  const within: readonly [number, number] = failure === undefined ? READY_MS : GIVEN_UP_MS;
  schedule(state, state.nowMs + Math.round(state.random.between(...within) / 1000) * 1000, () => {
    made.state = failure === undefined ? 'READY' : 'ERROR';
    tellOfConnector(state, name, by, 'CreateConnector', { part: 'last', ...(failure && { status: failure }) });
    note(state, 'connector-created', name, failure?.message ?? `${ipCidrRange} of ${network}`);
    endOperation(state, operation, failure);
  });
  return operation;
}

/** Texts of a range that is taken and of a network that is not there: Serverless VPC Access, troubleshooting, as known on 2026-11-30. */
function failureOf(
  state: WorldState,
  { network: wanted, ipCidrRange }: NewConnector,
): { readonly code: number; readonly message: string } | undefined {
  const network = state.networks.get(wanted);
  if (network === undefined)
    return {
      code: 7,
      message: `Operation failed: VPC Access did not have permission to resolve the subnet or the provided subnet does not exist.`,
    };
  const taken = [
    ...network.subnetworks.map((subnetwork) => subnetwork.ipCidrRange),
    ...network.peering.ranges,
    ...[...state.connectors.values()].filter((c) => c.estate.network === wanted).map((c) => c.estate.ipCidrRange),
  ];
  if (taken.some((range) => overlap(range, ipCidrRange)))
    return {
      code: 3,
      message:
        'Operation failed: Invalid IP CIDR range was provided. It conflicts with an existing subnetwork. Please delete the connector manually.',
    };
  return state.connectorTrouble && CONNECTOR_FAILURES[state.connectorTrouble];
}

const baseOf = (range: string): string => range.split('/')[0] ?? '';
const overlap = (a: string, b: string): boolean => isIn(a, baseOf(b)) || isIn(b, baseOf(a));
