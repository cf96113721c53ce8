import { isIn, isPrivate } from './cidr.ts';
import type { NatState, NetworkState } from './network-state.ts';
import { directOf } from './network-state.ts';
import type { ConnectorState, Json, RevisionState, WorldState } from './state.ts';
import { egressOf, listAt, objectAt, textAt } from './template.ts';

/** How new connections to one address fare: the share that fails, after the client's patience or at once, and as what. */
export interface PathFailure {
  readonly ratio: number;
  readonly how: 'slowly' | 'at-once';
  /** What the application prints, where it is another thing than a time-out. */
  readonly line?: string;
}

const OPEN: PathFailure = { ratio: 0, how: 'slowly' };
const CLOSED: PathFailure = { ratio: 1, how: 'slowly' };

/** Where a revision's packets enter a network. */
export type Entry =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'connector';
      readonly connector: ConnectorState | undefined;
      readonly network: NetworkState | undefined;
      readonly tags: readonly string[];
    }
  | { readonly kind: 'direct'; readonly network: NetworkState | undefined; readonly subnetwork: string };

export function entryOf(state: WorldState, revision: RevisionState): Entry {
  const access = accessOf(revision.template);
  if (access.kind === 'none') return access;
  if (access.kind === 'direct')
    return { kind: 'direct', network: state.networks.get(access.network), subnetwork: access.subnetwork };
  return throughConnector(state, access.connector);
}

/** Where packets enter that take this connector, if it is there. */
export function throughConnector(state: WorldState, name: string): Entry {
  const connector = state.connectors.get(name);
  const network = connector && state.networks.get(connector.estate.network);
  // Source of the tags: Serverless VPC Access, "restrict access with network tags", read 2026-11-23.
  const tags = ['vpc-connector', `vpc-connector-${state.scenario.estate.region}-${name}`];
  return { kind: 'connector', connector, network, tags };
}

/** Share of new connections that come to nothing on the way to a place inside, from where they enter. */
export function lostInside(entry: Entry, address: string): number {
  if (entry.kind === 'none' || entry.network === undefined) return 1;
  const tags = entry.kind === 'connector' ? entry.tags : [];
  if (denies(entry.network, tags, address)) return 1;
  const ip = address.split(':')[0] ?? '';
  if (isPrivate(ip) && hopTo(entry.network, ip) !== 'inside') return 1;
  return entry.kind === 'connector' ? (entry.connector?.timeoutRatio ?? 1) : 0;
}

type Access =
  | { readonly kind: 'none' }
  | { readonly kind: 'connector'; readonly connector: string; readonly egress: string }
  | { readonly kind: 'direct'; readonly network: string; readonly subnetwork: string; readonly egress: string };

/** A revision's template never changes, and is asked for many times a second. */
const accesses = new WeakMap<Json, Access>();

function accessOf(template: Json): Access {
  const known = accesses.get(template) ?? readAccess(template);
  accesses.set(template, known);
  return known;
}

function readAccess(template: Json): Access {
  const access = objectAt(template, 'vpcAccess');
  const egress = egressOf(template);
  const connector = textAt(access, 'connector').split('/').at(-1);
  if (connector) return { kind: 'connector', connector, egress };
  const [direct] = listAt(access, 'networkInterfaces');
  if (direct === undefined) return { kind: 'none' };
  const shortName = (field: string) => textAt(direct, field).split('/').at(-1) || undefined;
  return {
    kind: 'direct',
    ...directOf({ network: shortName('network'), subnetwork: shortName('subnetwork') }),
    egress,
  };
}

