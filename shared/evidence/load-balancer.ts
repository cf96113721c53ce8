import type { Instant } from '../ports/clock.ts';
import { earliest, latest } from '../ports/clock.ts';
import type { BalancedRequest, LogEntry, Series, SeriesQuery } from '../ports/cloud.ts';
import type {
  BackendService,
  EndpointGroup,
  GroupHealth,
  HealthCheck,
  PathOrder,
  SecurityPolicy,
} from '../ports/load-balancing.ts';
import { type Balancer, balancersOf } from './balanced-hosts.ts';
import { inBatches } from './in-batches.ts';
import type { Inspection, Inspector } from './inspector.ts';
import { knownSeries } from './known-series.ts';
import { type Part, part } from './part.ts';
import { shapeOfPath } from './path-shape.ts';

type Points = Series['points'];

/** Which requests go where, several to one host and path where backends share them; `host` may be a pattern. */
export interface Route extends PathOrder {
  readonly host: string;
  readonly path: string;
  readonly backend: string;
}

export type BackendHealth =
  /** Groups without machines, serverless ones above all, must not have a health check. */
  | { readonly kind: 'none' }
  | { readonly kind: 'checked'; readonly check: HealthCheck | undefined; readonly states: GroupHealth['states'] };

/** Per minute, oldest first; empty where Monitoring had no points. */
export interface BackendTraffic {
  readonly requests: Points;
  readonly serverErrors: Points;
  readonly latencyP99Ms: Points;
}

export interface BackendObservation
  extends Pick<
    BackendService,
    'name' | 'link' | 'securityPolicy' | 'identityAwareProxy' | 'outlierDetection' | 'loggedRatio'
  > {
  readonly groups: readonly {
    readonly name: string;
    readonly type: string;
    /** The Cloud Run service that it leads to. */
    readonly service: string | undefined;
    /** 'gone': the region has no such service. 'unknown': another region, or nothing that we could look for. */
    readonly target: 'there' | 'gone' | 'unknown';
  }[];
  readonly health: Part<BackendHealth>;
  readonly traffic: Part<BackendTraffic>;
}

/** Failed requests that ended alike, from the load balancer's own log. */
export interface BalancerAnswers {
  readonly backend: string | undefined;
  readonly status: number;
  readonly statusDetails: string;
  readonly deniedBy: BalancedRequest['deniedBy'];
  readonly count: number;
  readonly firstAt: Instant;
  readonly lastAt: Instant;
  /** Whatever is not a word of them masked. */
  readonly paths: readonly string[];
}

export interface LoadBalancerObservation {
  readonly routes: readonly Route[];
  readonly backends: readonly BackendObservation[];
  readonly policies: Part<readonly SecurityPolicy[]>;
  /** `truncated`: there were more than were read, so that counts are of the newest. */
  readonly answers: Part<{ readonly kinds: readonly BalancerAnswers[]; readonly truncated: boolean }>;
}

/** One page of entries.list (read-logs.ts), so that one look costs one read. How many kinds of failure, and paths of one, are kept of it is our own choice: more tell no more. */
const ENTRIES_MAX = 1000;
const KINDS_MAX = 50;
const PATHS_MAX = 5;
const FAILED =
  'resource.type="http_load_balancer" AND (httpRequest.status>=400 OR jsonPayload.statusDetails="handled_by_identity_aware_proxy")';

/**
 * Sees which host and path lead to which backend and service, what stands behind each backend and its health checks' verdict, 5xx and latency by
 * backend, outlier detection, Cloud Armor, and what the load balancer's log says of failed requests.
 * API: Compute v1 aggregated lists of forwardingRules, targetHttpsProxies, urlMaps, backendServices, networkEndpointGroups, healthChecks, securityPolicies, and backendServices.getHealth; Monitoring v3 timeSeries.list; Logging v2 entries.list, one call. Permissions: compute.forwardingRules.list, compute.targetHttpsProxies.list, compute.urlMaps.list, compute.backendServices.list, compute.networkEndpointGroups.list, compute.healthChecks.list, compute.securityPolicies.list, compute.backendServices.get, run.services.list, monitoring.timeSeries.list, logging.logEntries.list.
 * Silent about the health of serverless groups, which have none, about backends whose logging is off, and, in metrics, about the last 210 s.
 */
