import type { DatabaseObservation, ObservedDatabase } from '../evidence/database.ts';
import { spokenOf } from '../evidence/database-spoken-of.ts';
import type { LogsObservation } from '../evidence/logs.ts';
import type { NetworkObservation, NetworkView, Way } from '../evidence/network.ts';
import type { Unreachable } from '../evidence/unreachable.ts';
import { earliest, latest } from '../ports/clock.ts';
import { isAlive, linesFrom, total } from './database-facts.ts';
import { isRecent } from './recent.ts';
import type { Confidence, Context, Expectation } from './rule.ts';
import { type Verdict, wayTo } from './way-to.ts';

/** Fewer connections than this that come to nothing are everyday life. Our own choice: as for a connector. */
export const LOST_MIN = 3;

/** A place that a service does not reach, and what the network's configuration does to packets that go there. */
export interface BrokenWay {
  readonly way: Way;
  readonly view: NetworkView | undefined;
  readonly place: Unreachable;
  readonly verdict: Verdict;
  /** The database that is there, where the lines name no place and only what the service uses tells it. */
  readonly supposed?: ObservedDatabase;
}

interface Seen {
  readonly network: NetworkObservation;
  readonly logs: LogsObservation;
  readonly database?: DatabaseObservation;
}

/**
 * Of every watched service, each place that its lines name as out of reach: by time, or for want of a way. Where they name none, the databases that it
 * uses are such places, if the network's configuration leads nobody there: many clients say no more than that something timed out.
 */
export function brokenWays(seen: Seen, context: Context): readonly BrokenWay[] {
  const { network, logs } = seen;
  const named = logs.unreachable
    .filter((place) => isLost(place.how) && place.count >= LOST_MIN && stillLost(place, logs, context))
    .flatMap((place) => wayOf(place, network));
  const supposed = (seen.database?.databases ?? [])
    .flatMap((database) => lostOn(database, logs, context).map((place) => ({ database, place })))
    .filter(({ place }) => !named.some((one) => isSamePlace(one.place, place)))
    .flatMap(({ database, place }) => wayOf(place, network).map((one) => ({ ...one, supposed: database })))
    .filter(({ verdict }) => LEADS_NOWHERE.includes(verdict.kind));
  return [...named, ...supposed];
}

function wayOf(place: Unreachable, network: NetworkObservation): BrokenWay[] {
  const way = network.ways.find(({ service }) => service === place.service);
  if (way === undefined) return [];
  const view = network.networks.find(({ name }) => name === way.network);
  return [{ way, view, place, verdict: wayTo(way, view, place) }];
}

/** What is certain of a place that was not named: no dynamic route could lead there all the same. */
const LEADS_NOWHERE: readonly Verdict['kind'][] = ['denied', 'unpeered', 'dead-route', 'not-connected'];

const isSamePlace = (a: Unreachable, b: Unreachable): boolean => a.service === b.service && a.host === b.host;

/** Time-outs of those who use a database, which name no place and may be about it. */
function lostOn(database: ObservedDatabase, logs: LogsObservation, context: Context): Unreachable[] {
  const [host = '', port] = (database.address ?? '').split(':');
  const lines = linesFrom(database, ['private-connection-timed-out'], logs).filter(
    ({ sample, lastAt }) => isRecent(lastAt, context) && spokenOf(sample).places.length === 0,
  );
  return [...Map.groupBy(lines, ({ service }) => service)].flatMap(([service, own]): Unreachable[] =>
    host === '' || total(own) < LOST_MIN
      ? []
      : [
          {
            service,
            revision: undefined,
            host,
            port: port === undefined ? undefined : Number(port),
            how: 'timed-out',
            count: total(own),
            firstAt: own.map(({ firstAt }) => firstAt).reduce(earliest),
            lastAt: own.map(({ lastAt }) => lastAt).reduce(latest),
          },
        ],
  );
}

/** Where no line names a place, that it is this one is only likely. */
export const sureOf = (found: readonly BrokenWay[], sure: Confidence): Confidence =>
  found.every(({ supposed }) => supposed !== undefined) && sure === 'certain' ? 'likely' : sure;

/** A probe that stands behind the connector of those who are cut off would be cut off as well. */
export function probedAlike(found: readonly BrokenWay[]): readonly Expectation[] {
  if (found.every(({ supposed }) => supposed === undefined)) return [];
  const looks = found.flatMap(({ way, supposed }) =>
    supposed === undefined ? [] : supposed.looks.filter(({ through }) => through === way.connector),
  );
  const seen = looks.length === 0 ? 'unknown' : looks.some(isAlive) ? 'no' : 'yes';
  return [{ text: 'a probe on the same way does not get there either', seen }];
}

const LOSSES: readonly string[] = [
  'private-connection-timed-out',
  'no-route',
  'name-not-resolved',
  'outside-host-failed',
];

/**
 * Whether a place is out of reach still. Once the containers that named it have given up, those that start in their stead may print of a time-out alone.
 */
export const stillLost = (
  { service, lastAt }: Unreachable,
  { signatures }: LogsObservation,
  context: Context,
): boolean =>
  isRecent(lastAt, context) ||
  signatures.some(
    (line) => line.service === service && LOSSES.includes(line.signature) && isRecent(line.lastAt, context),
  );

const isLost = (how: Unreachable['how']): boolean => how === 'timed-out' || how === 'no-route';

/** Time-outs of a service whose lines do not say where to: they may be of the same cause as another service's. */
export function namelessTimeouts(service: string, { signatures, unreachable }: LogsObservation): number {
  const all = signatures
    .filter((line) => line.service === service && line.signature === 'private-connection-timed-out')
    .reduce((sum, { count }) => sum + count, 0);
  const named = unreachable
    .filter((place) => place.service === service && place.how === 'timed-out')
    .reduce((sum, { count }) => sum + count, 0);
  return Math.max(0, all - named);
}

/** Services that take the same way as those that were found cut off, and whose time-outs name no place. */
export function alsoCutOff(
  found: readonly BrokenWay[],
  { network, logs }: Pick<Seen, 'network' | 'logs'>,
): readonly string[] {
  const known = found.map(({ way }) => way.service);
  return network.ways
    .filter(
      (way) =>
        !known.includes(way.service) &&
        found.some((one) => one.way.network === way.network && one.way.egress === way.egress) &&
        namelessTimeouts(way.service, logs) >= LOST_MIN,
    )
    .map(({ service }) => service);
}

/** `backend: 34 connections to 10.20.0.3:5432 timed out.` */
export const lostLine = ({ place, supposed }: BrokenWay): string =>
  supposed === undefined
    ? `${place.service}: ${place.count} connections to ${placeOf(place)} ${place.how === 'timed-out' ? 'timed out' : 'found no way'}.`
    : `${place.service}: ${place.count} connections timed out, and its lines do not say where to; it uses ${supposed.name} at ${placeOf(place)}.`;

export const placeOf = ({ host, port }: Pick<Unreachable, 'host' | 'port'>): string =>
  port === undefined ? host : `${host}:${port}`;

/** Each once, in the order in which they come: `10.20.0.3:5432, 10.20.0.4:6379`. */
export const placesOf = (found: readonly BrokenWay[]): string =>
  [...new Set(found.map(({ place }) => placeOf(place)))].join(', ');

export const lostCount = (found: readonly BrokenWay[]): number =>
  found.reduce((sum, { place }) => sum + place.count, 0);
