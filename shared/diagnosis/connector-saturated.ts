import { isIpv4, isPrivate } from '../evidence/cidr.ts';
import type { ServiceObservation } from '../evidence/cloud-run.ts';
import type { Observations } from '../evidence/evidence.ts';
import type { LogsObservation } from '../evidence/logs.ts';
import type { MetricsObservation } from '../evidence/metrics.ts';
import type { NetworkObservation } from '../evidence/network.ts';
import type { ConnectorObservation, UnreadConnector } from '../evidence/vpc-connector.ts';
import type { Revision } from '../ports/cloud.ts';
import { parseName } from '../ports/resource-name.ts';
import { placeOf } from './broken-ways.ts';
import { connectorPage } from './console-links.ts';
import { counted } from './counted.ts';
import { beganWith } from './revisions.ts';
import { type Conclusion, type Expectation, rule, standingOfEach } from './rule.ts';
import { FAILED_REQUESTS_MIN } from './symptoms.ts';

/**
 * Throughput this near to the ceiling leaves no room for a burst within the minute that a point averages over. The ceiling is Google's own estimate
 * (connector-ceiling.ts); no page of theirs says where full begins, so the ratio is our own choice: lower would blame a busy connector that still
 * carries everything, higher would miss a full one whose estimate is a little too large. It harms nobody until connections time out or all fail.
 */
export const SATURATED_RATIO = 0.9;
/**
 * Points are a minute each (Google's metric list: sampled every 60 s, up to 240 s late; read 2026-11-23). Two are our own choice: one full minute may
 * be a backup, and a third would delay the first look by another minute.
 */
export const SATURATED_POINTS = 2;
/**
 * Our own choice: a connection times out now and then without any of this (about twelve database errors in eight months, seven of them in one
 * maintenance window: bcgov/entity#33379). More would miss services of little traffic.
 */
const TIMEOUTS_MIN = 3;
/** A line of evidence on a card has room for about as many. */
const SERVICES_SHOWN = 8;

/**
 * A VPC connector carries all that its machines can, and is as large as it may grow: new connections through it time out.
 * Sees throughput against ceiling, and connection timeouts in the logs of the services that share it. Silent when the connector can still grow.
 */
export const connectorSaturated = rule({
  layer: 'infrastructure',
  title: 'VPC connector saturated',
  needs: ['vpc-connector', 'cloud-run'],
  considers: ['logs', 'metrics', 'network'],
  explains: [
    'release-broken',
    'configuration-broken',
    'crash-after-ready',
    'startup-slower-than-probe',
    'instance-ceiling-reached',
    'memory-exhausted',
    'database-down',
    'redis-down',
    'database-slow',
    'connection-pool-exhausted',
    'concurrency-mismatched',
    'request-timeout-exceeded',
    'external-dependency-failing',
    'traffic-surge',
  ],
  diagnose: ({ 'vpc-connector': { connectors, unread = [] }, 'cloud-run': { services }, ...seen }) => {
    const judged = [...connectors.map((connector) => judge(connector, services, seen)), ...unread.map(notRead)];
    return standingOfEach(judged, 'no watched service uses a connector');
  },
});

function notRead({ name, reason, detail, services }: UnreadConnector): Conclusion {
  const { id } = parseName(name);
  if (reason === 'not-found') return { kind: 'ruled-out', reason: `${id} does not exist` };
  const about = { target: name, services: services.map(({ service }) => service) };
  return { kind: 'inconclusive', reason: `${id}: ${detail}`, settles: 'not-by-itself', about };
}

