import type { Connector, ConnectorState } from '../../ports/cloud.ts';
import { parseName } from '../../ports/resource-name.ts';
import { nameOf } from './name-of.ts';
import { enumName, fields, number, text } from './values.ts';

const STATES = ['STATE_UNSPECIFIED', 'READY', 'CREATING', 'DELETING', 'ERROR', 'UPDATING'];

const STATE: Readonly<Record<string, ConnectorState>> = {
  READY: 'ready',
  CREATING: 'creating',
  DELETING: 'deleting',
  ERROR: 'error',
  UPDATING: 'updating',
};

/** "Default is e2-micro", vpc_access.proto. */
const MACHINE_TYPE_DEFAULT = 'e2-micro';
/** Before instance counts existed a connector had throughput alone: a machine for each 100 Mbps (facts, 2026-11-23). */
const MBPS_PER_INSTANCE = 100;

/** google.cloud.vpcaccess.v1.Connector. @throws PlatformFailure for what has no name. */
export function toConnector(api: unknown): Connector {
  const connector = fields(api);
  const name = nameOf(connector, 'a VPC connector');
  return {
    name,
    state: STATE[enumName(connector['state'], STATES) ?? ''] ?? 'unknown',
    machineType: text(connector['machineType']) ?? MACHINE_TYPE_DEFAULT,
    instancesMin: instances(connector['minInstances'], connector['minThroughput']),
    instancesMax: instances(connector['maxInstances'], connector['maxThroughput']),
    network: text(connector['network']),
    ipCidrRange: text(connector['ipCidrRange']),
    subnetwork: subnetworkOf(connector['subnet'], name),
  };
}

const instances = (count: unknown, throughputMbps: unknown): number =>
  number(count) || Math.round((number(throughputMbps) ?? 0) / MBPS_PER_INSTANCE);

/** Its short name, and its project where that is another: a Shared VPC's host. */
function subnetworkOf(api: unknown, connector: string): string | undefined {
  const { name, projectId } = fields(api);
  const short = text(name);
  if (short === undefined) return undefined;
  const { project, region } = parseName(connector);
  return `projects/${text(projectId) ?? project}/regions/${region}/subnetworks/${short}`;
}
