import { isAllocated, machinesOf, portsPerVm } from '../nat.ts';
import type { NatState, NetworkState } from '../network-state.ts';
import { resourceId } from '../resource-id.ts';
import type { WorldState } from '../state.ts';
import { addPoint, type Series } from './store.ts';

const PERIOD_MS = 60_000;

/** How the ports of every NAT gateway fared in the minute that ends now. */
export function sampleNats(state: WorldState): void {
  for (const network of state.networks.values()) {
    if (network.nat !== undefined) sampleNat(state, network, network.nat);
  }
}

function sampleNat(state: WorldState, network: NetworkState, nat: NatState): void {
  const { project, region } = state.scenario.estate;
  const resource = {
    type: 'nat_gateway',
    labels: { project_id: project, region, router_id: resourceId(state, nat.router), gateway_name: nat.gateway },
  };
  const put = (
    name: string,
    metricKind: Series['metricKind'],
    labels: Record<string, string>,
    value: number,
    valueType: Series['valueType'] = 'INT64',
  ) => {
    const startMs = metricKind === 'DELTA' ? state.nowMs - PERIOD_MS : state.nowMs;
    const metric = { type: `router.googleapis.com/nat/${name}`, labels };
    addPoint(state.metrics, { metric, resource, metricKind, valueType }, { startMs, endMs: state.nowMs, value });
  };
  const machines = machinesOf(state, network);
  const busiest = Math.max(0, ...[...nat.destinations.values()].map((one) => one.held / one.machines));
  const tcp = { ip_protocol: 'TCP' };
  put('allocated_ports', 'GAUGE', { nat_ip: '34.121.7.19' }, machines * portsPerVm(nat));
  put('port_usage', 'GAUGE', tcp, Math.round(busiest));
  put('new_connections_count', 'DELTA', tcp, nat.newConnections);
  put('nat_allocation_failed', 'GAUGE', {}, isAllocated(state, network, nat) ? 0 : 1, 'BOOL');
  // A gateway that drops nothing has no series of it.
  if (nat.droppedPackets > 0)
    put('dropped_sent_packets_count', 'DELTA', { ...tcp, reason: 'OUT_OF_RESOURCES' }, nat.droppedPackets);
  nat.droppedPackets = 0;
  nat.newConnections = 0;
}
