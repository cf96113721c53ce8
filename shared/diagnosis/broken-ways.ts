import type { LogsObservation } from '../evidence/logs.ts';
import type { NetworkObservation, NetworkView, Way } from '../evidence/network.ts';
import type { Unreachable } from '../evidence/unreachable.ts';
import { isRecent } from './recent.ts';
import type { Context } from './rule.ts';
import { type Verdict, wayTo } from './way-to.ts';

/** Fewer connections than this that come to nothing are everyday life. Our own choice: as for a connector. */
export const LOST_MIN = 3;

/** A place that a service does not reach, and what the network's configuration does to packets that go there. */
export interface BrokenWay {
  readonly way: Way;
  readonly view: NetworkView | undefined;
  readonly place: Unreachable;
  readonly verdict: Verdict;
}

/** Of every watched service, each place that its lines name as out of reach: by time, or for want of a way. */
export function brokenWays(
  { network, logs }: { readonly network: NetworkObservation; readonly logs: LogsObservation },
  context: Context,
): readonly BrokenWay[] {
  return logs.unreachable
    .filter((place) => isLost(place.how) && place.count >= LOST_MIN && stillLost(place, logs, context))
    .flatMap((place) => {
      const way = network.ways.find(({ service }) => service === place.service);
      if (way === undefined) return [];
      const view = network.networks.find(({ name }) => name === way.network);
      return [{ way, view, place, verdict: wayTo(way, view, place) }];
    });
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
  { network, logs }: { readonly network: NetworkObservation; readonly logs: LogsObservation },
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
export const lostLine = ({ place }: BrokenWay): string =>
  `${place.service}: ${place.count} connections to ${placeOf(place)} ${place.how === 'timed-out' ? 'timed out' : 'found no way'}.`;

export const placeOf = ({ host, port }: Pick<Unreachable, 'host' | 'port'>): string =>
  port === undefined ? host : `${host}:${port}`;

/** Each once, in the order in which they come: `10.20.0.3:5432, 10.20.0.4:6379`. */
export const placesOf = (found: readonly BrokenWay[]): string =>
  [...new Set(found.map(({ place }) => placeOf(place)))].join(', ');

export const lostCount = (found: readonly BrokenWay[]): number =>
  found.reduce((sum, { place }) => sum + place.count, 0);
