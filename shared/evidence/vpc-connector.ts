import { secondsBetween } from '../ports/clock.ts';
import type { Connector, Egress, Series, SeriesQuery, Service } from '../ports/cloud.ts';
import { PlatformFailure } from '../ports/platform-failure.ts';
import { parseName } from '../ports/resource-name.ts';
import { connectorCeilingMbps } from './connector-ceiling.ts';
import { inBatches } from './in-batches.ts';
import type { Inspection, Inspector } from './inspector.ts';
import { knownSeries } from './known-series.ts';
import { redact } from './redact.ts';
import { watchedServices } from './watched-services.ts';

type Points = Series['points'];
type Users = readonly { readonly service: string; readonly egress: Egress }[];

export interface ConnectorObservation extends Connector {
  /** Watched services that send through it, by short name. */
  readonly services: Users;
  /** Per minute, oldest first. Empty when Monitoring had no points: that says nothing about the connector. */
  readonly throughputMbps: Points;
  readonly packetsPerSecond: Points;
  readonly instances: Points;
  readonly cpuRatio: Points;
  /** What the machine type carries at `instancesMax`; undefined for a machine type we do not know. */
  readonly ceilingMbps: number | undefined;
  /** What the instances that it has now carry; undefined where that, or their number, is not known. */
  readonly ceilingNowMbps: number | undefined;
  /** How its throughput grew over the newest minutes, Mbps a minute; undefined for want of points. */
  readonly trendMbpsPerMinute: number | undefined;
  /** Why Monitoring could not be asked about it; undefined where it could. */
  readonly unmeasured: string | undefined;
}

/** A connector that is named and could not be read. */
export interface UnreadConnector {
  readonly name: string;
  readonly reason: 'not-found' | 'denied' | 'failed';
  readonly detail: string;
  readonly services: Users;
}

export interface VpcConnectorObservation {
  readonly connectors: readonly ConnectorObservation[];
  /** Left out where every connector could be read. */
  readonly unread?: readonly UnreadConnector[];
  /** Every connector beside one that is gone or in error, whoever uses it: a new one must be none of them. Left out where none is, or where they could not be listed. */
  readonly neighbours?: readonly Connector[];
}

/**
 * Sees every connector that the watched services or the configuration name: state, size, throughput and packets against what its machines carry,
 * CPU, trend, who shares it. One that does not exist, or may not be read, is said so by itself.
 * API: VPC Access v1 connectors.get, connectors.list where one of them does not work; Monitoring v3 timeSeries.list, one query a metric for all connectors of a project. Permissions: vpcaccess.connectors.get, vpcaccess.connectors.list, monitoring.timeSeries.list, run.services.list; in a Shared VPC also in the host project.
 * Silent about the last four minutes: connector metrics arrive up to 240 s late (Google's metric list).
 */
export const vpcConnector: Inspector<VpcConnectorObservation> = {
  deadlineMs: 10_000,
  permissions: [
    'run.services.list',
    'vpcaccess.connectors.get',
    'vpcaccess.connectors.list',
    'monitoring.timeSeries.list',
  ],
  appliesTo: () => true,
  inspect: async (inspection, abort) => {
    const { cloud, environment } = inspection;
    const services = await watchedServices(cloud, environment, abort);
    const names = connectorNames(services, environment.connectors);
    const [found, measurements] = await Promise.all([
      inBatches(names, (name) => lookAt(name, services, inspection, abort)),
      measure(names, inspection, abort),
    ]);
    const unread = found.filter((one) => 'reason' in one);
    // Nothing could be read at all: then it is not these connectors that are at fault.
    const [first] = unread.filter(({ reason }) => reason !== 'not-found');
    if (first !== undefined && unread.length === names.length) throw first.failure;
    const broken = found.filter((one) => ('reason' in one ? one.reason === 'not-found' : isBroken(one)));
    const neighbours = await neighboursOf(
      broken.map(({ name }) => name),
      inspection,
      abort,
    );
    return {
      ...(neighbours && { neighbours }),
      connectors: found.flatMap((one) => ('reason' in one ? [] : [{ ...one, ...measurements(one) }])),
      ...(unread.length > 0 && { unread: unread.map(({ failure: _, ...told }) => told) }),
    };
  },
};

const isBroken = ({ state }: Connector): boolean => state === 'error' || state === 'deleting';

/** Read only where a connector does not work. @returns undefined where all do, or where they may not be listed. */
async function neighboursOf(
  broken: readonly string[],
  { cloud }: Inspection,
  abort: AbortSignal,
): Promise<readonly Connector[] | undefined> {
  if (broken.length === 0) return undefined;
  const places = new Map(
    broken.map(parseName).map(({ project, region }) => [`${project}/${region}`, { project, region }]),
  );
  try {
    return (await inBatches([...places.values()], (place) => cloud.connectors(place, abort))).flat();
  } catch (error) {
    if (abort.aborted || !(error instanceof PlatformFailure)) throw error;
    return undefined;
  }
}

/** Of the watched services and of the configuration, each once. */
export const connectorNames = (services: readonly Service[], configured: readonly string[] | undefined): string[] => [
  ...new Set([...(configured ?? []), ...services.flatMap((service) => connectorOf(service)?.name ?? [])]),
];

type Unread = UnreadConnector & { readonly failure: PlatformFailure };

