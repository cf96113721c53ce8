import type { MachineType } from '../scenarios/estate.ts';
import { type PathFailure, pathFailure } from './network-path.ts';
import { resolved } from './private-name.ts';
import type { ConnectorState, RevisionState, WorldState } from './state.ts';
import { connectorOf, envOf } from './template.ts';

/** Estimated throughput of one connector instance: 2..10 e2-micro give 200..1000 Mbit/s, e2-standard-4 3200..16000. Source: connector table, read 2026-11-23. */
const MBPS_PER_INSTANCE: Record<MachineType, number> = { 'f1-micro': 50, 'e2-micro': 100, 'e2-standard-4': 1600 };

export const ceilingMbps = (connector: ConnectorState): number =>
  connector.state === 'ERROR' || connector.state === 'CREATING'
    ? 0
    : connector.instances * MBPS_PER_INSTANCE[connector.machineType];

export const throughputMbps = (connector: ConnectorState): number =>
  Math.min(connector.demandMbps, ceilingMbps(connector));

/** What is asked of it, over what it can carry; above 1 it is overloaded. */
export const loadRatio = (connector: ConnectorState): number =>
  connector.demandMbps / Math.max(1, ceilingMbps(connector));

/** The connector that this revision's traffic to private addresses passes. */
export function connectorUsed(state: WorldState, revision: RevisionState): ConnectorState | undefined {
  const name = connectorOf(revision.template);
  return name === undefined ? undefined : state.connectors.get(name);
}

/** Share of new connections from this revision to a database that fail, and how. */
export function databaseFailure(state: WorldState, revision: RevisionState, name: string): PathFailure {
  if (isMisdirected(state, revision, name)) return { ratio: 1, how: 'slowly' };
  const database = state.databases.get(name);
  if (database === undefined) return { ratio: 0, how: 'slowly' };
  const found = resolved(state, revision, database);
  if (found.kind === 'failure') return found.failure;
  const { address } = found;
  // Nothing listens at an address that a wrong record gives.
  if (address !== database.estate.address) return { ratio: 1, how: 'slowly', line: `dial tcp ${address}: i/o timeout` };
  const path = pathFailure(state, revision, { address, owner: name });
  if (path.ratio === 1) return path;
  if (database.state === 'refuses') return { ratio: 1, how: 'at-once' };
  if (database.state === 'times-out') return { ratio: 1, how: 'slowly' };
  return path;
}

/** Where the public hosts of the estate answer: the address of the load balancer in front of them. */
const LOAD_BALANCER = '34.143.72.2:443';

/** Share of calls to a public host of the estate that never get there. */
export const internetFailureRatio = (state: WorldState, revision: RevisionState): number =>
  pathFailure(state, revision, { address: LOAD_BALANCER, owner: undefined }).ratio;

/** Whether the variable that says where a database is names another address: what is there answers nobody. */
function isMisdirected(state: WorldState, revision: RevisionState, name: string): boolean {
  const address = state.databases.get(name)?.estate.address.split(':')[0];
  return Object.entries(revision.code.addresses).some(
    ([variable, database]) => database === name && (envOf(revision.template, variable) ?? '') !== address,
  );
}

/** Books traffic that a revision tries to move; without a connector it costs nothing here. */
export function offer(state: WorldState, revision: RevisionState, mbps: number): void {
  const connector = connectorUsed(state, revision);
  if (connector !== undefined) connector.offeredMbps += mbps;
}
