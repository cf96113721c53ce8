import type { Instant } from './clock.ts';

/** A VPC network, `projects/P/global/networks/N`, and the networks that it is joined to. */
export interface Network {
  readonly name: string;
  readonly peerings: readonly {
    /** `servicenetworking-googleapis-com` is the one behind Cloud SQL and Memorystore with private addresses. */
    readonly name: string;
    readonly active: boolean;
    readonly details: string | undefined;
  }[];
}

/** Full names: `projects/P/regions/R/subnetworks/S`. */
export interface Subnetwork {
  readonly name: string;
  readonly network: string;
  readonly ipCidrRange: string;
  readonly privateGoogleAccess: boolean;
}

/** A Cloud NAT gateway: what gives machines without an address of their own a way to the internet. */
export interface NatGateway {
  readonly name: string;
  readonly router: string;
  readonly network: string;
  readonly minPortsPerVm: number;
  /** The most that dynamic allocation gives; undefined where each machine has its minimum for good. */
  readonly maxPortsPerVm: number | undefined;
  /** Addresses that were given by hand; undefined where the gateway takes as many as it wants. */
  readonly addresses: number | undefined;
  /** Those that it serves, full names; undefined for all of the network. */
  readonly subnetworks: readonly string[] | undefined;
}

/** Ports that one gateway gives each machine, for each address and protocol; `maxPortsPerVm` null: as many as the minimum, for good. */
export interface NatPorts {
  readonly minPortsPerVm: number;
  readonly maxPortsPerVm: number | null;
}

export interface Route {
  readonly name: string;
  readonly network: string;
  readonly destinationRange: string;
  readonly priority: number;
  readonly nextHop: 'internet-gateway' | 'peering' | 'subnetwork' | 'other';
  /** Its tags: it holds only for machines that carry one; empty for all. */
  readonly tags: readonly string[];
  /** What Google says is wrong with it: `NEXT_HOP_INSTANCE_NOT_FOUND`. */
  readonly warnings: readonly string[];
  readonly createdAt: Instant | undefined;
}

/** A firewall rule of the network itself; hierarchical policies are others. */
export interface Firewall {
  readonly name: string;
  readonly network: string;
  readonly direction: 'egress' | 'ingress';
  readonly action: 'allow' | 'deny';
  readonly priority: number;
  /** Destinations of an egress rule, sources of an ingress rule. */
  readonly ranges: readonly string[];
  /** Sources by what they carry, besides `ranges`; of an ingress rule. */
  readonly sourceTags: readonly string[];
  /** It holds only for machines that carry one; empty for all. */
  readonly targetTags: readonly string[];
  readonly targetServiceAccounts: readonly string[];
  /** `tcp`, `all`; no ports for all of them, else `5432` or `1000-2000`. */
  readonly protocols: readonly { readonly protocol: string; readonly ports: readonly string[] }[];
  readonly disabled: boolean;
  readonly createdAt: Instant | undefined;
}

/** A range that a network keeps for private services; it stays when their peering goes. */
export interface PrivateRange {
  readonly network: string;
  readonly range: string;
}

export interface PrivateZone {
  readonly name: string;
  /** Without the dot at its end. */
  readonly domain: string;
  /** Networks that see it. */
  readonly networks: readonly string[];
  /** `records`: its names are its own; otherwise another network or server answers for it. */
  readonly answers: 'records' | 'elsewhere';
}

export interface DnsRecord {
  readonly name: string;
  readonly type: string;
  readonly values: readonly string[];
}

/** What someone did to a zone, at once. */
export interface ZoneChange {
  readonly at: Instant | undefined;
  readonly added: readonly DnsRecord[];
  readonly removed: readonly DnsRecord[];
}

/** Networks, of Compute Engine and Cloud DNS. A list holds what a project has, whichever network it is of. */
export interface NetworkReader {
  network(name: string, abort: AbortSignal): Promise<Network>;
  networks(project: string, abort: AbortSignal): Promise<readonly Network[]>;
  subnetworks(
    where: { readonly project: string; readonly region: string },
    abort: AbortSignal,
  ): Promise<readonly Subnetwork[]>;
  natGateways(
    where: { readonly project: string; readonly region: string },
    abort: AbortSignal,
  ): Promise<readonly NatGateway[]>;
  routes(project: string, abort: AbortSignal): Promise<readonly Route[]>;
  firewalls(project: string, abort: AbortSignal): Promise<readonly Firewall[]>;
  privateRanges(project: string, abort: AbortSignal): Promise<readonly PrivateRange[]>;
  privateZones(project: string, abort: AbortSignal): Promise<readonly PrivateZone[]>;
  zoneRecords(
    zone: { readonly project: string; readonly zone: string },
    abort: AbortSignal,
  ): Promise<readonly DnsRecord[]>;
  /** The newest, newest first. */
  zoneChanges(
    zone: { readonly project: string; readonly zone: string },
    abort: AbortSignal,
  ): Promise<readonly ZoneChange[]>;
}
