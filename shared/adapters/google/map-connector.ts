import type { Connector, ConnectorState } from '../../ports/cloud.ts';
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
  return {
    name: nameOf(connector, 'a VPC connector'),
    state: STATE[enumName(connector['state'], STATES) ?? ''] ?? 'unknown',
    machineType: text(connector['machineType']) ?? MACHINE_TYPE_DEFAULT,
    instancesMin: instances(connector['minInstances'], connector['minThroughput']),
    instancesMax: instances(connector['maxInstances'], connector['maxThroughput']),
    network: text(connector['network']),
    ipCidrRange: text(connector['ipCidrRange']),
  };
}

const instances = (count: unknown, throughputMbps: unknown): number =>
  number(count) || Math.round((number(throughputMbps) ?? 0) / MBPS_PER_INSTANCE);