function judge(
  connector: ConnectorObservation,
  services: readonly ServiceObservation[],
  { logs, metrics, network }: Partial<Pick<Observations, 'logs' | 'metrics' | 'network'>>,
): Conclusion {
  const { id } = parseName(connector.name);
  const users = connector.services.map(({ service }) => service);
  const about = {
    target: connector.name,
    services: logs !== undefined && isUnfelt(connector, services, logs) ? [] : users,
  };
  const { ceilingMbps, instancesMax, machineType } = connector;
  const recent = connector.throughputMbps.slice(-SATURATED_POINTS).map(({ value }) => value);
  if (ceilingMbps === undefined)
    return {
      kind: 'inconclusive',
      reason: `${id}: the ceiling of machine type ${machineType} is not known`,
      settles: 'not-by-itself',
      about,
    };
  if (connector.unmeasured !== undefined)
    return { kind: 'inconclusive', reason: `${id}: ${connector.unmeasured}`, settles: 'not-by-itself', about };
  if (recent.length < SATURATED_POINTS)
    return {
      kind: 'inconclusive',
      reason: `${id}: ${recent.length} of ${SATURATED_POINTS} minutes of throughput have arrived`,
      settles: 'soon',
      nextCheck: `Look again in four minutes: the metrics of connector ${id} arrive up to 240 s late.`,
      about,
    };
  const ratio = Math.min(...recent) / ceilingMbps;
  const peak = Math.max(...recent);
  const carried = `${id} carried ${Math.round(Math.min(...recent))} of about ${ceilingMbps} Mbps (${percent(ratio)})`;
  if (ratio < SATURATED_RATIO) {
    // Metrics of a connector arrive up to 240 s late: what was measured before the trouble says nothing about it.
    return logs !== undefined && measuredBefore(connector, logs)
      ? {
          kind: 'inconclusive',
          reason: `${carried}, but throughput since the trouble began has not arrived yet`,
          settles: 'soon',
          about,
        }
      : {
          kind: 'ruled-out',
          reason: `${carried} in the quietest of the newest ${SATURATED_POINTS} minutes; full is ${percent(SATURATED_RATIO)}`,
        };
  }
  const other = logs && notTheConnector(connector, logs, network);
  if (other !== undefined) return { kind: 'ruled-out', reason: `${carried}, but ${other}` };
  const harmed = logs === undefined ? harmedByCount(connector, metrics) : harmedServices(connector, services, logs);
  const url = connectorPage(connector.name);
  const lines = [
    {
      text: `Throughput in the newest ${SATURATED_POINTS} minutes that Monitoring has: ${recent.map((value) => Math.round(value)).join(', ')} Mbps; ${machineType} x ${instancesMax} carries about ${ceilingMbps} Mbps.`,
      url,
    },
    {
      text: `${running(connector)}; shared by ${users.join(', ')}.`,
      url,
    },
    ...harmed.lines.map((text) => ({ text })),
  ];
  return {
    kind: 'cause',
    target: connector.name,
    claim: `VPC connector ${id} is full: it carries ${Math.round(peak)} Mbps, and its maximum of ${instancesMax} ${machineType} instances can carry about ${ceilingMbps}${harmed.summary}.`,
    confidence: harmed.services.length === 0 ? 'possible' : 'certain',
    evidence: lines,
    expects: [{ text: 'connections through it time out', seen: harmed.seen }],
    services: harmed.services,
  };
}

/** A full connector is felt as time-outs, or by all who share it: where neither is seen, it explains nothing, whatever it carries. */
const isUnfelt = (
  connector: ConnectorObservation,
  services: readonly ServiceObservation[],
  logs: LogsObservation,
): boolean =>
  !logs.truncated.application &&
  connector.services.every(({ service }) => timeoutsOf(service, logs) === 0) &&
  harmedServices(connector, services, logs).services.length === 0;

function running({ instances, instancesMax }: ConnectorObservation): string {
  const now = instances.at(-1)?.value;
  return now === undefined
    ? `Monitoring does not say how many of its at most ${instancesMax} instances run`
    : `${now} of its at most ${instancesMax} instances run`;
}

/**
 * A full connector drops whatever passes it, and does not choose. Time-outs to public places alone are a NAT gateway's, where it says that it drops;
 * time-outs to one place alone, while another service gets through to others, are that place's.
 */
function notTheConnector(
  { services }: ConnectorObservation,
  logs: LogsObservation,
  network: NetworkObservation | undefined,
): string | undefined {
  const names = services.map(({ service }) => service);
  const lost = logs.unreachable.filter(
    ({ service, how, count }) => names.includes(service) && how === 'timed-out' && count >= TIMEOUTS_MIN,
  );
  const places = [...new Set(lost.map(placeOf))];
  const [first] = lost;
  if (first === undefined) return undefined;
  const dropping = network?.networks
    .flatMap(({ gateways }) => gateways)
    .find(({ droppedPackets }) => droppedPackets.some(({ value }) => value > 0));
  if (dropping !== undefined && lost.every(({ host }) => !isIpv4(host) || !isPrivate(host)))
    return `what times out is public (${places.join(', ')}), and NAT gateway ${dropping.name} drops`;
  const through = names.filter((name) => timeoutsOf(name, logs) === 0);
  return places.length === 1 && through.length > 0
    ? `what times out goes to ${places[0]} alone, and ${through.join(', ')} gets through`
    : undefined;
}

/** Without a log, that all who share it fail must do; why they fail nobody says. */
function harmedByCount({ services }: ConnectorObservation, metrics: MetricsObservation | undefined): Harmed {
  const names = services.map(({ service }) => service);
  const fail = names.filter((name) => {
    const errors =
      metrics?.services.find(({ service }) => service === name)?.serverErrors.slice(-SATURATED_POINTS) ?? [];
    return errors.reduce((sum, { value }) => sum + value, 0) >= FAILED_REQUESTS_MIN;
  });
  return { services: fail.length === names.length ? fail : [], seen: 'unknown', summary: '', lines: [] };
}

interface Harmed {
  readonly services: readonly string[];
  /** Whether connections are seen to time out. */
  readonly seen: Expectation['seen'];
  readonly summary: string;
  readonly lines: readonly string[];
}

