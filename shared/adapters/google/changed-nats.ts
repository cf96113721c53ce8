import type { NatPorts } from '../../ports/network.ts';
import { PlatformFailure } from '../../ports/platform-failure.ts';
import { type Fields, fields, list } from './values.ts';

/**
 * The gateways of a router as the API gave them, with the ports of one set anew: a patch replaces the list whole, so that every other gateway, and
 * every other field of this one, goes back as it came. Pure.
 * @throws PlatformFailure 'not-found' where the router has no gateway of that name.
 */
export function changedNats(router: unknown, gateway: string, { minPortsPerVm, maxPortsPerVm }: NatPorts): Fields[] {
  const nats = list(fields(router)['nats']).map(fields);
  if (!nats.some(({ name }) => name === gateway))
    throw new PlatformFailure('not-found', `the router has no NAT gateway ${gateway}`);
  return nats.map((nat) => {
    if (nat['name'] !== gateway) return nat;
    const { maxPortsPerVm: _, ...kept } = nat;
    return {
      ...kept,
      minPortsPerVm,
      enableDynamicPortAllocation: maxPortsPerVm !== null,
      ...(maxPortsPerVm === null ? {} : { maxPortsPerVm }),
    };
  });
}
