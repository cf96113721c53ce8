import { baseOf, isIn, isIpv4, isPrivate, prefixOf } from '../evidence/cidr.ts';
import type { NatObservation, NetworkView, Part, Way } from '../evidence/network.ts';
import type { Firewall, Route } from '../ports/network.ts';
import { lastOf } from '../ports/resource-name.ts';

/** What becomes of the packets that a service sends to one place, as far as the network's configuration decides. */
export type Verdict =
  /** Nothing that could be seen is in their way. */
  | { readonly kind: 'open' }
  | { readonly kind: 'translated'; readonly gateway: NatObservation }
  /** They do not enter the network: it is no part of this. */
  | { readonly kind: 'past-the-network' }
  /** A private place, and a service that enters no network. */
  | { readonly kind: 'not-connected' }
  | { readonly kind: 'denied'; readonly rule: Firewall }
  /** A private place that no route leads to; `range` is the reserved range it is in, behind a peering that is not there. */
  | { readonly kind: 'unpeered'; readonly range: string }
  | { readonly kind: 'no-route' }
  | { readonly kind: 'dead-route'; readonly route: Route }
  /** A public place, and no default route. */
  | { readonly kind: 'no-way-out' }
  /** A public place, and no gateway that gives the service's machines an address there. */
  | { readonly kind: 'no-nat' }
  | { readonly kind: 'unknown'; readonly why: string };

interface Place {
  readonly host: string;
  readonly port: number | undefined;
}

/** Reached without NAT wherever Private Google Access is on. Source: Private Google Access, options (read 2026-11-23). */
const GOOGLE_RANGES: readonly string[] = ['199.36.153.8/30', '199.36.153.4/30'];
const isGoogle = ({ host }: Place): boolean =>
  host.endsWith('.googleapis.com') || GOOGLE_RANGES.some((range) => isIn(range, host));

export function wayTo(way: Way, view: NetworkView | undefined, place: Place): Verdict {
  const inside = isIpv4(place.host) && isPrivate(place.host);
  if (way.kind === 'none') return { kind: inside ? 'not-connected' : 'past-the-network' };
  if (!inside && way.egress === 'private-ranges-only') return { kind: 'past-the-network' };
  if (view === undefined) return { kind: 'unknown', why: `the network of ${way.service} could not be read` };
  const unread = (part: Part) => view.unread.find((one) => one.part === part);
  const rule = denial(way, view, place);
  if (rule !== undefined) return { kind: 'denied', rule };
  const missing = unread('routes') ?? (inside ? undefined : unread('gateways'));
  if (missing !== undefined) return { kind: 'unknown', why: missing.detail };
  // Every network leads to its own subnetworks at least, so that a list without any route tells nothing.
  if (view.routes.length === 0) return { kind: 'unknown', why: `no route of ${lastOf(view.name)} is listed` };
  const route = routeTo(way, view, place);
  if (route !== undefined && route.nextHop === 'other' && route.warnings.length > 0)
    return { kind: 'dead-route', route };
  return inside ? insideVerdict(view, place, route) : outsideVerdict(way, view, place, route);
}

/** The default route leads private addresses nowhere. */
function insideVerdict({ privateRanges, unread }: NetworkView, { host }: Place, route: Route | undefined): Verdict {
  if (route !== undefined && route.nextHop !== 'internet-gateway') return { kind: 'open' };
  const ranges = unread.find(({ part }) => part === 'privateRanges');
  if (ranges !== undefined) return { kind: 'unknown', why: ranges.detail };
  const range = privateRanges.find((one) => isIn(one, host));
  return range === undefined ? { kind: 'no-route' } : { kind: 'unpeered', range };
}

function outsideVerdict(way: Way, view: NetworkView, place: Place, route: Route | undefined): Verdict {
  if (route === undefined) return { kind: 'no-way-out' };
  if (route.nextHop !== 'internet-gateway') return { kind: 'open' };
  const subnetwork = view.subnetworks.find(({ name }) => name === way.subnetwork);
  // A connector's own hidden subnetwork has it on.
  if (isGoogle(place) && (subnetwork?.privateGoogleAccess ?? true)) return { kind: 'open' };
  const gateway = view.gateways.find((one) => serves(one, way));
  return gateway === undefined ? { kind: 'no-nat' } : { kind: 'translated', gateway };
}

/** A connector's hidden subnetwork can be in no list. Source: Cloud Run, VPC with connectors (read 2026-11-23). */
export const serves = ({ subnetworks }: NatObservation, { subnetwork }: Way): boolean =>
  subnetworks === undefined || (subnetwork !== undefined && subnetworks.includes(subnetwork));

/** The most specific route wins, then the lowest priority. Of a name only the default route can be said to lead there. */
function routeTo({ tags }: Way, { routes }: NetworkView, { host }: Place): Route | undefined {
  const leading = routes.filter(
    (route) =>
      (route.tags.length === 0 || route.tags.some((tag) => tags.includes(tag))) && covers(route.destinationRange, host),
  );
  return leading.sort(
    (a, b) => prefixOf(b.destinationRange) - prefixOf(a.destinationRange) || a.priority - b.priority,
  )[0];
}

const covers = (range: string, host: string): boolean => (isIpv4(host) ? isIn(range, host) : range === '0.0.0.0/0');

/**
 * The rule that keeps the packets from leaving, or from reaching a machine of the network itself. Of the rules that match, the lowest number decides,
 * and of two with the same number the one that denies. Source: VPC firewall rules, priority (read 2026-11-23).
 */
function denial(way: Way, view: NetworkView, { host, port }: Place): Firewall | undefined {
  const source = way.sourceRange ?? view.subnetworks.find(({ name }) => name === way.subnetwork)?.ipCidrRange;
  const isOurs = view.subnetworks.some(({ ipCidrRange }) => isIn(ipCidrRange, host));
  const leaving = view.firewalls.filter(
    (rule) =>
      rule.direction === 'egress' &&
      (rule.targetTags.length === 0 || rule.targetTags.some((tag) => way.tags.includes(tag))) &&
      rule.ranges.some((range) => covers(range, host)),
  );
  // What a machine carries is not known here: a rule that denies must hold for every machine, one that allows may hold for this.
  const arriving = view.firewalls.filter(
    (rule) =>
      isOurs &&
      source !== undefined &&
      rule.direction === 'ingress' &&
      (rule.action === 'allow' || rule.targetTags.length === 0) &&
      (rule.ranges.some((range) => isIn(range, baseOf(source))) ||
        rule.sourceTags.some((tag) => way.tags.includes(tag))),
  );
  const [first] = [...decisive(leaving, port), ...decisive(arriving, port)].filter(({ action }) => action === 'deny');
  return first;
}

function decisive(rules: readonly Firewall[], port: number | undefined): readonly Firewall[] {
  const matching = rules.filter(
    (rule) =>
      !rule.disabled && rule.targetServiceAccounts.length === 0 && rule.protocols.some((one) => isFor(one, port)),
  );
  return matching
    .sort((a, b) => a.priority - b.priority || (a.action === 'deny' ? -1 : 1) - (b.action === 'deny' ? -1 : 1))
    .slice(0, 1);
}

/** IP protocol 6 is TCP. */
function isFor({ protocol, ports }: Firewall['protocols'][number], port: number | undefined): boolean {
  if (!['all', 'tcp', '6'].includes(protocol)) return false;
  if (ports.length === 0) return true;
  return port !== undefined && ports.some((range) => isPort(range, port));
}

function isPort(range: string, port: number): boolean {
  const [low, high = low] = range.split('-').map(Number);
  return low !== undefined && high !== undefined && port >= low && port <= high;
}
