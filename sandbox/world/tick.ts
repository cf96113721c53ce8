import { evaluateAlerts } from './alerting.ts';
import { autoscale } from './autoscale.ts';
import { tickDeployment } from './change-service.ts';
import { tickDatabase } from './databases.ts';
import { letIn, tickEdge } from './edge/tick-edge.ts';
import { backgroundFactor, leakMibPerMinute, requestFactor, workOf } from './effects.ts';
import { forget } from './forget.ts';
import { healthChecksOf } from './health-checks.ts';
import { measureMemory, tickInstances } from './instances.ts';
import { observe } from './metrics/observe.ts';
import { sampleMetrics } from './metrics/sample.ts';
import { tickNats } from './nat.ts';
import { runAgenda } from './operations.ts';
import { tickPlatform } from './platform/effects.ts';
import { servePoison } from './poison.ts';
import { serve } from './requests.ts';
import { openSockets } from './sockets.ts';
import type { RevisionState, ServiceState, WorldState } from './state.ts';
import { memoryMibOf } from './template.ts';
import { tickConnector } from './tick-connector.ts';

export const SECOND_MS = 1000;
const RETRY_RATE = 0.3; // Of the clients that will try again, this share does so each second.
const UTILIZATION_EVERY_MS = 10_000;
const FORGET_EVERY_MS = 600_000;
export const SAMPLE_MS = 60_000; // Cloud Monitoring samples these metrics every 60 s. Source: list of metrics, read 2026-11-23.

/** Simulates the next second: causes first, then the network, then every service; once a minute, metrics. */
export function tick(state: WorldState): void {
  state.nowMs += SECOND_MS;
  runAgenda(state);
  for (const connector of state.connectors.values()) {
    tickConnector(state, connector, connector.estate.backgroundMbps * backgroundFactor(state, connector.name));
  }
  tickPlatform(state);
  for (const database of state.databases.values()) tickDatabase(state, database);
  tickEdge(state);
  for (const service of state.services.values()) tickService(state, service);
  tickNats(state);
  if (state.nowMs % FORGET_EVERY_MS === 0) forget(state);
  if (state.nowMs % SAMPLE_MS !== 0) return;
  sampleMetrics(state);
  if (state.nowMs > state.startMs) evaluateAlerts(state);
}

function tickService(state: WorldState, service: ServiceState): void {
  const retries = service.retryBacklog * RETRY_RATE;
  service.retryBacklog -= retries;
  service.second.ok = 0;
  service.second.failed = 0;
  const asked = service.estate.requestsPerSecond * requestFactor(state, service.name) + retries;
  const arrivals = letIn(state, service, state.random.arrivals(asked));
  const leak = leakMibPerMinute(state, service.name);
  const checks = healthChecksOf(state, service);
  const work = workOf(state, service.name);
  let given = 0;
  for (const revision of service.revisions) {
    const percent = service.routed.find((r) => r.revision === revision.name)?.percent ?? 0;
    const share =
      percent === 100 ? arrivals : Math.min(arrivals - given, state.random.round((arrivals * percent) / 100));
    given += share;
    if (isAsleep(revision, percent)) continue;
    revision.work = work;
    tickInstances(state, revision, leak);
    measureMemory(revision);
    servePoison(state, service, revision, percent);
    const ofChecks = checks.map((check) => ({ ...check, perSecond: (check.perSecond * percent) / 100 }));
    serve(state, service, revision, share, percent > 0 ? ofChecks : []);
    openSockets(state, service, revision, percent / 100);
    autoscale(state, service, revision, percent);
    if (state.nowMs % UTILIZATION_EVERY_MS === 0) observeUtilization(state, revision);
  }
  tickDeployment(state, service);
  smooth(service, arrivals);
}

const isAsleep = (revision: RevisionState, percent: number): boolean =>
  percent === 0 && revision.floor === 0 && revision.instances.length === 0 && revision.busy + revision.queued === 0;

function smooth(service: ServiceState, arrivals: number): void {
  service.arrivalsPerSecond += (arrivals - service.arrivalsPerSecond) * 0.2;
  const { ok, failed } = service.second;
  if (ok + failed > 0) service.errorRatio += (failed / (ok + failed) - service.errorRatio) * 0.2;
}

function observeUtilization(state: WorldState, revision: RevisionState): void {
  const limitMib = memoryMibOf(revision.template);
  for (const instance of revision.instances) {
    observe(state, revision, 'memory', Math.min(1, instance.memoryMib / limitMib), 1);
    observe(state, revision, 'cpu', instance.phase === 'starting' ? 0.7 : Math.max(0.01, revision.cpuRatio), 1);
  }
  const ready = revision.readyIds.length;
  if (ready > 0) observe(state, revision, 'concurrency', Math.max(1, revision.busy / ready), ready);
}
