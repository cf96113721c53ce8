import type { ServiceObservation } from '../evidence/cloud-run.ts';
import type { VpcAccess } from '../ports/cloud.ts';
import { lastOf } from '../ports/resource-name.ts';
import {
  alsoCutOff,
  type BrokenWay,
  brokenWays,
  lostCount,
  lostLine,
  placesOf,
  probedAlike,
  sureOf,
} from './broken-ways.ts';
import { networkPage, servicePage } from './console-links.ts';
import { CUT_OFF_BRINGS_ABOUT, confessesRelease } from './cut-off.ts';
import { changed } from './deploys.ts';
import { beganWith, readyBefore } from './revisions.ts';
import { type Conclusion, type Confidence, type EvidenceLine, type Expectation, rule } from './rule.ts';
import type { Verdict } from './way-to.ts';

/**
 * What services send takes a way that leads nowhere: into no network, out of one without NAT or default route, to a next hop that is gone, or past the
 * network where only its addresses are admitted.
 * Sees each service's egress setting, routes, NAT gateways, and the places that its lines name as out of reach. Silent when nothing is out of reach,
 * when a deploy that left the way as it was asks for a place that nothing ever led to, and about dynamic routes, which are not read: a private place
 * that no route leads to is then only possible.
 */
export const egressMisrouted = rule({
  layer: 'configuration',
  title: 'Egress misrouted',
  needs: ['network', 'logs', 'cloud-run'],
  considers: ['database'],
  explains: CUT_OFF_BRINGS_ABOUT,
  diagnose: ({ 'cloud-run': { services }, ...seen }, context) => {
    const broken = brokenWays(seen, context).filter(({ way }) => !confessesRelease(way.service, services, seen.logs));
    const groups = new Map<string, readonly [Found, ...Found[]]>();
    for (const one of broken) {
      const fault = faultOf(one, services);
      if (fault === undefined || (one.verdict.kind === 'no-route' && isNewlyAsked(one, broken, services))) continue;
      const found = { ...one, fault };
      const known = groups.get(fault.key);
      groups.set(fault.key, known === undefined ? [found] : [...known, found]);
    }
    const causes = [...groups.values()].map((found) => cause(found[0], found, services, alsoCutOff(found, seen)));
    const unknown = broken.flatMap(({ verdict, place }): Conclusion[] =>
      verdict.kind === 'unknown'
        ? [{ kind: 'inconclusive', reason: `${place.service}: ${verdict.why}`, settles: 'not-by-itself' }]
        : [],
    );
    if (causes.length + unknown.length > 0) return [...causes, ...unknown];
    return [{ kind: 'ruled-out', reason: whyNot(broken) }];
  },
});

function whyNot(broken: readonly BrokenWay[]): string {
  if (broken.length === 0) return 'no service names a place that it does not reach';
  const asked = broken.filter(({ verdict }) => verdict.kind === 'no-route');
  return asked.length === 0
    ? `${broken.length} places are out of reach, and the network leads to each of them`
    : `${placesOf(asked)} was not asked for before ${[...new Set(asked.map(({ way }) => way.service))].join(', ')} was deployed anew, and the way is as it was`;
}

/**
 * Whether all who miss a place miss it from a deploy of theirs on that changed something else than the way: then where they look for it changed, and no
 * network did.
 */
const isNewlyAsked = (
  { place: { host } }: BrokenWay,
  broken: readonly BrokenWay[],
  services: readonly ServiceObservation[],
): boolean =>
  broken
    .filter(({ place }) => place.host === host)
    .every(({ way, place }) => {
      const service = services.find(({ shortName }) => shortName === way.service);
      const [newest] = service?.revisions ?? [];
      if (service === undefined || newest === undefined || !beganWith(newest, place.firstAt)) return false;
      const changes = changed(service, newest);
      return changes.length > 0 && changes.every(({ setting }) => setting !== 'network');
    });

interface Fault {
  /** What one finding is about: the same fault in the same network, or of the same service. */
  readonly key: string;
  readonly target: string;
  /** Ends the claim's first half. */
  readonly what: string;
  readonly confidence: Confidence;
}
type Found = BrokenWay & { readonly fault: Fault };

