import type { Door } from '../edge/door.ts';
import { isCutOff } from '../in-flight.ts';
import type { LineRecord, RequestRecord } from '../ledger.ts';
import { requestText } from '../log-texts.ts';
import { createRandom, seedOf } from '../random.ts';
import type { Json, WorldState } from '../state.ts';

// LogEntry messages in JSON, made when they are asked for, always the same for the same record.

/** Which of the two entries that a request leaves: Cloud Run's own, or the load balancer's in front of it. */
export type RequestView = 'run' | 'load-balancer';

/** Whether a request leaves an entry of this kind: what was answered before Cloud Run is not in its log, and what has no public host not in the other. */
export function hasEntry(state: WorldState, { service, door }: RequestRecord, view: RequestView): boolean {
  if (view === 'load-balancer') return hostOf(state, service) !== undefined;
  // Cloud Run writes down whom it refuses for want of a right, and not whom its ingress setting turns away.
  return door === undefined || door.by === 'invoker';
}

/** What the entries of all requests of a record have alike. */
export const sharedEntry = (state: WorldState, record: RequestRecord, view: RequestView): Json => ({
  severity: record.status >= 500 ? 'ERROR' : record.status >= 400 ? 'WARNING' : 'INFO',
  httpRequest: sharedRequest(record),
  ...(view === 'run' ? runEntry(state, record) : loadBalancerEntry(state, record)),
});

/** The entry of the `index`th of the requests in a record; `shared` is what sharedEntry says of it. */
export function requestEntry(
  state: WorldState,
  record: RequestRecord,
  index: number,
  view: RequestView,
  shared: Json = sharedEntry(state, record, view),
): Json {
  const { project } = state.scenario.estate;
  const seed = seedOf(record.sequence, index, view);
  // The requests of a record ended within the second before it.
  const atMs = record.atMs - 1000 + Math.floor(((index + 0.5) / record.count) * 1000) + 1;
  const latencySeconds = (record.latencyMs / 1000) * (isCutOff(record.kind) ? 1 : 0.85 + (seed % 1000) / 3300);
  const trace = hex(seed, 32);
  const instanceId = view === 'run' ? record.instanceIds[index % Math.max(1, record.instanceIds.length)] : undefined;
  return {
    ...shared,
    insertId: hex(seed + 1, 16),
    timestamp: new Date(atMs).toISOString(),
    receiveTimestamp: new Date(atMs + 80).toISOString(),
    trace: `projects/${project}/traces/${trace}`,
    spanId: trace.slice(0, 16),
    httpRequest: { ...sharedRequest(record), ...ownRequest(state, record, seed, latencySeconds) },
    ...(instanceId !== undefined && { labels: { instanceId, ...MANAGED } }),
  };
}

const MANAGED = { 'goog-managed-by': 'cloudrun' };

function runEntry(state: WorldState, record: RequestRecord): Json {
  const { project } = state.scenario.estate;
  const text = record.door?.by === 'invoker' ? NOT_AUTHENTICATED : requestText[record.kind];
  return {
    ...(text !== undefined && { textPayload: text }),
    logName: `projects/${project}/logs/run.googleapis.com%2Frequests`,
    resource: revisionResource(state, record.service, record.revision),
    labels: MANAGED,
  };
}

/** Source: failure signatures collected from Google's documentation and public files, 2026-11-23. */
const NOT_AUTHENTICATED =
  'The request was not authenticated. Either allow unauthenticated invocations or set the proper Authorization header. Read more at https://cloud.google.com/run/docs/securing/authenticating';

/** Of the rule that denied. Shape: entries of public threads and of GSP215's lab, read 2026-11-23. */
const enforced = (policy: Door['policy']): Json | undefined =>
  policy && { name: policy.name, priority: policy.priority, configuredAction: 'DENY', outcome: 'DENY' };

function loadBalancerEntry(state: WorldState, record: RequestRecord): Json {
  const { project, projectNumber } = state.scenario.estate;
  const host = hostOf(state, record.service) ?? '';
  return {
    logName: `projects/${project}/logs/requests`,
    resource: {
      type: 'http_load_balancer',
      labels: {
        project_id: project,
        zone: 'global',
        backend_service_name: `${record.service}-backend`,
        forwarding_rule_name: `${host.split('.')[0]}-https`,
        target_proxy_name: `${host.split('.')[0]}-proxy`,
        url_map_name: `${host.split('.')[0]}-map`,
      },
    },
    jsonPayload: {
      '@type': 'type.googleapis.com/google.cloud.loadbalancing.type.LoadBalancerLogEntry',
      statusDetails: record.door?.statusDetails ?? 'response_sent_by_backend',
      ...(record.door?.policy && { enforcedSecurityPolicy: enforced(record.door.policy) }),
      backendTargetProjectNumber: `projects/${projectNumber}`,
      cacheDecision: ['RESPONSE_HAS_CACHE_CONTROL', 'CACHE_MODE_USE_ORIGIN_HEADERS'],
    },
  };
}