export const loadBalancer: Inspector<LoadBalancerObservation> = {
  deadlineMs: 15_000,
  permissions: [
    'compute.forwardingRules.list',
    'compute.targetHttpsProxies.list',
    'compute.urlMaps.list',
    'compute.backendServices.list',
    'compute.networkEndpointGroups.list',
    'compute.healthChecks.list',
    'compute.securityPolicies.list',
    'compute.backendServices.get',
    'run.services.list',
    'monitoring.timeSeries.list',
    'logging.logEntries.list',
  ],
  appliesTo: () => true,
  inspect: async (inspection, abort) => {
    const { cloud, environment } = inspection;
    const balancers = await balancersOf(cloud, environment, abort);
    // Without a load balancer there is nothing more to ask, of Logging least of all.
    if (balancers.length === 0) {
      const policies: Part<[]> = { status: 'observed', value: [] };
      return {
        routes: [],
        backends: [],
        policies,
        answers: { status: 'observed', value: { kinds: [], truncated: false } },
      };
    }
    const { project } = environment;
    const routes = balancers.flatMap(routesOf);
    const [parts, policies, answers] = await Promise.all([
      partsOf(inspection, abort),
      part(cloud.securityPolicies({ project }, abort), abort),
      part(answersOf(inspection, abort), abort),
    ]);
    const routed = parts.backends.filter(({ name }) => routes.some(({ backend }) => backend === name));
    return {
      routes,
      backends: await inBatches(routed, (one) => observe(one, parts, inspection, abort)),
      policies,
      answers,
    };
  },
};

function routesOf({ urlMap }: Balancer): Route[] {
  const to = (host: string, path: string, backends: readonly string[], order: PathOrder = {}): Route[] =>
    backends.map((backend) => ({ host, path, backend: backend.slice(backend.lastIndexOf('/') + 1), ...order }));
  const named = urlMap.rules.flatMap(({ hosts, defaultBackends, paths }) =>
    hosts.flatMap((host) => [
      ...to(host, '/*', defaultBackends),
      ...paths.flatMap(({ paths: patterns, backends, ...order }) =>
        patterns.flatMap((path) => to(host, path, backends, order)),
      ),
    ]),
  );
  return [...named, ...to('*', '/*', urlMap.defaultBackends)];
}

type Parts = Awaited<ReturnType<typeof partsOf>>;

async function partsOf(inspection: Inspection, abort: AbortSignal) {
  const { cloud, environment } = inspection;
  const { project } = environment;
  const [backends, groups, services, checks, traffic] = await Promise.all([
    cloud.backendServices({ project }, abort),
    cloud.endpointGroups({ project }, abort),
    cloud.services(environment, abort),
    part(cloud.healthChecks({ project }, abort), abort),
    part(trafficOf(inspection, abort), abort),
  ]);
  return { backends, groups, services: services.map(({ shortName }) => shortName), checks, traffic };
}

async function observe(
  backend: BackendService,
  { groups, services, checks, traffic }: Parts,
  inspection: Inspection,
  abort: AbortSignal,
): Promise<BackendObservation> {
  const { name, link, securityPolicy, identityAwareProxy, outlierDetection, loggedRatio } = backend;
  const known = checks.status === 'observed' ? checks.value : [];
  return {
    ...{ name, link, securityPolicy, identityAwareProxy, outlierDetection, loggedRatio },
    groups: backend.groups.map((group) => groupOf(group, groups, services, inspection)),
    health: await part(healthOf(backend, known, inspection, abort), abort),
    traffic: traffic.status === 'observed' ? { status: 'observed', value: ofBackend(name, traffic.value) } : traffic,
  };
}

function groupOf(
  link: string,
  groups: readonly EndpointGroup[],
  services: readonly string[],
  { environment }: Inspection,
): BackendObservation['groups'][number] {
  const group = groups.find((one) => one.link === link);
  const name = link.slice(link.lastIndexOf('/') + 1);
  if (group === undefined)
    return {
      name,
      type: link.includes('/instanceGroups/') ? 'INSTANCE_GROUP' : 'unknown',
      service: undefined,
      target: 'unknown',
    };
  const { type, service, region } = group;
  const isHere = service !== undefined && region === environment.region;
  return { name, type, service, target: !isHere ? 'unknown' : services.includes(service) ? 'there' : 'gone' };
}

