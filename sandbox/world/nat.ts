import { entryOf, natUsed } from './network-path.ts';
import type { NatState, NetworkState } from './network-state.ts';
import type { RevisionState, WorldState } from './state.ts';

/** A port stays taken after its connection has ended. Source: Cloud NAT, tcpTimeWaitTimeoutSec, read 2026-11-23. */
const TIME_WAIT_SECONDS = 120;
/** "64,512 TCP source ports" for each address of a gateway. Source: Cloud NAT, addresses and ports, read 2026-11-23. */
const PORTS_PER_ADDRESS = 64_512;
/** A client asks again after 1, 3 and 7 seconds before it gives up: four packets for a connection that finds no port. */
const PACKETS_PER_CONNECTION = 4;
const SMOOTHING = 0.3;

/** Books new connections of this second to a public address. */
export function openConnections(state: WorldState, revision: RevisionState, address: string, count: number): void {
  const nat = natUsed(state, revision);
  if (nat === undefined || count <= 0) return;
  const destination = nat.destinations.get(address) ?? { offered: 0, held: 0, failureRatio: 0 };
  nat.destinations.set(address, destination);
  destination.offered += count;
}

/** One second of every gateway: ports are taken, held, and given back; who finds none is dropped. */
export function tickNats(state: WorldState): void {
  for (const network of state.networks.values()) {
    if (network.nat !== undefined) tickNat(state, network, network.nat);
  }
}

function tickNat(state: WorldState, network: NetworkState, nat: NatState): void {
  const ports = portsOf(state, network, nat);
  for (const destination of nat.destinations.values()) {
    destination.held -= destination.held / TIME_WAIT_SECONDS;
    const taken = Math.min(destination.offered, Math.max(0, ports - destination.held));
    destination.held += taken;
    const refused = destination.offered - taken;
    const ratio = destination.offered === 0 ? 0 : refused / destination.offered;
    destination.failureRatio += (ratio - destination.failureRatio) * SMOOTHING;
    if (destination.failureRatio < 0.001) destination.failureRatio = 0;
    nat.droppedPackets += state.random.round(refused * PACKETS_PER_CONNECTION);
    nat.newConnections += state.random.round(taken);
    destination.offered = 0;
  }
}

/** Ports to one destination, over all machines that the gateway serves. */
function portsOf(state: WorldState, network: NetworkState, nat: NatState): number {
  return Math.min(machinesOf(state, network) * portsPerVm(nat), nat.config.addresses * PORTS_PER_ADDRESS);
}

export const portsPerVm = ({ config }: NatState): number =>
  config.dynamicPorts ? (config.maxPortsPerVm ?? 65_536) : config.minPortsPerVm;

/** Whether there are addresses enough for every machine to have the ports that it is promised. */
export const isAllocated = (state: WorldState, network: NetworkState, nat: NatState): boolean =>
  machinesOf(state, network) * nat.config.minPortsPerVm <= nat.config.addresses * PORTS_PER_ADDRESS;

/** Instances of the connectors in a network, and those of services with Direct VPC egress into it. */
export function machinesOf(state: WorldState, network: NetworkState): number {
  const connectors = [...state.connectors.values()].filter((c) => c.estate.network === network.name);
  const revisions = [...state.services.values()].flatMap((service) => service.revisions);
  const direct = revisions.filter((revision) => {
    const entry = entryOf(state, revision);
    return entry.kind === 'direct' && entry.network === network;
  });
  return (
    connectors.reduce((sum, { instances }) => sum + instances, 0) +
    direct.reduce((sum, { instances }) => sum + instances.length, 0)
  );
}
