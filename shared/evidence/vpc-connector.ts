import type { Connector, Egress, Series, Service } from '../ports/cloud.ts';
import { parseName } from '../ports/resource-name.ts';
import { connectorCeilingMbps } from './connector-ceiling.ts';
import { inBatches } from './in-batches.ts';
import type { Inspection, Inspector } from './inspector.ts';
import { watchedServices } from './watched-services.ts';

type Points = Series['points'];

export interface ConnectorObservation extends Connector {
  /** Watched services that send through it, by short name. */
  readonly services: readonly { readonly service: string; readonly egress: Egress }[];
  /** Per minute, oldest first. Empty when Monitoring had no points: that says nothing about the connector. */
  readonly throughputMbps: Points;
  readonly instances: Points;
  readonly cpuRatio: Points;
  /** What the machine type carries at `instancesMax`; undefined for a machine type we do not know. */
  readonly ceilingMbps: number | undefined;
}

export interface VpcConnectorObservation {
  readonly connectors: readonly ConnectorObservation[];
}

/**
 * Sees every connector that the watched services or the configuration name: state, size, throughput against its ceiling, CPU, who shares it.
 * API: VPC Access v1 connectors.get; Monitoring v3 timeSeries.list. Permissions: vpcaccess.connectors.get, monitoring.timeSeries.list, run.services.list.
 * Silent about the last four minutes: connector metrics arrive up to 240 s late (Google's metric list).
 */
export const vpcConnector: Inspector<VpcConnectorObservation> = {
  deadlineMs: 10_000,
  permissions: ['run.services.list', 'vpcaccess.connectors.get', 'monitoring.timeSeries.list'],
  appliesTo: () => true,
  inspect: async (inspection, abort) => {
    const { cloud, environment } = inspection;
    const services = await watchedServices(cloud, environment, abort);
    const names = new Set([
      ...(environment.connectors ?? []),
      ...services.flatMap((service) => connectorOf(service)?.name ?? []),
    ]);
    return { connectors: await inBatches([...names], (name) => observe(name, services, inspection, abort)) };
  },
};

async function observe(
  name: string,
  services: readonly Service[],
  inspection: Inspection,
  abort: AbortSignal,
): Promise<ConnectorObservation> {
  const [connector, sent, received, instances, cpu] = await Promise.all([
    inspection.cloud.connector(name, abort),
    series('sent_bytes_count', 'ALIGN_RATE', name, inspection, abort),
    series('received_bytes_count', 'ALIGN_RATE', name, inspection, abort),
    series('instances', 'ALIGN_MAX', name, inspection, abort),
    series('cpu/utilizations', 'ALIGN_PERCENTILE_99', name, inspection, abort),
  ]);
  return {
    ...connector,
    services: services.flatMap((service) => {
      const access = connectorOf(service);
      return access?.name === name ? [{ service: service.shortName, egress: access.egress }] : [];
    }),
    throughputMbps: throughputMbps(sent, received),
    instances,
    cpuRatio: cpu,
    ceilingMbps: connectorCeilingMbps(connector.machineType, connector.instancesMax),
  };
}

function connectorOf({ template }: Service): { readonly name: string; readonly egress: Egress } | undefined {
  const { vpcAccess } = template;
  return vpcAccess.kind === 'connector' ? { name: vpcAccess.connector, egress: vpcAccess.egress } : undefined;
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

async function series(
  metric: string,
  aligner: 'ALIGN_RATE' | 'ALIGN_MAX' | 'ALIGN_PERCENTILE_99',
  connector: string,
  { cloud, since, until }: Inspection,
  abort: AbortSignal,
): Promise<Points> {
  // A connector may live in a Shared VPC host project; its metrics are there.
  const { project, id } = parseName(connector);
  const found = await cloud.series(
    {
      project,
      filter: `metric.type="vpcaccess.googleapis.com/connector/${metric}" AND resource.type="vpc_access_connector" AND resource.labels.connector_name="${id}"`,
      from: since,
      to: until,
      alignSeconds: 60,
      aligner,
      reducer: 'REDUCE_MAX',
      groupBy: ['resource.labels.connector_name'],
    },
    abort,
  );
  return found[0]?.points ?? [];
}