/** "Backend services with internet or serverless NEG backends must not have a health check" (backend_services.proto): then nobody is asked. */
async function healthOf(
  { link, groups, healthChecks }: BackendService,
  checks: readonly HealthCheck[],
  { cloud, environment: { project } }: Inspection,
  abort: AbortSignal,
): Promise<BackendHealth> {
  const [check] = healthChecks;
  if (check === undefined) return { kind: 'none' };
  const verdicts = await inBatches(groups, (group) => cloud.groupHealth({ project, backend: link, group }, abort));
  const all = verdicts.flatMap(({ states }) => states);
  const distinct = [...new Set(all.map(({ state }) => state))].sort();
  return {
    kind: 'checked',
    check: checks.find((one) => one.link === check),
    states: distinct.map((state) => ({
      state,
      count: all.filter((one) => one.state === state).reduce((sum, { count }) => sum + count, 0),
    })),
  };
}

async function trafficOf({ cloud, environment, since, until }: Inspection, abort: AbortSignal) {
  const ask = (metric: string, over: Pick<SeriesQuery, 'aligner' | 'reducer' | 'groupBy'>) =>
    knownSeries(
      cloud.series(
        {
          project: environment.project,
          filter: `metric.type="loadbalancing.googleapis.com/https/${metric}" AND resource.type="https_lb_rule"`,
          from: since,
          to: until,
          alignSeconds: 60,
          ...over,
        },
        abort,
      ),
    );
  const backend = 'resource.labels.backend_target_name';
  const [requests, latency] = await Promise.all([
    // Its classes are numbers, 500, where Cloud Run's are words, 5xx (facts, 2026-11-23).
    ask('request_count', {
      aligner: 'ALIGN_DELTA',
      reducer: 'REDUCE_SUM',
      groupBy: [backend, 'metric.labels.response_code_class'],
    }),
    ask('backend_latencies', { aligner: 'ALIGN_PERCENTILE_99', reducer: 'REDUCE_MAX', groupBy: [backend] }),
  ]);
  return { requests, latency };
}

function ofBackend(name: string, { requests, latency }: Awaited<ReturnType<typeof trafficOf>>): BackendTraffic {
  const own = (series: readonly Series[]) => series.filter(({ labels }) => labels['backend_target_name'] === name);
  return {
    requests: added(own(requests)),
    serverErrors: added(own(requests).filter(({ labels }) => labels['response_code_class'] === '500')),
    latencyP99Ms: own(latency)[0]?.points ?? [],
  };
}

/** The series added up, minute by minute. */
function added(series: readonly Series[]): Points {
  const byMinute = new Map<string, Points[number]>();
  for (const { at, value } of series.flatMap(({ points }) => points))
    byMinute.set(at, { at, value: value + (byMinute.get(at)?.value ?? 0) });
  return [...byMinute.values()].sort((a, b) => (a.at < b.at ? -1 : 1));
}

async function answersOf({ cloud, environment, since, until }: Inspection, abort: AbortSignal) {
  const { project } = environment;
  const { entries, truncated } = await cloud.logs(
    { project, filter: FAILED, from: since, to: until, entriesMax: ENTRIES_MAX, order: 'newest-first' },
    abort,
  );
  const kinds = Map.groupBy(entries.filter(isBalanced), ({ httpStatus, balanced }) =>
    JSON.stringify([balanced.backend, httpStatus, balanced.statusDetails, balanced.deniedBy]),
  );
  return {
    kinds: [...kinds.values()]
      .flatMap(alike)
      .sort((a, b) => b.count - a.count)
      .slice(0, KINDS_MAX),
    truncated,
  };
}

type BalancedEntry = LogEntry & { readonly balanced: BalancedRequest };
const isBalanced = (entry: LogEntry): entry is BalancedEntry => entry.balanced !== undefined;

const alike = (entries: readonly BalancedEntry[]): BalancerAnswers[] =>
  entries.slice(0, 1).map(({ httpStatus, balanced: { backend, statusDetails, deniedBy } }) => ({
    ...{ backend, statusDetails, deniedBy },
    status: httpStatus ?? 0,
    count: entries.length,
    firstAt: entries.map(({ at }) => at).reduce(earliest),
    lastAt: entries.map(({ at }) => at).reduce(latest),
    paths: [...new Set(entries.flatMap(({ balanced: { path } }) => (path === undefined ? [] : shapeOfPath(path))))]
      .sort()
      .slice(0, PATHS_MAX),
  }));
