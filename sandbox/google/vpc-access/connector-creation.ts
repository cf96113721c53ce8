import { machineType, machineTypes } from '../../scenarios/estate.ts';
import { prefixOf } from '../../world/cidr.ts';
import type { NewConnector } from '../../world/create-connector.ts';
import type { Json, WorldState } from '../../world/state.ts';
import { numberAt, textAt } from '../../world/template.ts';
import { alreadyExists, invalidArgument } from '../api-error.ts';

/** "Less than 21 characters, and hyphens count as two": Serverless VPC Access, create a connector, as known on 2026-11-30. */
const NAME_LENGTH_MAX = 20;
const PREFIX = 28;

/**
 * What a new connector is asked to be. That its range is free, and that there are machines for it, is found out later, by the operation.
 * Source: vpc_access.proto; gcloud's create (SDK 528); PaloAltoNetworks/terraform-google-swfw-modules#84 for the size that must be said.
 * @throws ApiError where the API would refuse.
 */
export function connectorCreation(state: WorldState, body: Json, connectorId: unknown): NewConnector {
  const name = String(connectorId ?? '');
  if (!/^[a-z]([-a-z0-9]*[a-z0-9])?$/.test(name) || name.replaceAll('-', '--').length > NAME_LENGTH_MAX)
    throw invalidArgument(`Invalid connector ID: '${name}'.`);
  if (state.connectors.has(name)) {
    const { project, region } = state.scenario.estate;
    throw alreadyExists(`Resource 'projects/${project}/locations/${region}/connectors/${name}' already exists`);
  }
  const ipCidrRange = textAt(body, 'ipCidrRange');
  if (prefixOf(ipCidrRange) !== PREFIX)
    throw invalidArgument(`Invalid IP CIDR range '${ipCidrRange}': it must have a netmask of /${PREFIX}.`);
  const type = machineType.safeParse(body['machineType'] ?? 'e2-micro');
  if (!type.success) throw invalidArgument(`machine_type must be one of ${machineTypes.join(', ')}.`);
  const maxInstances = numberAt(body, 'maxInstances');
  if (maxInstances === undefined)
    throw invalidArgument('A Connector must specify either max_throughput or max_instances.');
  const minInstances = numberAt(body, 'minInstances') ?? 2;
  if (minInstances < 2 || minInstances > 9) throw invalidArgument('min_instances must be between 2 and 9, inclusive.');
  if (maxInstances < 3 || maxInstances > 10)
    throw invalidArgument('max_instances must be between 3 and 10, inclusive.');
  if (minInstances >= maxInstances) throw invalidArgument('min_instances must be less than max_instances.');
  return { name, network: textAt(body, 'network'), ipCidrRange, machineType: type.data, minInstances, maxInstances };
}