function faultOf({ way, view, verdict, place }: BrokenWay, services: readonly ServiceObservation[]): Fault | undefined {
  const service = services.find(({ shortName }) => shortName === way.service);
  // Where no network was seen, no verdict is about one.
  const on = view?.name ?? way.service;
  const id = lastOf(on);
  const inNetwork = (kind: Verdict['kind'], what: string, confidence: Confidence = 'certain') => ({
    key: `${kind} ${on}`,
    target: on,
    what,
    confidence,
  });
  const ofService = (kind: Verdict['kind'], what: string, confidence: Confidence) => ({
    key: `${kind} ${way.service}`,
    target: service?.name ?? way.service,
    what,
    confidence,
  });
  switch (verdict.kind) {
    case 'not-connected':
      return ofService(verdict.kind, `${way.service} has no VPC egress, and ${place.host} is private`, 'certain');
    case 'no-way-out':
      return inNetwork(verdict.kind, `Network ${id} has no default route, and all traffic of its services goes there`);
    case 'no-nat':
      return inNetwork(verdict.kind, `Network ${id} has no NAT for its services, and all their traffic goes there`);
    case 'dead-route':
      return inNetwork(
        verdict.kind,
        `Route ${verdict.route.name} of network ${id} sends ${verdict.route.destinationRange} to a next hop that is gone`,
      );
    case 'no-route':
      return inNetwork(verdict.kind, `No route of network ${id} leads to ${place.host}`, 'possible');
    case 'past-the-network': {
      const change = service && egressChange(service);
      if (change === undefined || !beganWith(change.newest, place.firstAt)) return undefined;
      return ofService(
        verdict.kind,
        `${change.newest.shortName} of ${way.service} leaves the network out: ${change.text}`,
        'likely',
      );
    }
    default:
      return undefined;
  }
}

function cause(
  { fault, view }: Found,
  found: readonly Found[],
  all: readonly ServiceObservation[],
  also: readonly string[],
): Conclusion {
  const services = [...new Set([...found.map(({ way }) => way.service), ...(view === undefined ? [] : also)])];
  return {
    kind: 'cause',
    target: fault.target,
    claim: `${fault.what}: ${lostCount(found)} connections to ${placesOf(found)} came to nothing.`,
    confidence: sureOf(found, fault.confidence),
    evidence: [
      { text: `${fault.what}.`, url: pageOf(fault.target) },
      ...changes(found, all),
      ...found.map((one) => ({ text: lostLine(one) })),
    ],
    expects: [throughOthers(found, all), ...probedAlike(found)],
    services,
  };
}

const pageOf = (target: string): string =>
  target.includes('/services/') ? servicePage(target, 'revisions') : networkPage(target);

/** A service whose newest revision took another way than the one before. */
function changes(found: readonly Found[], all: readonly ServiceObservation[]): EvidenceLine[] {
  return [...new Set(found.map(({ way }) => way.service))].flatMap((name) => {
    const service = all.find(({ shortName }) => shortName === name);
    const change = service && egressChange(service);
    return change === undefined
      ? []
      : [{ text: `${name}: ${change.text}, by ${change.newest.shortName} at ${change.newest.createdAt}.` }];
  });
}

/** Where a revision changed the way, what came before its deploy speaks against it. */
function throughOthers(found: readonly Found[], all: readonly ServiceObservation[]): Expectation {
  const onsets = found.flatMap(({ way, place }) => {
    const service = all.find(({ shortName }) => shortName === way.service);
    const change = service && egressChange(service);
    return change === undefined ? [] : [beganWith(change.newest, place.firstAt)];
  });
  return {
    text: 'connections come to nothing from the change of egress on',
    seen: onsets.length === 0 ? 'unknown' : onsets.every(Boolean) ? 'yes' : 'no',
  };
}

function egressChange(service: ServiceObservation) {
  const [newest] = service.revisions;
  const before = newest && readyBefore(service, newest)[0];
  if (newest === undefined || before === undefined) return undefined;
  const [was, is] = [inWords(before.template.vpcAccess), inWords(newest.template.vpcAccess)];
  return was === is ? undefined : { newest, text: `egress was ${was}, and is ${is}` };
}

function inWords(access: VpcAccess): string {
  if (access.kind === 'none') return 'none';
  const by = access.kind === 'connector' ? access.connector : access.subnetwork;
  return `${access.egress} by ${by.split('/').at(-1)}`;
}
