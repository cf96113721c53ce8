import type { LogsObservation } from '../evidence/logs.ts';
import type { NetworkView, Way, ZoneObservation } from '../evidence/network.ts';
import type { Unreachable } from '../evidence/unreachable.ts';
import { type Instant, secondsBetween } from '../ports/clock.ts';
import { LOST_MIN, placeOf, stillLost } from './broken-ways.ts';
import { zonePage } from './console-links.ts';
import { CUT_OFF_BRINGS_ABOUT, confessesRelease } from './cut-off.ts';
import { isRecent } from './recent.ts';
import { SKEW_SECONDS } from './revisions.ts';
import { type Conclusion, type Context, rule, standing } from './rule.ts';

/**
 * A name in a private zone does not resolve, or resolves to another address than before: services look for their database where it is not.
 * Sees names and addresses that lines say are out of reach, private zones with the networks that see them, their records and what was changed.
 * Silent about names outside of private zones, and about an address that no record changed to.
 */
export const privateDnsBroken = rule({
  layer: 'configuration',
  title: 'Private DNS broken',
  needs: ['network', 'logs', 'cloud-run'],
  explains: CUT_OFF_BRINGS_ABOUT,
  diagnose: ({ 'cloud-run': { services }, network, logs }, context) => {
    const judged = logs.unreachable
      .filter(
        (place) =>
          place.how !== 'refused' &&
          place.count >= LOST_MIN &&
          stillLost(place, logs, context) &&
          !confessesRelease(place.service, services, logs),
      )
      .map((place) => {
        const way = network.ways.find(({ service }) => service === place.service);
        const view = network.networks.find(({ name }) => name === way?.network);
        return place.how === 'not-resolved' ? unresolved(place, way, view) : elsewhere(place, view);
      });
    return merged(standing(judged, ruledOut(logs, context)));
  },
});

const ruledOut = ({ unreachable }: LogsObservation, context: Context): string => {
  const names = unreachable.filter(({ how, lastAt }) => how === 'not-resolved' && isRecent(lastAt, context));
  return names.length === 0
    ? 'every name that was looked up resolved'
    : `no private zone is behind ${names.map(({ host }) => host).join(', ')}`;
};

function unresolved(place: Unreachable, way: Way | undefined, view: NetworkView | undefined): Conclusion {
  const { host, service, count } = place;
  const lost = `${count} look-ups of ${host} by ${service} found nothing`;
  const about = { target: host, services: [service] };
  const zone = view && zoneOf(host, view.zones);
  const unread = view?.unread.find(({ part }) => part === 'zones');
  if (unread !== undefined || (way?.kind === 'connector' && view === undefined))
    return {
      kind: 'inconclusive',
      reason: `${lost}: ${unread?.detail ?? `the network of ${service} could not be read`}`,
      settles: 'not-by-itself',
      about,
    };
  if (view === undefined || zone === undefined)
    return { kind: 'ruled-out', reason: `${lost}, which is in no private zone` };
  if (zone.answers === 'elsewhere')
    return cause(
      place,
      zone,
      view,
      `zone ${zone.name} asks another network or server, which does not know it`,
      'likely',
      undefined,
    );
  if (!zone.networks.includes(view.name))
    return cause(place, zone, view, `zone ${zone.name} is seen by no network`, 'certain', undefined);
  if (zone.records.some(({ name }) => name === host))
    return {
      kind: 'inconclusive',
      reason: `${lost}, but zone ${zone.name} has it`,
      settles: 'soon',
      about,
      nextCheck: `Look up ${host} from a machine in network ${view.name.split('/').at(-1)}.`,
    };
  const removed = zone.changes.find(({ removed: gone }) => gone.some(({ name }) => name === host))?.at;
  return cause(
    place,
    zone,
    view,
    `zone ${zone.name} has no record of it${removed === undefined ? '' : ' any more'}`,
    'certain',
    removed,
  );
}

/** An address that times out, and that a record was changed to before. */
function elsewhere(place: Unreachable, view: NetworkView | undefined): Conclusion {
  for (const zone of view?.zones ?? []) {
    const record = zone.records.find(({ values }) => values.includes(place.host));
    const change = zone.changes.find(({ added, removed }) =>
      added.some(({ name, values }) => values.includes(place.host) && removed.some((old) => old.name === name)),
    );
    if (view === undefined || record === undefined || change?.at === undefined) continue;
    const before = change.removed.find(({ name }) => name === record.name)?.values.join(', ');
    if (secondsBetween(change.at, place.firstAt) < -SKEW_SECONDS) continue;
    return cause(
      { ...place, host: record.name },
      zone,
      view,
      `zone ${zone.name} gives ${place.host} for it, ${before} before`,
      'likely',
      change.at,
    );
  }
  return { kind: 'ruled-out', reason: `no record was changed to ${placeOf(place)}` };
}

function cause(
  place: Unreachable,
  zone: ZoneObservation,
  view: NetworkView,
  why: string,
  confidence: 'certain' | 'likely',
  changedAt: Instant | undefined,
): Conclusion {
  const [, project = ''] = view.name.split('/');
  return {
    kind: 'cause',
    target: place.host,
    claim: `${place.host} does not lead to where it should: ${why}, and ${place.count} tries of ${place.service} came to nothing.`,
    confidence,
    evidence: [
      {
        text: `Zone ${zone.name} (${zone.domain}): ${zone.records.length} records with addresses, seen by ${zone.networks.map((name) => name.split('/').at(-1)).join(', ') || 'no network'}.`,
        url: zonePage(project, zone.name),
      },
      ...(changedAt === undefined ? [] : [{ text: `It was changed at ${changedAt}.` }]),
      { text: `${place.service}: ${place.count} from ${place.firstAt} on.` },
    ],
    expects: [
      {
        text: 'a change of the zone before the failures',
        seen:
          changedAt === undefined
            ? 'unknown'
            : secondsBetween(changedAt, place.firstAt) >= -SKEW_SECONDS
              ? 'yes'
              : 'no',
      },
    ],
    services: [place.service],
  };
}

/** The zone of the longest domain that the name is in. */
const zoneOf = (host: string, zones: readonly ZoneObservation[]): ZoneObservation | undefined =>
  zones
    .filter(({ domain }) => host === domain || host.endsWith(`.${domain}`))
    .sort((a, b) => b.domain.length - a.domain.length)[0];

/** One name is one fault, however many services look it up. */
function merged(conclusions: readonly Conclusion[]): readonly Conclusion[] {
  const out: Conclusion[] = [];
  for (const one of conclusions) {
    const index = out.findIndex(
      (other) => one.kind === 'cause' && other.kind === 'cause' && one.target === other.target,
    );
    const known = out[index];
    if (known?.kind !== 'cause' || one.kind !== 'cause') {
      out.push(one);
      continue;
    }
    out[index] = {
      ...known,
      services: [...new Set([...known.services, ...one.services])],
      evidence: [...known.evidence, ...one.evidence.slice(-1)],
    };
  }
  return out;
}
