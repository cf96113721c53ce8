import type { Connector, Egress, Series, SeriesQuery, Service } from '../ports/cloud.ts';
import type {
  DnsRecord,
  Firewall,
  NatGateway,
  Network,
  PrivateRange,
  PrivateZone,
  Route,
  Subnetwork,
  ZoneChange,
} from '../ports/network.ts';
import { PlatformFailure } from '../ports/platform-failure.ts';
import { parseName, projectOf } from '../ports/resource-name.ts';
import { inBatches } from './in-batches.ts';
import type { Inspection, Inspector } from './inspector.ts';
import { knownSeries } from './known-series.ts';
import { redact } from './redact.ts';
import { connectorNames } from './vpc-connector.ts';
import { watchedServices } from './watched-services.ts';

type Points = Series['points'];

/** How the packets of one service leave it. */
export interface Way {
  readonly service: string;
  readonly kind: 'connector' | 'direct' | 'none';
  readonly egress: Egress;
  /** Full name of the connector; undefined without one. */
  readonly connector: string | undefined;
  /** Full name; undefined without any, or where the connector could not be read. */
  readonly network: string | undefined;
  /** Full name of the subnetwork of Direct VPC egress, or of the connector's own where it was given one. */
  readonly subnetwork: string | undefined;
  /** The addresses that its packets come from; undefined where that is not known. */
  readonly sourceRange: string | undefined;
  /** What its machines carry: firewall rules and routes may be for these alone. */
  readonly tags: readonly string[];
  /** Why its connector could not be read; left out where it was, where there is none, or where it does not exist. */
  readonly unread?: string;
}

export type NatObservation = NatGateway & {
  /** Packets that found no port, per minute, oldest first. A gateway that drops none has no points. */
  readonly droppedPackets: Points;
  /** The most ports that one machine holds to one destination. */
  readonly portUsage: Points;
  /** 1 where a machine was given no address or ports at all. */
  readonly allocationFailed: Points;
  /** Ports given to all machines together, used or not; left out of what was seen before runmedic read it. */
  readonly allocatedPorts?: Points;
};

export type ZoneObservation = PrivateZone & {
  readonly records: readonly DnsRecord[];
  /** The newest, newest first. */
  readonly changes: readonly ZoneChange[];
};

export interface NetworkView {
  readonly name: string;
  /** undefined: there is no network of this name. */
  readonly peerings: Network['peerings'] | undefined;
  /** Of the region that is watched. */
  readonly subnetworks: readonly Subnetwork[];
  readonly gateways: readonly NatObservation[];
  readonly routes: readonly Route[];
  readonly firewalls: readonly Firewall[];
  readonly privateRanges: readonly string[];
  readonly zones: readonly ZoneObservation[];
  /** Parts that could not be read, or not whole: what is not there then says nothing. */
  readonly unread: readonly { readonly part: Part; readonly detail: string }[];
}

export type Part =
  | 'peerings'
  | 'subnetworks'
  | 'gateways'
  | 'metrics'
  | 'routes'
  | 'firewalls'
  | 'privateRanges'
  | 'zones';

export interface NetworkObservation {
  readonly ways: readonly Way[];
  readonly networks: readonly NetworkView[];
  /** Networks of the project, where a connector is gone and with it what tells which of them its services sent into; left out where none is. */
  readonly supposed?: readonly NetworkView[];
}

const PARTS = 8;
/** A project rarely has more private zones in one network; the rest is left out, and `unread` says so. */
const ZONES_MAX = 20;
/** Enough for every host that an application names, few enough to store. */
const RECORDS_MAX = 200;

/**
 * Sees the networks that the watched services send into, by connector or Direct VPC egress: Cloud NAT with its drops, routes, firewall rules,
 * peerings, ranges of private services, private DNS zones with their records, subnetworks and their Private Google Access.
 * API: Compute Engine v1 networks.get, networks.list where a connector is gone, and lists of subnetworks, routers, routes, firewalls, globalAddresses; Cloud DNS v1 managedZones.list, resourceRecordSets.list, changes.list; Monitoring v3 timeSeries.list; VPC Access v1 connectors.get. Permissions: compute.networks.get, compute.networks.list, compute.subnetworks.list, compute.routers.list, compute.routes.list, compute.firewalls.list, compute.globalAddresses.list, dns.managedZones.list, dns.resourceRecordSets.list, dns.changes.list, monitoring.timeSeries.list, run.services.list, vpcaccess.connectors.get; in a Shared VPC also in the host project.
 * Silent about hierarchical firewall policies and response policies, about dynamic routes, and about the last four minutes of a gateway's metrics, which arrive up to 225 s late.
 */
