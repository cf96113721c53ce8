import { loadRatio, throughputMbps } from '../network.ts';
import type { ConnectorState, RevisionState, ServiceState, WorldState } from '../state.ts';
import { addValue, type Distribution, emptyDistribution, ratioBuckets } from './distribution.ts';
import { sampleDatabases } from './sample-databases.ts';
import { sampleLoadBalancer } from './sample-load-balancer.ts';
import { sampleLogMetrics } from './sample-logs.ts';
import { sampleNats } from './sample-nat.ts';
import { sampleQuotas } from './sample-quota.ts';
import { sampleUptime } from './sample-uptime.ts';
import { addPoint, type RevisionMinute, type Series } from './store.ts';

const PERIOD_MS = 60_000;

/** Turns the minute that ends now into points of every series. */
export function sampleMetrics(state: WorldState): void {
  for (const service of state.services.values()) {
    for (const revision of service.revisions) sampleRevision(state, service, revision);
  }
  state.metrics.minutes.clear();
  for (const connector of state.connectors.values()) sampleConnector(state, connector);
  sampleDatabases(state);
  sampleNats(state);
  sampleLoadBalancer(state);
  sampleQuotas(state);
  sampleLogMetrics(state);
  sampleUptime(state);
}

const run = 'run.googleapis.com';

function sampleRevision(state: WorldState, service: ServiceState, revision: RevisionState): void {
  const minute = state.metrics.minutes.get(`${service.name}/${revision.name}`);
  const gauge = (type: string, labels: Record<string, string>, value: number) => {
    add(
      state,
      { ...revisionIdentity(state, revision, `${run}/${type}`, labels), metricKind: 'GAUGE', valueType: 'INT64' },
      value,
    );
  };
  if (minute || revision.instances.length > 0) {
    const idle = revision.arrivalsPerSecond < 0.5 ? revision.readyIds.length : 0;
    gauge('container/instance_count', { state: 'active' }, revision.instances.length - idle);
    gauge('container/instance_count', { state: 'idle' }, idle);
    gauge('pending_queue/pending_requests', {}, revision.queued);
  }
  if (minute) sampleMinute(state, revision, minute);
}

function sampleMinute(state: WorldState, revision: RevisionState, minute: RevisionMinute): void {
  const count = (type: string, labels: Record<string, string>, value: number) => {
    add(
      state,
      { ...revisionIdentity(state, revision, `${run}/${type}`, labels), metricKind: 'DELTA', valueType: 'INT64' },
      value,
    );
  };
  const spread = (type: string, labels: Record<string, string>, value: Distribution) => {
    if (value.count === 0) return;
    add(
      state,
      {
        ...revisionIdentity(state, revision, `${run}/${type}`, labels),
        metricKind: 'DELTA',
        valueType: 'DISTRIBUTION',
      },
      value,
    );
  };
  for (const [status, value] of minute.requests) count('request_count', { ...codeLabels(status), route: '' }, value);
  for (const [status, value] of minute.latencies)
    spread('request_latencies', { ...codeLabels(status), route: '' }, value);
  spread('container/startup_latencies', {}, minute.starts);
  spread('container/memory/utilizations', { container_name: '' }, minute.memory);
  spread('container/cpu/utilizations', { container_name: '' }, minute.cpu);
  spread('container/max_request_concurrencies', { state: 'active' }, minute.concurrency);
  if (minute.sentBytes > 0)
    count('container/network/sent_bytes_count', { kind: 'private' }, Math.round(minute.sentBytes));
}

const codeLabels = (status: number) => ({
  response_code: String(status),
  response_code_class: `${Math.floor(status / 100)}xx`,
});

function revisionIdentity(state: WorldState, revision: RevisionState, type: string, labels: Record<string, string>) {
  const { project, region } = state.scenario.estate;
  return {
    metric: { type, labels },
    resource: {
      type: 'cloud_run_revision',
      labels: {
        project_id: project,
        service_name: revision.service,
        revision_name: revision.name,
        configuration_name: revision.service,
        location: region,
      },
    },
  };
}

const BYTES_PER_MBIT = 125_000;
const PACKET_BYTES = 1100;

function sampleConnector(state: WorldState, connector: ConnectorState): void {
  const { project, region } = state.scenario.estate;
  const resource = {
    type: 'vpc_access_connector',
    labels: { project_id: project, location: region, connector_name: connector.name },
  };
  const put = (
    name: string,
    metricKind: Series['metricKind'],
    valueType: Series['valueType'],
    value: number | Distribution,
  ) => {
    const type = `vpcaccess.googleapis.com/connector/${name}`;
    add(state, { metric: { type, labels: {} }, resource, metricKind, valueType }, value);
  };
  const sent = Math.round(connector.movedMbit * BYTES_PER_MBIT);
  connector.movedMbit = 0;
  const cpu = emptyDistribution(ratioBuckets);
  const busy = Math.min(0.99, 0.08 + 0.85 * Math.min(1, throughputMbps(connector) === 0 ? 0 : loadRatio(connector)));
  addValue(cpu, busy, connector.instances);
  put('cpu/utilizations', 'GAUGE', 'DISTRIBUTION', cpu);
  put('instances', 'GAUGE', 'INT64', connector.instances);
  // A connector forwards what it receives, so both directions carry nearly the same.
  put('sent_bytes_count', 'DELTA', 'INT64', sent);
  put('received_bytes_count', 'DELTA', 'INT64', Math.round(sent * 0.99));
  put('sent_packets_count', 'DELTA', 'INT64', Math.round(sent / PACKET_BYTES));
  put('received_packets_count', 'DELTA', 'INT64', Math.round((sent * 0.99) / PACKET_BYTES));
}

function add(state: WorldState, identity: Omit<Series, 'points'>, value: number | Distribution): void {
  const startMs = identity.metricKind === 'DELTA' ? state.nowMs - PERIOD_MS : state.nowMs;
  addPoint(state.metrics, identity, { startMs, endMs: state.nowMs, value });
}
