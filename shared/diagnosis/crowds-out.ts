import type { ServiceObservation } from '../evidence/cloud-run.ts';
import { RESERVED_CONNECTIONS } from '../evidence/connection-limits.ts';
import type { ObservedDatabase } from '../evidence/database.ts';
import type { LogSignature } from '../evidence/log-signatures.ts';
import type { LogsObservation } from '../evidence/logs.ts';
import type { MetricsObservation, ServiceMetrics } from '../evidence/metrics.ts';
import type { ConnectorObservation } from '../evidence/vpc-connector.ts';
import { type Instant, plusSeconds, secondsBetween } from '../ports/clock.ts';
import type { Revision, Series } from '../ports/cloud.ts';
import { parseName } from '../ports/resource-name.ts';
import type { Arrival } from './arrival.ts';
import { SATURATED_POINTS, SATURATED_RATIO } from './connector-saturated.ts';
import { connectorPage, servicePage } from './console-links.ts';
import { NEAR_LIMIT_RATIO } from './database-connections-exhausted.ts';
import { factLine, LINES_MIN } from './database-facts.ts';
import { middleOf, POINT_SECONDS } from './recent.ts';
import { FAILURES_MIN, ONSET_SECONDS_MAX, readyBefore } from './revisions.ts';
import type { EvidenceLine, Seen } from './rule.ts';

/** A request asks for so many times as much as it did before. Our own choice: what is asked for differs from hour to hour, by half or so. */
const PER_REQUEST_RATIO = 2;
/** What one of several users adds of what is added to all that they share: then it is this one, and the others go along. */
const OF_THE_RISE_MIN = 0.5;
/**
 * So many times the connections that as many instances held before. Our own choice: while one revision replaces another, connections of those that end
 * are counted for some minutes more; a pool that is made larger is seldom made larger by less.
 */
const PER_INSTANCE_RATIO = 1.5;
/** An instance opens its pool as it starts, or as its first requests come: what rises later has another reason. The 240 s that a start may take, and a point. */
const RISE_SECONDS_MAX = 300;
/** Of the time before, so many minutes tell what is ordinary. Our own choice. */
const POINTS_BEFORE_MIN = 3;

/** Something that several services share, and that the release of one of them fills for all. */
export interface Crowding {
  readonly finding: {
    readonly rule: 'connector-saturated' | 'database-connections-exhausted';
    readonly target: string;
  };
  /** What a service moves is measured; who holds a connection is not, and follows from when they rose and who else was deployed. */
  readonly confidence: 'certain' | 'likely';
  /** What the release does, after its name: `moves 786 KB a request ...`. */
  readonly does: string;
  readonly evidence: readonly EvidenceLine[];
}

export type SeenOfShared = Seen<'logs', 'metrics' | 'vpc-connector' | 'database'>;

/** What a revision has filled since it came to requests, of what its service shares with others. */
export function crowdings(
  service: ServiceObservation,
  revision: Revision,
  { at }: Arrival,
  services: readonly ServiceObservation[],
  { logs, metrics, ...shared }: SeenOfShared,
): readonly Crowding[] {
  if (metrics === undefined) return [];
  const came: Came = { service, revision, at, services, logs, metrics };
  return [
    ...(shared['vpc-connector']?.connectors ?? []).flatMap((one) => fillsConnector(one, came) ?? []),
    ...(shared.database?.databases ?? []).flatMap((one) => takesConnections(one, came) ?? []),
  ];
}

interface Came {
  readonly service: ServiceObservation;
  readonly revision: Revision;
  readonly at: Instant;
  readonly services: readonly ServiceObservation[];
  readonly logs: LogsObservation;
  readonly metrics: MetricsObservation;
}

/** It moves more with each request than the one before did, and what it adds is most of what the connector carries more. */
function fillsConnector(
  connector: ConnectorObservation,
  { service, revision, at, logs, metrics }: Came,
): Crowding | undefined {
  const { shortName } = service;
  const names = connector.services.map((one) => one.service);
  const own = metrics.services.find((one) => one.service === shortName);
  const { ceilingMbps, throughputMbps, name } = connector;
  if (own === undefined || ceilingMbps === undefined || !names.includes(shortName)) return undefined;
  if (complaintsOf(names, 'private-connection-timed-out', logs) < FAILURES_MIN) return undefined;
  const { before, after } = around(throughputMbps, at);
  const newest = throughputMbps.slice(-SATURATED_POINTS).map(({ value }) => value);
  if (before === undefined || before >= SATURATED_RATIO * ceilingMbps || after === undefined) return undefined;
  if (Math.min(...newest) < SATURATED_RATIO * ceilingMbps) return undefined;
  const moved = around(ownMbps(own), at);
  const [now, then] = [perRequest(own, revision), perRequestBefore(own, service, revision)];
  if (moved.before === undefined || moved.after === undefined || now === undefined || then === undefined)
    return undefined;
  const isMost = moved.after - moved.before >= OF_THE_RISE_MIN * (after - before);
  if (!isMost || now < PER_REQUEST_RATIO * then.bytes) return undefined;
  const { id } = parseName(name);
  return {
    finding: { rule: 'connector-saturated', target: name },
    confidence: 'certain',
    does: `moves ${inKb(now)} KB with each request where ${then.revision} moved ${inKb(then.bytes)}, and fills connector ${id}: ${Math.round(Math.max(...newest))} of about ${ceilingMbps} Mbps, ${Math.round(before)} before it`,
    evidence: [
      {
        text: `${shortName} moved ${Math.round(moved.before)} Mbps before it came and ${Math.round(moved.after)} since; all through ${id} ${Math.round(before)} and ${Math.round(after)}.`,
        url: servicePage(service.name, 'metrics'),
      },
      {
        text: `${id} is shared by ${names.join(', ')}.`,
        url: connectorPage(name),
      },
    ],
  };
}

