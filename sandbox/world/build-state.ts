import { defaultCode, patchCode } from '../scenarios/code.ts';
import type { ConnectorEstate, ServiceEstate } from '../scenarios/estate.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { auditServiceChange } from './audit.ts';
import { connectionNameOf, databaseState } from './databases.ts';
import { buildEdge } from './edge/build-edge.ts';
import { createLedger } from './ledger.ts';
import { createMetricStore } from './metrics/store.ts';
import { buildNetworks } from './network-state.ts';
import { platformState } from './platform/platform-state.ts';
import { createRandom } from './random.ts';
import { createRevision, learnCode, route, uuid } from './revisions.ts';
import { buildSecrets } from './secrets.ts';
import { withSettings } from './settings.ts';
import type { ConnectorState, Json, ServiceState, WorldState } from './state.ts';
import { templateFor } from './template.ts';

/** Networks are older than anything that happens here. */
const CREATED_BEFORE_MS = 180 * 86_400_000;

/** The estate as it stands when its history begins. */
export function buildState(scenario: Scenario, startMs: number): WorldState {
  const { estate } = scenario;
  const state: WorldState = {
    scenario,
    startMs,
    nowMs: startMs - estate.historySeconds * 1000,
    random: createRandom(scenario.seed),
    services: new Map(),
    connectorTrouble: undefined,
    connectors: new Map(estate.connectors.map((c) => [c.name, connectorState(c)])),
    databases: new Map(estate.databases.map((d) => [d.name, databaseState(d)])),
    edge: buildEdge(scenario, startMs),
    networks: buildNetworks(scenario, startMs - CREATED_BEFORE_MS),
    secrets: buildSecrets(estate.secrets),
    upstreams: new Map(estate.upstreams.map((u) => [u.name, { estate: u, trouble: undefined }])),
    operations: new Map(),
    platform: platformState(scenario),
    agenda: [],
    ledger: createLedger(),
    metrics: createMetricStore(),
    alerts: new Map(),
    events: [],
    drainedEvents: 0,
    notifications: [],
  };
  for (const service of estate.services) state.services.set(service.name, serviceState(state, service));
  printDeployments(state);
  return state;
}

const connectorState = (estate: ConnectorEstate): ConnectorState => ({
  name: estate.name,
  estate,
  state: 'READY',
  machineType: estate.machineType,
  minInstances: estate.minInstances,
  maxInstances: estate.maxInstances,
  instances: estate.instances ?? estate.minInstances,
  scaledMs: 0,
  offeredMbps: 0,
  demandMbps: 0,
  movedMbit: 0,
  timeoutRatio: 0,
});

function serviceState(state: WorldState, estate: ServiceEstate): ServiceState {
  const location = `projects/${state.scenario.estate.project}/locations/${state.scenario.estate.region}`;
  const { databases, project, region } = state.scenario.estate;
  const sockets = databases
    .filter(({ name }) => estate.cloudSql.includes(name))
    .map((database) => connectionNameOf(database, project, region));
  const template = (image: string) => withSettings(templateFor(estate, image, location, sockets), estate.settings);
  const last = estate.revisions.at(-1);
  const deployedMs = (before: number) => state.startMs - before * 1000;
  const updatedMs = deployedMs(last?.deployedSecondsBefore ?? 0);
  const code = patchCode(defaultCode, estate.code);
  const service: ServiceState = {
    name: estate.name,
    estate,
    codes: new Map(),
    defaultCode: code,
    pulls: new Map(),
    spec: {
      labels: estate.labels,
      ingress: 'INGRESS_TRAFFIC_ALL',
      launchStage: 'GA',
      template: withSettings(template(last?.image ?? estate.image), last?.settings ?? {}),
      traffic: trafficFor(estate),
      scaling: estate.serviceMaxInstances === undefined ? {} : { maxInstanceCount: estate.serviceMaxInstances },
    },
    uid: uuid(state),
    createdMs: deployedMs(estate.revisions[0]?.deployedSecondsBefore ?? 0),
    updatedMs,
    generation: estate.revisions.length,
    observedGeneration: estate.revisions.length,
    lastModifier: last?.deployedBy ?? '',
    version: `${updatedMs}000`,
    reconciling: false,
    ready: { state: 'CONDITION_SUCCEEDED', atMs: updatedMs + 9000 },
    latestReady: last?.name,
    latestCreated: last?.name ?? '',
    revisions: [],
    routed: [],
    deployment: undefined,
    retryBacklog: 0,
    second: { ok: 0, failed: 0 },
    arrivalsPerSecond: 0,
    errorRatio: 0,
    errorLatencyMs: 1000,
    okLatencyMs: code.request.latencyMs,
  };
  for (const [index, revision] of estate.revisions.entries()) {
    const image = revision.image ?? estate.image;
    learnCode(service, image, revision.code);
    const atMs = deployedMs(revision.deployedSecondsBefore);
    const made = {
      name: revision.name,
      template: withSettings(template(image), revision.settings ?? {}),
      by: revision.deployedBy,
      atMs,
      generation: index + 1,
    };
    service.revisions.push(
      createRevision(state, service, { ...made, ready: { state: 'CONDITION_SUCCEEDED', atMs: atMs + 9000 } }),
    );
  }
  route(service);
  return service;
}

function trafficFor(estate: ServiceEstate): Json[] {
  if (estate.traffic === 'latest') return [{ type: 'TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST', percent: 100 }];
  return estate.traffic.map((t) => ({
    type: 'TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION',
    revision: t.revision,
    percent: t.percent,
  }));
}

/** The audit entries of every deployment of the past, in order of time. */
function printDeployments(state: WorldState): void {
  const all = [...state.services.values()].flatMap((s) => s.revisions.map((r) => ({ service: s.name, revision: r })));
  const { nowMs } = state;
  for (const { service, revision } of all.sort((a, b) => a.revision.createdMs - b.revision.createdMs)) {
    if (revision.createdMs > nowMs) continue;
    state.nowMs = revision.createdMs;
    const request = { service: { template: revision.template } };
    auditServiceChange(state, { service, method: 'UpdateService', by: revision.creator, request });
  }
  state.nowMs = nowMs;
}
