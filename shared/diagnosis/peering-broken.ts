import { isIpv4, isPrivate } from '../evidence/cidr.ts';
import type { NetworkObservation, NetworkView } from '../evidence/network.ts';
import { lastOf } from '../ports/resource-name.ts';
import {
  alsoCutOff,
  type BrokenWay,
  brokenWays,
  LOST_MIN,
  lostCount,
  lostLine,
  namelessTimeouts,
  placesOf,
  probedAlike,
  sureOf,
} from './broken-ways.ts';
import { peeringPage } from './console-links.ts';
import { CUT_OFF_BRINGS_ABOUT, confessesRelease } from './cut-off.ts';
import { type Conclusion, rule, standingOfEach } from './rule.ts';
import { unlessUnseen } from './unseen-ways.ts';

/** The peering behind which Cloud SQL and Memorystore have their private addresses. Source: private services access (read 2026-11-23). */
const PRIVATE_SERVICES = 'servicenetworking-googleapis-com';

/**
 * The peering behind which managed databases have their private addresses is gone or inactive: no route leads to them any more.
 * Sees peerings, the ranges that are reserved for private services, routes, and connections into those ranges that time out.
 * Silent when the peering is active, and when nothing in a reserved range is out of reach: it may never have been used.
 */
export const peeringBroken = rule({
  layer: 'infrastructure',
  title: 'Private services peering broken',
  needs: ['network', 'logs', 'cloud-run'],
  considers: ['database'],
  explains: CUT_OFF_BRINGS_ABOUT,
  diagnose: ({ 'cloud-run': { services }, ...seen }, context) => {
    const broken = brokenWays(seen, context).filter(({ way }) => !confessesRelease(way.service, services, seen.logs));
    const judged = seen.network.networks.map((view) => {
      const found = broken.filter((one) => one.view?.name === view.name && isBehind(one, view));
      return found.length > 0 ? cause(view, found, alsoCutOff(found, seen)) : without(view, seen);
    });
    return unlessUnseen(standingOfEach(judged, 'no watched service sends into a network'), seen.network);
  },
});

/** In a reserved range that nothing leads to; or private at all, where routes or ranges could not be read and the peering says that it is inactive. */
const isBehind = ({ verdict, place: { host } }: BrokenWay, { peerings = [] }: NetworkView): boolean =>
  verdict.kind === 'unpeered' ||
  (verdict.kind === 'unknown' &&
    isIpv4(host) &&
    isPrivate(host) &&
    peerings.some(({ name, active }) => name === PRIVATE_SERVICES && !active));

function cause(view: NetworkView, found: readonly BrokenWay[], also: readonly string[]): Conclusion {
  const [, project = '', , , id = ''] = view.name.split('/');
  const peering = view.peerings?.find(({ name }) => name === PRIVATE_SERVICES);
  const how = peering === undefined ? 'is gone' : 'is inactive';
  const services = [...new Set([...found.map(({ way }) => way.service), ...also])];
  const ranges = [...new Set(found.flatMap(({ verdict }) => (verdict.kind === 'unpeered' ? [verdict.range] : [])))];
  const seenRanges = ranges.length > 0;
  return {
    kind: 'cause',
    target: view.name,
    claim: `The private services peering of network ${id} ${how}${seenRanges ? `: no route leads to ${ranges.join(', ')}` : ''}, and ${lostCount(found)} connections to ${placesOf(found)} came to nothing.`,
    confidence: sureOf(found, seenRanges ? 'certain' : 'likely'),
    evidence: [
      {
        text: `Network ${id}: ${peering === undefined ? `no peering ${PRIVATE_SERVICES}` : `${PRIVATE_SERVICES} is not ACTIVE${peering.details === undefined ? '' : `: ${peering.details}`}`}${seenRanges ? `; ${ranges.join(', ')} still reserved for it` : ''}.`,
        url: peeringPage(project),
      },
      ...found.map((one) => ({ text: lostLine(one) })),
    ],
    expects: [
      {
        text: 'the peering is missing or inactive',
        // A peering that is active and gives no route is another fault, of its other side.
        seen: view.unread.some(({ part }) => part === 'peerings') ? 'unknown' : peering?.active === true ? 'no' : 'yes',
      },
      ...probedAlike(found),
    ],
    services,
  };
}

/** Nothing named was found cut off; what no line names may be. */
function without(view: NetworkView, { network, logs }: Parameters<typeof alsoCutOff>[1]): Conclusion {
  const id = lastOf(view.name);
  const unread = view.unread.find(({ part }) => ['peerings', 'routes', 'privateRanges'].includes(part));
  const services = servicesIn(network, view).filter((service) => namelessTimeouts(service, logs) >= LOST_MIN);
  if (unread !== undefined)
    return {
      kind: 'inconclusive',
      reason: `${id}: ${unread.detail}`,
      settles: 'not-by-itself',
      about: { target: view.name, services },
    };
  const peering = view.peerings?.find(({ name }) => name === PRIVATE_SERVICES);
  if (peering?.active === true) return { kind: 'ruled-out', reason: `${id}: ${PRIVATE_SERVICES} is active` };
  if (view.privateRanges.length === 0 && peering === undefined)
    return { kind: 'ruled-out', reason: `${id} has no range for private services` };
  if (services.length === 0)
    return { kind: 'ruled-out', reason: `${id}: nothing in ${view.privateRanges.join(', ')} is out of reach` };
  return {
    kind: 'inconclusive',
    reason: `${id} has no active peering for ${view.privateRanges.join(', ')}, and the lines of ${services.join(', ')} do not say which address they do not reach`,
    settles: 'not-by-itself',
    about: { target: view.name, services },
    nextCheck: `See whether the databases of ${services.join(', ')} have addresses in ${view.privateRanges.join(', ')}.`,
  };
}

const servicesIn = ({ ways }: NetworkObservation, view: NetworkView): string[] =>
  ways.filter(({ network }) => network === view.name).map(({ service }) => service);