/** It holds more connections in each instance than the one before did, and is the only one of its users that was deployed. */
function takesConnections(database: ObservedDatabase, came: Came): Crowding | undefined {
  const { name, target, users, limit, connections } = database;
  const { service, at, services, logs, metrics } = came;
  const names = users.map((one) => one.service);
  if (limit === undefined || !names.includes(service.shortName) || others(names, came).some(isNewAt(at)))
    return undefined;
  if (complaintsOf(names, 'database-slots-exhausted', logs) < LINES_MIN) return undefined;
  const { before } = around(connections, at);
  const peak = Math.max(0, ...connections.filter((point) => point.at > at).map(({ value }) => value));
  if (before === undefined || peak < NEAR_LIMIT_RATIO * (limit.connections - RESERVED_CONNECTIONS)) return undefined;
  const counted = around(instancesOf(names, metrics), at);
  if (counted.before === undefined || counted.most === undefined) return undefined;
  const due = before * Math.max(1, counted.most / Math.max(1, counted.before));
  const rose = connections.find((point) => point.at > at && point.value >= PER_INSTANCE_RATIO * due);
  if (rose === undefined || secondsBetween(at, rose.at) > RISE_SECONDS_MAX) return undefined;
  const known = services.filter(({ shortName }) => names.includes(shortName)).map(({ shortName }) => shortName);
  return {
    finding: { rule: 'database-connections-exhausted', target },
    confidence: 'likely',
    does: `takes the connections of database ${name}: ${peak} of ${limit.connections} are held, ${before} before it, by at most ${counted.most} instances where ${counted.before} were`,
    evidence: [
      factLine(
        `Of ${known.join(', ')}, who use ${name}, only ${service.shortName} was deployed. Who holds them: SELECT client_addr, count(*) FROM pg_stat_activity GROUP BY 1.`,
        database,
      ),
    ],
  };
}

/** Lines of those who share it: what is only busy harms nobody. */
const complaintsOf = (names: readonly string[], signature: LogSignature, { signatures }: LogsObservation): number =>
  signatures
    .filter((line) => names.includes(line.service) && line.signature === signature)
    .reduce((sum, { count }) => sum + count, 0);

const others = (names: readonly string[], { service, services }: Came): readonly ServiceObservation[] =>
  services.filter((one) => one.shortName !== service.shortName && names.includes(one.shortName));

/** Whether its newest revision came about the same time, so that it may be this one. */
const isNewAt =
  (at: Instant) =>
  ({ revisions: [newest] }: ServiceObservation): boolean =>
    newest !== undefined && Math.abs(secondsBetween(newest.createdAt, at)) <= ONSET_SECONDS_MAX;

type Points = Series['points'];

interface Around {
  /** The middle one of the minutes that were over when it came, and of those that began since. */
  readonly before: number | undefined;
  readonly after: number | undefined;
  readonly most: number | undefined;
}

function around(points: Points, at: Instant): Around {
  const before = points.filter((point) => point.at <= at).map(({ value }) => value);
  const since = plusSeconds(at, POINT_SECONDS);
  const after = points.filter((point) => point.at >= since).map(({ value }) => value);
  return {
    before: before.length < POINTS_BEFORE_MIN ? undefined : middleOf(before),
    after: middleOf(after),
    most: after.length === 0 ? undefined : Math.max(...after),
  };
}

/** All of them together, minute by minute, in no order. */
function added(all: readonly Points[], of: (value: number) => number = (value) => value): Points {
  const byMinute = Map.groupBy(all.flat(), ({ at }) => at);
  return [...byMinute].map(([at, points]) => ({ at, value: of(points.reduce((sum, { value }) => sum + value, 0)) }));
}

const ownMbps = ({ bytesByRevision = [] }: ServiceMetrics): Points =>
  added(
    bytesByRevision.map(({ points }) => points),
    (bytes) => (bytes * 8) / 1e6 / POINT_SECONDS,
  );

const instancesOf = (names: readonly string[], { services }: MetricsObservation): Points =>
  added(services.filter(({ service }) => names.includes(service)).map(({ instances }) => instances));

/** Bytes, over the whole look. What fails moves little, so that a release that only fails is not found to move more. */
function perRequest({ bytesByRevision = [], byRevision }: ServiceMetrics, { shortName }: Pick<Revision, 'shortName'>) {
  const requests = byRevision.find(({ revision }) => revision === shortName)?.requests ?? 0;
  const points = bytesByRevision.find(({ revision }) => revision === shortName)?.points ?? [];
  return requests === 0 || points.length === 0
    ? undefined
    : points.reduce((sum, { value }) => sum + value, 0) / requests;
}

/** Of the newest one before it that was seen to serve. */
function perRequestBefore(own: ServiceMetrics, service: ServiceObservation, revision: Revision) {
  for (const earlier of readyBefore(service, revision)) {
    const bytes = perRequest(own, earlier);
    if (bytes !== undefined) return { revision: earlier.shortName, bytes };
  }
  return undefined;
}

const inKb = (bytes: number): number => Math.round(bytes / 1000);
