import { entryOf, natKey, natUsed } from './network-path.ts';
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
  const key = natKey(state, revision, address);
  const destination = nat.destinations.get(key) ?? { offered: 0, held: 0, failureRatio: 0, machines: 1 };
  nat.destinations.set(key, destination);
  destination.machines = Math.max(1, machinesBehind(state, revision));
  destination.offered += count;
}

/** One second of every gateway: ports are taken, held, and given back; who finds none is dropped. */
export function tickNats(state: WorldState): void {
  for (const network of state.networks.values()) {
    if (network.nat !== undefined) tickNat(state, network, network.nat);
  }
}

function tickNat(state: WorldState, network: NetworkState, nat: NatState): void {
  // Where addresses are short of what every machine was promised, all get less.
  const share = Math.min(
    1,
    (nat.config.addresses * PORTS_PER_ADDRESS) / (machinesOf(state, network) * portsPerVm(nat)),
  );
  for (const destination of nat.destinations.values()) {
    destination.held -= destination.held / TIME_WAIT_SECONDS;
    const ports = destination.machines * portsPerVm(nat) * share;
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

/** Whose ports a revision's connections take: those of its connector's machines, or of its own instances. */
function machinesBehind(state: WorldState, revision: RevisionState): number {
  const entry = entryOf(state, revision);
  if (entry.kind === 'connector') return entry.connector?.instances ?? 0;
  return revision.readyIds.length;
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