export const network: Inspector<NetworkObservation> = {
  deadlineMs: 10_000,
  permissions: [
    'run.services.list',
    'vpcaccess.connectors.get',
    'compute.networks.get',
    'compute.networks.list',
    'compute.subnetworks.list',
    'compute.routers.list',
    'compute.routes.list',
    'compute.firewalls.list',
    'compute.globalAddresses.list',
    'dns.managedZones.list',
    'dns.resourceRecordSets.list',
    'dns.changes.list',
    'monitoring.timeSeries.list',
  ],
  appliesTo: () => true,
  inspect: async (inspection, abort) => {
    const { cloud, environment } = inspection;
    const services = await watchedServices(cloud, environment, abort);
    const names = connectorNames(services, undefined);
    const connectors = await inBatches(names, (name) => connectorIfThere(name, inspection, abort));
    const ways = services.map((service) => wayOf(service, connectors, environment.project, environment.region));
    const networks = [...new Set(ways.flatMap(({ network: name }) => name ?? []))];
    const [seen, supposed] = await Promise.all([
      inBatches(networks, (name) => view(name, inspection, abort)),
      ways.some(leadsNowhere) ? supposedOf(inspection, abort) : undefined,
    ]);
    return { ways, networks: seen, ...(supposed && { supposed }) };
  },
};

const leadsNowhere = ({ kind, network, unread }: Way): boolean =>
  kind === 'connector' && network === undefined && unread === undefined;

/** A project rarely has more; with more of them nobody can say which it was. */
const SUPPOSED_MAX = 4;

async function supposedOf(inspection: Inspection, abort: AbortSignal): Promise<readonly NetworkView[] | undefined> {
  try {
    const all = await inspection.cloud.networks(inspection.environment.project, abort);
    if (all.length > SUPPOSED_MAX) return undefined;
    return await inBatches(
      all.map(({ name }) => name),
      (name) => view(name, inspection, abort),
    );
  } catch (error) {
    if (abort.aborted || !(error instanceof PlatformFailure)) throw error;
    return undefined;
  }
}

/** A connector as it is; what does not exist is there by its name alone, and what cannot be read says why. */
type Named = { readonly name: string } & Partial<Omit<Connector, 'name'>> & Pick<Way, 'unread'>;

async function connectorIfThere(name: string, { cloud }: Inspection, abort: AbortSignal): Promise<Named> {
  try {
    return await cloud.connector(name, abort);
  } catch (error) {
    if (abort.aborted || !(error instanceof PlatformFailure)) throw error;
    return { name, ...(error.code !== 'not-found' && { unread: redact(error.message) }) };
  }
}

function wayOf(
  { shortName: service, template: { vpcAccess } }: Service,
  connectors: readonly Named[],
  project: string,
  region: string,
): Way {
  if (vpcAccess.kind === 'none')
    return {
      service,
      kind: 'none',
      egress: 'private-ranges-only',
      connector: undefined,
      network: undefined,
      subnetwork: undefined,
      sourceRange: undefined,
      tags: [],
    };
  const { egress } = vpcAccess;
  if (vpcAccess.kind === 'direct')
    return {
      service,
      kind: 'direct',
      egress,
      connector: undefined,
      network: fullName(vpcAccess.network, project, 'global/networks'),
      subnetwork: fullName(vpcAccess.subnetwork, project, `regions/${region}/subnetworks`),
      sourceRange: undefined,
      tags: [],
    };
  const found = connectors.find(({ name }) => name === vpcAccess.connector);
  return {
    service,
    kind: 'connector',
    egress,
    connector: vpcAccess.connector,
    network: found && networkOf(found),
    subnetwork: found?.subnetwork,
    sourceRange: found?.ipCidrRange,
    tags: tagsOf(vpcAccess.connector),
    ...(found?.unread !== undefined && { unread: found.unread }),
  };
}

/** Every connector's machines carry the first, each connector's the second. Source: Serverless VPC Access, network tags (read 2026-11-23). */
function tagsOf(connector: string): readonly string[] {
  const { region, id } = parseName(connector);
  return ['vpc-connector', `vpc-connector-${region}-${id}`];
}

/** Where its subnetwork is another project's, so is its network: a Shared VPC's host. */
function networkOf({ name, network: short, subnetwork }: Named): string | undefined {
  if (short === undefined) return undefined;
  return fullName(short, projectOf(subnetwork ?? name), 'global/networks');
}

/** A short name, a full name or a link, as its full name. */
function fullName(name: string, project: string, collection: string): string {
  const start = name.indexOf('projects/');
  return start === -1 ? `projects/${project}/${collection}/${name}` : name.slice(start);
}

