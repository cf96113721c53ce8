import type { LogsObservation } from '../evidence/logs.ts';
import type { NatObservation, NetworkObservation, NetworkView } from '../evidence/network.ts';
import { projectOf } from '../ports/resource-name.ts';
import { alsoCutOff, type BrokenWay, brokenWays, lostCount, lostLine, placesOf } from './broken-ways.ts';
import { natPage } from './console-links.ts';
import { CUT_OFF_BRINGS_ABOUT, confessesRelease } from './cut-off.ts';
import { isRecent } from './recent.ts';
import { type Conclusion, type Context, rule, standingOfEach } from './rule.ts';
import { unlessUnseen } from './unseen-ways.ts';
import { serves } from './way-to.ts';

/** Drops of a gateway are lost connections, four packets or so each; fewer than this are a lone burst that clients asked again for. Our own choice. */
const DROPPED_PACKETS_MIN = 20;
/** So many of its ports in use leave none for a burst within the minute that a point is the most of. Our own choice, as for a connector. */
const PORTS_USED_RATIO = 0.9;

/**
 * A Cloud NAT gateway has no port or address left for its machines: new connections to public places come to nothing.
 * Sees packets that the gateway drops, ports in use against those that a machine has, and public places that its services do not reach. Looks like a
 * full connector where all traffic takes it: private places are then reached all the same. Silent where nothing goes out by NAT.
 */
export const natExhausted = rule({
  layer: 'infrastructure',
  title: 'NAT ports exhausted',
  needs: ['network', 'logs', 'cloud-run'],
  explains: CUT_OFF_BRINGS_ABOUT,
  diagnose: ({ 'cloud-run': { services }, ...seen }, context) => {
    const translated = brokenWays(seen, context).filter(
      ({ way, verdict }) => verdict.kind === 'translated' && !confessesRelease(way.service, services, seen.logs),
    );
    const judged = seen.network.networks.flatMap((view) =>
      view.gateways.map((gateway) => {
        const found = translated.filter(
          ({ verdict }) => verdict.kind === 'translated' && verdict.gateway.name === gateway.name,
        );
        return judge(gateway, view, found, seen, context);
      }),
    );
    return unlessUnseen(standingOfEach(judged, 'no network has a NAT gateway'), seen.network);
  },
});

function judge(
  gateway: NatObservation,
  view: NetworkView,
  found: readonly BrokenWay[],
  seen: { readonly network: NetworkObservation; readonly logs: LogsObservation },
  context: Context,
): Conclusion {
  const { name } = gateway;
  const users = seen.network.ways
    .filter((way) => way.network === view.name && way.egress === 'all-traffic' && serves(gateway, way))
    .map(({ service }) => service);
  const lost = [...new Set(found.map(({ way }) => way.service))];
  const about = { target: targetOf(gateway, view, context), services: lost };
  const unread = view.unread.find(({ part }) => part === 'metrics');
  if (unread !== undefined)
    return found.length === 0
      ? { kind: 'ruled-out', reason: `${name}: no public place is out of reach` }
      : { kind: 'inconclusive', reason: `${name}: ${unread.detail}`, settles: 'not-by-itself', about };
  const recent = (points: NatObservation['portUsage']) => points.filter(({ at }) => isRecent(at, context));
  const dropped = recent(gateway.droppedPackets).reduce((sum, { value }) => sum + value, 0);
  const failed = recent(gateway.allocationFailed).some(({ value }) => value > 0);
  const ports = gateway.maxPortsPerVm ?? gateway.minPortsPerVm;
  const used = Math.max(0, ...recent(gateway.portUsage).map(({ value }) => value));
  const usage = `${used} of ${ports} ports in use to one destination`;
  if (dropped < DROPPED_PACKETS_MIN && !failed) {
    const reason = `${name} dropped ${dropped} packets, ${usage}`;
    const newest = gateway.portUsage.at(-1)?.at;
    const onset = found.map(({ place }) => place.firstAt).sort()[0];
    // Its metrics arrive up to 225 s late: what was measured before the trouble says nothing about it.
    if (onset !== undefined && (newest === undefined || newest < onset))
      return {
        kind: 'inconclusive',
        reason: `${reason}, but nothing that was measured since the trouble began has arrived`,
        settles: 'soon',
        about,
        nextCheck: `Look again in four minutes: the metrics of NAT gateway ${name} arrive up to 225 s late.`,
      };
    return { kind: 'ruled-out', reason };
  }
  const services = [...new Set([...lost, ...alsoCutOff(found, seen)])];
  return {
    kind: 'cause',
    target: about.target,
    claim: failed
      ? `NAT gateway ${name} has no address or ports left for some machines${lossOf(found)}.`
      : `NAT gateway ${name} has no ports left: it dropped ${dropped} packets with ${usage}${lossOf(found)}.`,
    confidence: found.length > 0 ? 'certain' : 'possible',
    evidence: [
      {
        text: `${name}: ${dropped} packets dropped of late, ${usage}; ${gateway.minPortsPerVm} ports for each machine${gateway.maxPortsPerVm === undefined ? '' : ` and up to ${gateway.maxPortsPerVm}`}, ${gateway.addresses ?? 'any number of'} addresses.`,
        url: natPage(projectOf(view.name)),
      },
      { text: `Goes out by it: ${users.join(', ') || 'no watched service'}.` },
      ...found.map((one) => ({ text: lostLine(one) })),
    ],
    expects: [
      { text: 'public places out of reach', seen: found.length > 0 ? 'yes' : 'no' },
      {
        text: 'as many ports in use as a machine has',
        seen: failed || gateway.portUsage.length === 0 ? 'unknown' : used >= ports * PORTS_USED_RATIO ? 'yes' : 'no',
      },
    ],
    services: services.length > 0 ? services : users,
    ...(services.length === 0 && { harm: 'soon' as const }),
  };
}

const lossOf = (found: readonly BrokenWay[]): string =>
  found.length === 0 ? '' : `, and ${lostCount(found)} connections to ${placesOf(found)} came to nothing`;

/** The lists of a network are of the region that is watched. */
const targetOf = ({ router, name }: NatObservation, view: NetworkView, { subject: { region } }: Context): string =>
  `projects/${projectOf(view.name)}/regions/${region}/routers/${router}/nats/${name}`;
