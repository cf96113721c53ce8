import {
  type FirewallEstate,
  type NatEstate,
  type NetworkEstate,
  network as networkSchema,
  type RouteEstate,
  subnetwork as subnetworkSchema,
} from '../scenarios/estate-network.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { isPrivate } from './cidr.ts';

/** One VPC network: what decides where its packets go. */
export interface NetworkState {
  readonly name: string;
  readonly estate: NetworkEstate;
  readonly subnetworks: readonly NetworkEstate['subnetworks'][number][];
  readonly firewalls: (FirewallEstate & { readonly createdMs: number })[];
  /** Static routes, the default route among them; those of subnetworks and peerings follow from those. */
  readonly routes: (RouteEstate & { readonly createdMs: number })[];
  readonly peering: {
    /** What was reserved for private services; that stays when a peering goes. */
    readonly ranges: readonly string[];
    state: 'ACTIVE' | 'INACTIVE' | 'gone';
    changedMs: number;
  };
  nat: NatState | undefined;
  readonly zones: {
    readonly name: string;
    readonly domain: string;
    readonly records: DnsRecord[];
    /** Oldest first. */
    readonly changes: {
      readonly atMs: number;
      readonly name: string;
      readonly before: string | undefined;
      readonly after: string | undefined;
    }[];
  }[];
}

export interface DnsRecord {
  readonly name: string;
  /** undefined: it was deleted. */
  value: string | undefined;
  readonly database: string | undefined;
}

export interface NatState {
  readonly gateway: string;
  readonly router: string;
  config: NatEstate;
  /** By where connections come from and go to: those of this second, ports held, and the share of new connections that find none. */
  readonly destinations: Map<string, NatDestination>;
  /** Of the minute that is not sampled yet. */
  droppedPackets: number;
  newConnections: number;
}

export interface NatDestination {
  offered: number;
  held: number;
  failureRatio: number;
  /** That share these ports: a machine's ports are its own. */
  machines: number;
}

export const DEFAULT_ROUTE = 'default-route';

/** Every network that the estate states or that something in it names. */
export function buildNetworks({ estate }: Scenario, createdMs: number): Map<string, NetworkState> {
  const direct = estate.services.flatMap(({ vpcAccess }) =>
    vpcAccess && vpcAccess.connector === undefined ? [directOf(vpcAccess)] : [],
  );
  const named = [...estate.networks, ...estate.connectors.map((c) => ({ name: c.network }))].map(({ name }) => name);
  const databases = estate.databases.map(({ address }) => address).filter((a) => isPrivate(a.split(':')[0] ?? ''));
  const ranges = [...new Set(databases.map((a) => `${a.split('.').slice(0, 2).join('.')}.0.0/16`))];
  return new Map(
    [...new Set([...named, ...direct.map(({ network }) => network)])].map((name) => {
      const stated = estate.networks.find((one) => one.name === name) ?? networkSchema.parse({ name });
      const own = direct.filter(({ network }) => network === name).map(({ subnetwork }) => subnetwork);
      return [name, networkState(stated, [...new Set([name, ...own])], ranges, createdMs)];
    }),
  );
}

function networkState(
  estate: NetworkEstate,
  subnetworks: readonly string[],
  ranges: readonly string[],
  createdMs: number,
): NetworkState {
  const { name } = estate;
  return {
    name,
    estate,
    subnetworks:
      estate.subnetworks.length > 0
        ? estate.subnetworks
        : subnetworks.map((one) => subnetworkSchema.parse({ name: one })),
    firewalls: estate.firewalls.map((rule) => ({ ...rule, createdMs })),
    routes: [
      { name: DEFAULT_ROUTE, destRange: '0.0.0.0/0', priority: 1000, nextHop: 'internet-gateway', createdMs },
      ...estate.routes.map((route) => ({ ...route, createdMs })),
    ],
    peering: { ranges: estate.privateServices ?? ranges, state: 'ACTIVE', changedMs: createdMs },
    nat: estate.nat === 'none' ? undefined : natState(name, estate.nat),
    zones: estate.zones.map(({ name: zone, domain, records }) => ({
      name: zone,
      domain,
      records: records.map((r) => ({ name: r.name, value: r.value, database: r.database })),
      changes: records.map((r) => ({ atMs: createdMs, name: r.name, before: undefined, after: r.value })),
    })),
  };
}

export const natState = (network: string, config: NatEstate): NatState => ({
  gateway: `${network}-nat`,
  router: `${network}-router`,
  config,
  destinations: new Map(),
  droppedPackets: 0,
  newConnections: 0,
});

/** Either may be left out, and then has the other's name. Source: Direct VPC egress, read 2026-11-23. */
export const directOf = (access: { network?: string | undefined; subnetwork?: string | undefined }) => ({
  network: access.network ?? access.subnetwork ?? 'default',
  subnetwork: access.subnetwork ?? access.network ?? 'default',
});