async function view(name: string, inspection: Inspection, abort: AbortSignal): Promise<NetworkView> {
  const { cloud, environment } = inspection;
  const project = projectOf(name);
  const where = { project, region: environment.region };
  const unread: { part: Part; detail: string }[] = [];
  let failure: PlatformFailure | undefined;
  const part = async <T>(what: Part, empty: T, read: () => Promise<T>): Promise<T> => {
    try {
      return await read();
    } catch (error) {
      if (abort.aborted || !(error instanceof PlatformFailure)) throw error;
      failure ??= error;
      unread.push({ part: what, detail: redact(error.message) });
      return empty;
    }
  };
  const list = <T extends { readonly network: string }>(what: Part, read: () => Promise<readonly T[]>) =>
    part<readonly T[]>(what, [], async () => (await read()).filter((one) => one.network === name));
  const [peerings, subnetworks, gateways, metrics, routes, firewalls, ranges, zones] = await Promise.all([
    part<Network['peerings'] | undefined>('peerings', [], () => peeringsOf(name, inspection, abort)),
    list<Subnetwork>('subnetworks', () => cloud.subnetworks(where, abort)),
    list<NatGateway>('gateways', () => cloud.natGateways(where, abort)),
    part('metrics', NOTHING_MEASURED, () => measure(where, inspection, abort)),
    list<Route>('routes', () => cloud.routes(project, abort)),
    list<Firewall>('firewalls', () => cloud.firewalls(project, abort)),
    list<PrivateRange>('privateRanges', () => cloud.privateRanges(project, abort)),
    part('zones', NO_ZONES, () => zonesOf(name, project, inspection, abort)),
  ]);
  // Nothing of it could be seen: then that is the answer.
  if (failure !== undefined && unread.length === PARTS) throw failure;
  return {
    name,
    peerings,
    subnetworks,
    gateways: gateways.map((gateway) => ({ ...gateway, ...metrics(gateway.name) })),
    routes,
    firewalls,
    privateRanges: ranges.map(({ range }) => range),
    zones: zones.read,
    unread: [...unread, ...leftOut(zones, name)].sort((a, b) => (a.part < b.part ? -1 : 1)),
  };
}

async function peeringsOf(
  name: string,
  { cloud }: Inspection,
  abort: AbortSignal,
): Promise<Network['peerings'] | undefined> {
  try {
    return (await cloud.network(name, abort)).peerings;
  } catch (error) {
    if (error instanceof PlatformFailure && error.code === 'not-found') return undefined;
    throw error;
  }
}

type Measurements = Pick<NatObservation, 'droppedPackets' | 'portUsage' | 'allocationFailed' | 'allocatedPorts'>;

const NOTHING_MEASURED = (): Measurements => ({ droppedPackets: [], portUsage: [], allocationFailed: [] });

/** Four queries for all gateways of a region. */
async function measure(
  { project, region }: { readonly project: string; readonly region: string },
  { cloud, since, until }: Inspection,
  abort: AbortSignal,
): Promise<(gateway: string) => Measurements> {
  const ask = (metric: string, aligner: SeriesQuery['aligner'], reducer: SeriesQuery['reducer']) =>
    knownSeries(
      cloud.series(
        {
          project,
          filter: `metric.type="router.googleapis.com/nat/${metric}" AND resource.type="nat_gateway" AND resource.labels.region="${region}"`,
          from: since,
          to: until,
          alignSeconds: 60,
          aligner,
          reducer,
          groupBy: ['resource.labels.gateway_name'],
        },
        abort,
      ),
    );
  const [dropped, usage, failed, allocated] = await Promise.all([
    ask('dropped_sent_packets_count', 'ALIGN_DELTA', 'REDUCE_SUM'),
    ask('port_usage', 'ALIGN_MAX', 'REDUCE_MAX'),
    ask('nat_allocation_failed', 'ALIGN_FRACTION_TRUE', 'REDUCE_MAX'),
    ask('allocated_ports', 'ALIGN_MAX', 'REDUCE_SUM'),
  ]);
  return (gateway) => {
    const own = (series: readonly Series[]) =>
      series.find(({ labels }) => labels['gateway_name'] === gateway)?.points ?? [];
    return {
      droppedPackets: own(dropped),
      portUsage: own(usage),
      allocationFailed: own(failed),
      allocatedPorts: own(allocated),
    };
  };
}

async function zonesOf(name: string, project: string, { cloud }: Inspection, abort: AbortSignal): Promise<ReadZones> {
  const all = await cloud.privateZones(project, abort);
  // A zone that no network sees may be the one that was taken away from ours.
  const near = [
    ...all.filter(({ networks }) => networks.includes(name)),
    ...all.filter(({ networks }) => networks.length === 0),
  ];
  const read = await inBatches(near.slice(0, ZONES_MAX), async (zone) => {
    if (zone.answers === 'elsewhere') return { ...zone, records: [], changes: [] };
    const asked = { project, zone: zone.name };
    const [records, changes] = await Promise.all([cloud.zoneRecords(asked, abort), cloud.zoneChanges(asked, abort)]);
    return { ...zone, records: addressesOf(records).slice(0, RECORDS_MAX), changes };
  });
  return { read, count: near.length };
}

interface ReadZones {
  /** At most ZONES_MAX: those that the network sees come first. */
  readonly read: readonly ZoneObservation[];
  readonly count: number;
}

const NO_ZONES: ReadZones = { read: [], count: 0 };

const leftOut = ({ read, count }: ReadZones, name: string): NetworkView['unread'] =>
  count === read.length
    ? []
    : [{ part: 'zones', detail: `${name} has ${count} private zones, of which ${read.length} were read` }];

const addressesOf = (records: readonly DnsRecord[]): readonly DnsRecord[] =>
  records.filter(({ type }) => ['A', 'AAAA', 'CNAME'].includes(type));
