import type { CauseOf } from '../scenarios/causes.ts';
import { auditNetworkChange } from './audit-network.ts';
import { note } from './note.ts';
import { schedule } from './operations.ts';
import type { ConnectorState, Json, WorldState } from './state.ts';

const SERVICE = 'google.cloud.vpcaccess.v1.VpcAccessService';
/** Deleting one takes minutes in truth, and nothing passes it from the first. */
const DELETED_MS = 20_000;
/** How long Google tries to bring up a new one's machines before it gives up. Our own choice, within what threads tell of: minutes. */
const GIVEN_UP_MS = [100_000, 140_000] as const;

/** What creating one is answered with. Texts: PaloAltoNetworks/terraform-google-swfw-modules#84, GoogleCloudPlatform/community#2387, yaalalabs/agent-kernel#599. */
export const CONNECTOR_FAILURES = {
  rejected: {
    code: 3,
    message: 'Operation failed: A Connector must specify either max_throughput or max_instances.',
  },
  'cpu-quota': { code: 8, message: 'Operation failed: Insufficient CPU quota in region.' },
  unhealthy: {
    code: 13,
    message: 'VPC Access connector failed to get healthy. Please check GCE quotas, logs and org policies and recreate.',
  },
} as const;

export function deleteConnector(
  state: WorldState,
  { type, connector: name, by }: { readonly type: string; readonly connector: string; readonly by: string },
): void {
  if (!state.connectors.delete(name)) return;
  tellOfConnector(state, name, by, 'DeleteConnector');
  note(state, type, name, `deleted by ${by}`);
}

/** Someone has a connector replaced by its like, as Terraform does; the old one goes, and the new one does not come. */
export function recreateConnector(state: WorldState, cause: CauseOf<'connector-recreated'>): void {
  const { connector: name, by, fails } = cause;
  const before = state.connectors.get(name);
  if (before === undefined) return;
  deleteConnector(state, cause);
  // What keeps one from coming up keeps the next one too.
  if (fails !== 'rejected') state.connectorTrouble = fails;
  schedule(state, state.nowMs + DELETED_MS, () => {
    const failure = CONNECTOR_FAILURES[fails];
    if (fails === 'rejected') {
      tellOfConnector(state, name, by, 'CreateConnector', { status: failure });
      note(state, cause.type, name, failure.message);
      return;
    }
    const made: ConnectorState = { ...before, state: 'CREATING', instances: before.minInstances, movedMbit: 0 };
    state.connectors.set(name, made);
    tellOfConnector(state, name, by, 'CreateConnector', { part: 'first' });
    schedule(state, state.nowMs + Math.round(state.random.between(...GIVEN_UP_MS) / 1000) * 1000, () => {
      made.state = 'ERROR';
      tellOfConnector(state, name, by, 'CreateConnector', { part: 'last', status: failure });
      note(state, cause.type, name, failure.message);
    });
  });
}

/** An entry of the activity log about a connector that is made or deleted. */
export function tellOfConnector(
  state: WorldState,
  name: string,
  by: string,
  method: 'DeleteConnector' | 'CreateConnector',
  ended: Pick<Parameters<typeof auditNetworkChange>[1], 'part' | 'status'> = {},
): void {
  const { project, region } = state.scenario.estate;
  const parent = `projects/${project}/locations/${region}`;
  const resourceName = `${parent}/connectors/${name}`;
  const request: Json = method === 'DeleteConnector' ? { name: resourceName } : { parent, connectorId: name };
  auditNetworkChange(state, {
    api: 'vpcaccess',
    method: `${SERVICE}.${method}`,
    resourceName,
    by,
    resource: {
      type: 'audited_resource',
      labels: { service: 'vpcaccess.googleapis.com', method: `${SERVICE}.${method}` },
    },
    request,
    ...ended,
  });
}