async function lookAt(
  name: string,
  services: readonly Service[],
  { cloud }: Inspection,
  abort: AbortSignal,
): Promise<(Connector & { readonly services: Users }) | Unread> {
  const users = services.flatMap((service) => {
    const access = connectorOf(service);
    return access?.name === name ? [{ service: service.shortName, egress: access.egress }] : [];
  });
  try {
    return { ...(await cloud.connector(name, abort)), services: users };
  } catch (error) {
    if (abort.aborted || !(error instanceof PlatformFailure)) throw error;
    return { name, reason: reasonOf(error), detail: redact(error.message), services: users, failure: error };
  }
}

function reasonOf({ code }: PlatformFailure): UnreadConnector['reason'] {
  if (code === 'not-found') return 'not-found';
  return code === 'permission-denied' || code === 'unauthenticated' ? 'denied' : 'failed';
}

function connectorOf({ template }: Service): { readonly name: string; readonly egress: Egress } | undefined {
  const { vpcAccess } = template;
  return vpcAccess.kind === 'connector' ? { name: vpcAccess.connector, egress: vpcAccess.egress } : undefined;
}

type Measured = Omit<ConnectorObservation, keyof Connector | 'services'>;

/** A connector may live in a Shared VPC host project; its metrics are there. */
async function measure(
  names: readonly string[],
  inspection: Inspection,
  abort: AbortSignal,
): Promise<(connector: Connector) => Measured> {
  const projects = [...new Set(names.map((name) => parseName(name).project))];
  const found = new Map(
    await Promise.all(
      projects.map(async (project) => [project, await measureProject(project, inspection, abort)] as const),
    ),
  );
  return (connector) => {
    const { project, region, id } = parseName(connector.name);
    const { metrics, unmeasured } = found.get(project) ?? NOT_ASKED;
    const own = metrics.map(
      (all) => all.find(({ labels }) => labels['connector_name'] === id && labels['location'] === region)?.points ?? [],
    );
    return { ...measuredOf(connector, own), unmeasured };
  };
}

/** A connector's name in an answer is the one that was asked for; were it another, nothing was measured of it. */
const NOT_ASKED = { metrics: [], unmeasured: 'it answers to another name' };

const METRICS = [
  ['sent_bytes_count', 'ALIGN_RATE'],
  ['received_bytes_count', 'ALIGN_RATE'],
  ['sent_packets_count', 'ALIGN_RATE'],
  ['instances', 'ALIGN_MAX'],
  ['cpu/utilizations', 'ALIGN_PERCENTILE_99'],
] as const satisfies readonly (readonly [string, SeriesQuery['aligner']])[];

async function measureProject(
  project: string,
  { cloud, since, until }: Inspection,
  abort: AbortSignal,
): Promise<{ readonly metrics: readonly (readonly Series[])[]; readonly unmeasured: string | undefined }> {
  try {
    const metrics = await Promise.all(
      METRICS.map(([metric, aligner]) =>
        knownSeries(
          cloud.series(
            {
              project,
              filter: `metric.type="vpcaccess.googleapis.com/connector/${metric}" AND resource.type="vpc_access_connector"`,
              from: since,
              to: until,
              alignSeconds: 60,
              aligner,
              reducer: 'REDUCE_MAX',
              groupBy: ['resource.labels.location', 'resource.labels.connector_name'],
            },
            abort,
          ),
        ),
      ),
    );
    return { metrics, unmeasured: undefined };
  } catch (error) {
    if (abort.aborted || !(error instanceof PlatformFailure)) throw error;
    return { metrics: [], unmeasured: redact(error.message) };
  }
}

function measuredOf(
  { machineType, instancesMax }: Connector,
  [sent = [], received = [], packets = [], instances = [], cpu = []]: readonly Points[],
): Omit<Measured, 'unmeasured'> {
  const throughput = throughputMbps(sent, received);
  const now = instances.at(-1)?.value;
  return {
    throughputMbps: throughput,
    packetsPerSecond: packets,
    instances,
    cpuRatio: cpu,
    ceilingMbps: connectorCeilingMbps(machineType, instancesMax),
    ceilingNowMbps: now === undefined ? undefined : connectorCeilingMbps(machineType, now),
    trendMbpsPerMinute: trendOf(throughput),
  };
}

/** What passes through is received on one side and sent on the other: the larger of the two counts, not their sum. */
function throughputMbps(sent: Points, received: Points): Points {
  const bytesPerSecond = new Map<string, { at: Points[number]['at']; value: number }>();
  for (const { at, value } of [...sent, ...received])
    bytesPerSecond.set(at, { at, value: Math.max(value, bytesPerSecond.get(at)?.value ?? 0) });
  return [...bytesPerSecond.values()]
    .sort((a, b) => (a.at < b.at ? -1 : 1))
    .map(({ at, value }) => ({ at, value: (value * 8) / 1e6 }));
}

/** Long enough to look past one minute's burst, short enough to show what is happening. Our own choice. */
const TREND_POINTS = 5;

function trendOf(points: Points): number | undefined {
  const recent = points.slice(-TREND_POINTS);
  const [first, last] = [recent[0], recent.at(-1)];
  if (first === undefined || last === undefined || first === last) return undefined;
  return (last.value - first.value) / (secondsBetween(first.at, last.at) / 60);
}
