import { connectionFailure } from './database-access.ts';
import { ceilingMbps, loadRatio, throughputMbps } from './network.ts';
import { findRevision } from './revisions.ts';
import type { ConnectorState, DatabaseState, ServiceState, WorldState } from './state.ts';
import { maxInstancesOf } from './template.ts';
import type { ConnectorSnapshot, ServiceSnapshot, WorldSnapshot } from './world.ts';

const TIMELINE_MAX = 100;
const DEGRADED_RATIO = 0.02;
const DOWN_RATIO = 0.5;

/** The world as a person would want to see it. */
export function snapshotOf(state: WorldState, nowMs: number): WorldSnapshot {
  return {
    now: new Date(nowMs).toISOString(),
    startedAt: new Date(state.startMs).toISOString(),
    services: [...state.services.values()].map((service) => serviceSnapshot(state, service)),
    connectors: [...state.connectors.values()].map(connectorSnapshot),
    databases: [...state.databases.values()].map((d) => ({
      name: d.name,
      kind: d.estate.kind,
      address: d.estate.address,
      state: reachability(state, d),
    })),
    alerts: [...state.alerts.values()]
      .filter((a) => a.incident !== undefined || a.changedMs > 0)
      .map((a) => ({
        policy: a.policy.displayName,
        subject: a.labels['service_name'] ?? a.labels['connector_name'] ?? '',
        state: a.incident ? 'open' : 'closed',
        sinceMs: a.changedMs,
      })),
    timeline: state.events.slice(-TIMELINE_MAX),
  };
}

/** How its users fare. */
export const standingOf = ({ errorRatio }: ServiceState): ServiceSnapshot['state'] =>
  errorRatio > DOWN_RATIO ? 'down' : errorRatio > DEGRADED_RATIO ? 'degraded' : 'serving';

function serviceSnapshot(state: WorldState, service: ServiceState): ServiceSnapshot {
  const main = service.routed.toSorted((a, b) => b.percent - a.percent)[0]?.revision ?? service.latestCreated;
  const revision = findRevision(service, main);
  const instances = service.revisions.flatMap((r) => r.instances);
  const failing = service.errorRatio > 0.05;
  return {
    name: service.name,
    state: standingOf(service),
    requestsPerSecond: round(service.arrivalsPerSecond),
    errorRatio: round(service.errorRatio, 3),
    instancesReady: instances.filter((i) => i.phase === 'ready').length,
    instancesStarting: instances.filter((i) => i.phase === 'starting').length,
    instancesMax: revision ? maxInstancesOf(service, revision.template) : 0,
    revision: main,
    traffic: service.routed.map(({ revision: name, percent }) => ({ revision: name, percent })),
    memoryRatio: round(revision?.memoryRatio ?? 0, 3),
    p95LatencyMs: Math.round(
      failing ? Math.max(service.errorLatencyMs, service.okLatencyMs * 1.7) : service.okLatencyMs * 1.7,
    ),
    url: publicUrl(state, service.name),
  };
}

function publicUrl(state: WorldState, service: string): string {
  for (const host of state.scenario.estate.hosts) {
    const route = host.routes.find((r) => r.service === service);
    if (route) return `https://${host.name}${route.path === '/' ? '' : route.path}`;
  }
  return '';
}

const connectorSnapshot = (connector: ConnectorState): ConnectorSnapshot => ({
  name: connector.name,
  state: connector.state,
  machineType: connector.machineType,
  instances: connector.instances,
  minInstances: connector.minInstances,
  maxInstances: connector.maxInstances,
  throughputMbps: round(throughputMbps(connector)),
  ceilingMbps: ceilingMbps(connector),
  loadRatio: round(loadRatio(connector), 3),
  timeoutRatio: round(connector.timeoutRatio, 3),
});

/** As seen from the services that need it, by their own way into the network. */
function reachability(state: WorldState, database: DatabaseState): 'reachable' | 'unreliable' | 'unreachable' {
  if (database.state !== 'up') return 'unreachable';
  const users = [...state.services.values()].filter((s) => s.defaultCode.request.needs.includes(database.name));
  const ratios = users
    .flatMap((service) => service.routed.flatMap(({ revision }) => findRevision(service, revision) ?? []))
    .map((revision) => connectionFailure(state, revision, database.name).ratio);
  const worst = Math.max(0, ...ratios);
  return worst > 0.5 ? 'unreachable' : worst > 0.02 ? 'unreliable' : 'reachable';
}

const round = (x: number, digits = 1): number => Number(x.toFixed(digits));