/** New connections from a revision to `address`, `10.20.0.3:5432`; `owner` names the database or external behind it. */
export function pathFailure(
  state: WorldState,
  revision: RevisionState,
  { address, owner }: { address: string; owner: string | undefined },
): PathFailure {
  const ip = address.split(':')[0] ?? '';
  const inside = isPrivate(ip);
  const entry = entryOf(state, revision);
  const listed = owner !== undefined && state.scenario.estate.allowListed.includes(owner);
  // Without the network, or past it, packets leave from an address that is Google's and changes.
  if (entry.kind === 'none') return inside || listed ? CLOSED : OPEN;
  if (!inside && egressOf(revision.template) !== 'ALL_TRAFFIC') return listed ? CLOSED : OPEN;
  const { network } = entry;
  if (network === undefined) return CLOSED;
  const carried = entry.kind === 'connector' ? (entry.connector?.timeoutRatio ?? 1) : 0;
  const tags = entry.kind === 'connector' ? entry.tags : [];
  if (denies(network, tags, address)) return CLOSED;
  const hop = hopTo(network, ip);
  if (hop === 'none' || hop === 'gone-instance') return CLOSED;
  if (hop === 'inside') return { ratio: carried, how: 'slowly' };
  // The default route does not carry private addresses anywhere, and a machine without an address of its own needs NAT.
  if (inside || !isTranslated(network, entry)) return CLOSED;
  const refused = network.nat?.destinations.get(natKey(state, revision, address))?.failureRatio ?? 0;
  const ratio = 1 - (1 - carried) * (1 - refused);
  // Seen with Direct VPC egress: a connection that gets no port fails as unreachable (tec-on.net 2025-06); behind a connector it times out.
  if (entry.kind === 'direct' && refused > 0)
    return { ratio, how: 'at-once', line: `Error: connect EHOSTUNREACH ${address}` };
  return { ratio, how: 'slowly' };
}

/** Ports belong to machines: a connector's are shared by all who use it, an instance's by nobody. */
export function natKey(state: WorldState, revision: RevisionState, address: string): string {
  const entry = entryOf(state, revision);
  return `${entry.kind === 'connector' ? (entry.connector?.name ?? '') : `${revision.service}/`} ${address}`;
}

/** The NAT gateway that connections from a revision to a public address take. */
export function natUsed(state: WorldState, revision: RevisionState): NatState | undefined {
  const entry = entryOf(state, revision);
  if (entry.kind === 'none' || egressOf(revision.template) !== 'ALL_TRAFFIC') return undefined;
  const { network } = entry;
  return network && isTranslated(network, entry) ? network.nat : undefined;
}

/** A connector's own hidden subnetwork can be in no list of a NAT gateway: only one for all subnetworks reaches it. */
function isTranslated(network: NetworkState, entry: Exclude<Entry, { kind: 'none' }>): boolean {
  if (network.nat === undefined) return false;
  const { subnetworks } = network.nat.config;
  return subnetworks === undefined || (entry.kind === 'direct' && subnetworks.includes(entry.subnetwork));
}

type Hop = 'inside' | 'internet' | 'gone-instance' | 'none';

/** The most specific route wins, then the lowest priority. */
function hopTo(network: NetworkState, ip: string): Hop {
  const reached = network.subnetworks.some(({ ipCidrRange }) => isIn(ipCidrRange, ip));
  if (reached) return 'inside';
  const peered = network.peering.state === 'ACTIVE' ? network.peering.ranges : [];
  const routes = [
    ...peered.map((destRange) => ({ destRange, priority: 0, hop: 'inside' as const })),
    ...network.routes.map(({ destRange, priority, nextHop }) => ({
      destRange,
      priority,
      hop: nextHop === 'internet-gateway' ? ('internet' as const) : nextHop,
    })),
  ].filter(({ destRange }) => isIn(destRange, ip));
  const [best] = routes.sort(
    (a, b) => Number(b.destRange.split('/')[1]) - Number(a.destRange.split('/')[1]) || a.priority - b.priority,
  );
  return best?.hop ?? 'none';
}

/** Leaving is allowed unless a rule of the lowest number that matches denies it; of two with the same number the one that denies wins. */
function denies(network: NetworkState, tags: readonly string[], address: string): boolean {
  const [ip = '', port = ''] = address.split(':');
  const matching = network.firewalls.filter(
    (rule) =>
      rule.direction === 'EGRESS' &&
      rule.ranges.some((range) => isIn(range, ip)) &&
      (rule.targetTags.length === 0 || rule.targetTags.some((tag) => tags.includes(tag))) &&
      (rule.protocol === 'all' || rule.protocol === 'tcp') &&
      (rule.ports.length === 0 || rule.ports.some((range) => hasPort(range, Number(port)))),
  );
  const [first] = matching.sort((a, b) => a.priority - b.priority || (a.action === 'DENY' ? -1 : 1));
  return first?.action === 'DENY';
}

function hasPort(range: string, port: number): boolean {
  const [low = 0, high = low] = range.split('-').map(Number);
  return port >= low && port <= high;
}