/** The public host that leads to a service; services without one have no load balancer entries. */
export const hostOf = (state: WorldState, service: string): string | undefined =>
  state.scenario.estate.hosts.find((host) => host.routes.some((r) => r.service === service))?.name ??
  state.edge.vms.get(service)?.estate.host;

const sharedRequest = (record: RequestRecord): Json => ({
  status: record.status,
  userAgent:
    record.agent ??
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
  serverIp: '34.143.72.2',
  protocol: 'HTTP/1.1',
});

function ownRequest(state: WorldState, record: RequestRecord, seed: number, latencySeconds: number): Json {
  const own = state.services.get(record.service)?.estate.paths ?? [
    state.edge.vms.get(record.service)?.estate.path ?? '/',
  ];
  const paths = record.door?.paths?.filter((one) => own.includes(one)) ?? own;
  const path = record.path ?? paths[seed % paths.length] ?? '/';
  return {
    requestMethod: path.includes('login') ? 'POST' : 'GET',
    requestUrl: `https://${hostOf(state, record.service) ?? `${record.service}.internal`}${path}`,
    requestSize: String(400 + (seed % 700)),
    responseSize: String(record.status < 400 ? 900 + (seed % 9000) : 180),
    remoteIp: `203.0.113.${seed % 254}`,
    latency: `${latencySeconds.toFixed(9)}s`,
  };
}

const LOG_NAMES: Record<LineRecord['log'], string> = {
  stdout: 'run.googleapis.com%2Fstdout',
  stderr: 'run.googleapis.com%2Fstderr',
  system: 'run.googleapis.com%2Fvarlog%2Fsystem',
  activity: 'cloudaudit.googleapis.com%2Factivity',
  system_event: 'cloudaudit.googleapis.com%2Fsystem_event',
};

/** The entry of a line that a container, the platform or the audit log wrote. */
export function lineEntry(state: WorldState, line: LineRecord): Json {
  const { project } = state.scenario.estate;
  const isPino = line.log === 'stderr' && state.services.get(line.service)?.estate.logger === 'pino';
  return {
    insertId: hex(seedOf('line', line.sequence, line.log), 16),
    timestamp: new Date(line.atMs).toISOString(),
    receiveTimestamp: new Date(line.atMs + 80).toISOString(),
    ...(!isPino && { severity: line.severity }),
    logName: `projects/${project}/logs/${LOG_NAMES[isPino ? 'stdout' : line.log]}`,
    resource: line.resource ?? revisionResource(state, line.service, line.revision ?? ''),
    ...(line.instanceId !== undefined && { labels: { instanceId: line.instanceId } }),
    ...(line.text !== undefined &&
      (isPino ? { jsonPayload: pinoLine(line.text, line.atMs) } : { textPayload: line.text })),
    ...(line.protoPayload !== undefined && { protoPayload: line.protoPayload }),
    ...(line.operation !== undefined && { operation: line.operation }),
  };
}

/** As pino's standard serializer writes an error that a request ended with; 50 is its level for errors. */
const pinoLine = (message: string, time: number): Json => ({
  level: 50,
  time,
  pid: 1,
  msg: 'request errored',
  err: { type: 'Error', message, stack: `Error: ${message}\n    at handle (/app/server.js:41:11)` },
});

function revisionResource(state: WorldState, service: string, revision: string): Json {
  const { project, region } = state.scenario.estate;
  return {
    type: 'cloud_run_revision',
    labels: {
      project_id: project,
      location: region,
      service_name: service,
      configuration_name: service,
      revision_name: revision,
    },
  };
}

function hex(seed: number, length: number): string {
  const random = createRandom(seed);
  let text = '';
  while (text.length < length)
    text += Math.floor(random.next() * 2 ** 32)
      .toString(16)
      .padStart(8, '0');
  return text.slice(0, length);
}
