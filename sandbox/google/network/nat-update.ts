import type { NatEstate } from '../../scenarios/estate-network.ts';
import type { NetworkState } from '../../world/network-state.ts';
import type { Json } from '../../world/state.ts';
import { listAt, numberAt } from '../../world/template.ts';
import { invalidArgument } from '../api-error.ts';

const PORTS_DEFAULT = 64;
const PORTS_DEFAULT_DYNAMIC = 32;
const PORTS_MAX = 65_536;

/**
 * The gateway that a patch of its router leaves: a list in a patch takes the place of the one that there was, so that a gateway that is not in it is
 * deleted, and what it does not say of one falls back to the default. undefined: it is deleted.
 * Source: compute v1, RouterNat (minPortsPerVm, maxPortsPerVm, enableDynamicPortAllocation), read 2026-11-30.
 * @throws ApiError where the API would refuse.
 */
export function natUpdate(network: NetworkState, body: Json): NatEstate | undefined {
  if (body['nats'] === undefined) return network.nat?.config;
  const at = 'resource.nats[0]';
  const nat = listAt(body, 'nats').find(({ name }) => name === network.nat?.gateway);
  if (nat === undefined || network.nat === undefined) return undefined;
  const dynamicPorts = nat['enableDynamicPortAllocation'] === true;
  const minPortsPerVm = numberAt(nat, 'minPortsPerVm') ?? (dynamicPorts ? PORTS_DEFAULT_DYNAMIC : PORTS_DEFAULT);
  const maxPortsPerVm = numberAt(nat, 'maxPortsPerVm');
  const invalid = (field: string, value: unknown, why: string) =>
    invalidArgument(`Invalid value for field '${at}.${field}': '${String(value)}'. ${why}`);
  if (!Number.isInteger(minPortsPerVm) || minPortsPerVm < 2 || minPortsPerVm > PORTS_MAX)
    throw invalid('minPortsPerVm', minPortsPerVm, `Must be between 2 and ${PORTS_MAX}.`);
  if (!dynamicPorts && maxPortsPerVm !== undefined)
    throw invalid('maxPortsPerVm', maxPortsPerVm, 'Can only be set when enableDynamicPortAllocation is enabled.');
  if (dynamicPorts) {
    if (nat['enableEndpointIndependentMapping'] === true)
      throw invalid(
        'enableEndpointIndependentMapping',
        true,
        'Dynamic port allocation and endpoint-independent mapping cannot both be enabled.',
      );
    if (!isPowerOfTwo(minPortsPerVm) || minPortsPerVm < PORTS_DEFAULT_DYNAMIC)
      throw invalid('minPortsPerVm', minPortsPerVm, 'Must be a power of two greater than or equal to 32.');
    if (maxPortsPerVm !== undefined && (!isPowerOfTwo(maxPortsPerVm) || maxPortsPerVm <= minPortsPerVm))
      throw invalid('maxPortsPerVm', maxPortsPerVm, 'Must be a power of two greater than minPortsPerVm.');
    if ((maxPortsPerVm ?? 0) > PORTS_MAX)
      throw invalid('maxPortsPerVm', maxPortsPerVm, `Must be at most ${PORTS_MAX}.`);
  }
  const addresses = Array.isArray(nat['natIps']) ? nat['natIps'].length : 0;
  if (nat['natIpAllocateOption'] === 'MANUAL_ONLY' && addresses === 0)
    throw invalid('natIps', '', 'At least one address is required with MANUAL_ONLY.');
  const subnetworks = listAt(nat, 'subnetworks').map(({ name }) => String(name).split('/').at(-1) ?? '');
  return {
    minPortsPerVm,
    dynamicPorts,
    addresses: Math.max(1, addresses),
    ...(maxPortsPerVm !== undefined && { maxPortsPerVm }),
    ...(nat['sourceSubnetworkIpRangesToNat'] === 'LIST_OF_SUBNETWORKS' && { subnetworks }),
  };
}

const isPowerOfTwo = (value: number): boolean => Number.isInteger(Math.log2(value));