/** A full connector that harms nobody is no root: it counts only for services that log connection timeouts, or when all that share it fail. */
function harmedServices(
  connector: ConnectorObservation,
  services: readonly ServiceObservation[],
  logs: LogsObservation,
): Harmed {
  const names = connector.services.map(({ service }) => service);
  const byItself = services.filter((service) => failsByRelease(service, connector, logs)).map((one) => one.shortName);
  const counts = names
    .filter((name) => !byItself.includes(name))
    .map((service) => ({ service, count: timeoutsOf(service, logs) }))
    .filter(({ count }) => count >= TIMEOUTS_MIN);
  // One service of several may time out for a reason of its own: a wrong address in a new release looks just the same.
  if (counts.length >= Math.min(2, names.length) && counts.length > 0) {
    const total = counts.reduce((sum, { count }) => sum + count, 0);
    return {
      services: failing(names, logs).filter((name) => counts.some(({ service }) => service === name)),
      seen: 'yes',
      summary: `; the services behind it logged ${timeouts(total, logs)}`,
      lines: [timeoutsByService(counts, logs)],
    };
  }
  const down = failing(names, logs);
  const harmed = down.length === names.length ? down.filter((name) => !byItself.includes(name)) : [];
  return { services: harmed, seen: 'no', summary: '', lines: [] };
}

/** Lines that no network brings about. */
const RELEASE_LINES: readonly string[] = ['module-missing', 'setting-missing', 'key-missing', 'port-not-listening'];

/** Whether a service's own newest release is why it fails, or times out, whatever the connector does. */
function failsByRelease(
  { shortName, revisions: [newest] }: ServiceObservation,
  connector: ConnectorObservation,
  { signatures }: LogsObservation,
): boolean {
  if (newest === undefined) return false;
  const own = signatures.filter(({ service }) => service === shortName);
  const confesses = own.some(
    ({ signature, revision, firstAt }) =>
      RELEASE_LINES.includes(signature) && revision === newest.shortName && beganWith(newest, firstAt),
  );
  const timeouts = own.filter(({ signature }) => signature === 'private-connection-timed-out');
  const cameWithIt =
    timeouts.length > 0 &&
    timeouts.every(({ revision, firstAt }) => revision === newest.shortName && beganWith(newest, firstAt));
  // Full already while the revision before it got through: then it is not the connector that made the difference.
  return confesses || (cameWithIt && wasFullBefore(newest, connector));
}

function wasFullBefore({ createdAt }: Revision, { throughputMbps, ceilingMbps }: ConnectorObservation): boolean {
  const before = throughputMbps.filter(({ at }) => at < createdAt).slice(-SATURATED_POINTS);
  return (
    ceilingMbps !== undefined &&
    before.length === SATURATED_POINTS &&
    before.every(({ value }) => value / ceilingMbps >= SATURATED_RATIO)
  );
}

/** Whether the minutes that are judged reach back to before the first service that shares it began to fail. */
function measuredBefore({ services, throughputMbps }: ConnectorObservation, { onsets }: LogsObservation): boolean {
  const names = services.map(({ service }) => service);
  const [onset] = onsets.flatMap(({ service, at }) => (names.includes(service) ? [at] : [])).sort();
  const oldest = throughputMbps.at(-SATURATED_POINTS)?.at;
  return onset !== undefined && oldest !== undefined && oldest < onset;
}

const timeoutsOf = (service: string, { signatures }: LogsObservation): number =>
  signatures
    .filter((line) => line.service === service && line.signature === 'private-connection-timed-out')
    .filter(({ log }) => log === 'application')
    .reduce((sum, { count }) => sum + count, 0);

/** All of them in one line, the most first: a card shows few lines, and parts that do not add up to the total in the claim look like a fault. */
function timeoutsByService(
  counts: readonly { readonly service: string; readonly count: number }[],
  logs: LogsObservation,
): string {
  const most = counts.toSorted((a, b) => b.count - a.count);
  const shown = most.slice(0, SERVICES_SHOWN).map(({ service, count }) => `${service} ${count}`);
  const left = most.slice(SERVICES_SHOWN).reduce((total, { count }) => total + count, 0);
  const more = left === 0 ? '' : `, ${most.length - SERVICES_SHOWN} more together ${left}`;
  return `Connection timeouts logged${logs.truncated.application ? ', at least' : ''}: ${shown.join(', ')}${more}.`;
}

/** Lines, not connections: a client that tries again logs again. */
const timeouts = (count: number, logs: LogsObservation): string =>
  counted({ count, noun: 'connection timeout', from: 'application' }, logs);

const failing = (names: readonly string[], { failed }: LogsObservation): string[] =>
  names.filter(
    (name) =>
      failed.filter(({ service }) => service === name).reduce((sum, { count }) => sum + count, 0) >=
      FAILED_REQUESTS_MIN,
  );

/** Rounded down: what is not full must not read as if it were. */
const percent = (ratio: number): string => `${Math.floor(ratio * 100)} %`;
