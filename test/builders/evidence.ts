import type { Context } from '../../shared/diagnosis/rule.ts';
import type {
  CertificateObservation,
  DomainObservation,
  HandshakeSeen,
  ProxyObservation,
} from '../../shared/evidence/certificates.ts';
import type { CheckResult } from '../../shared/evidence/checks.ts';
import type { ServiceObservation } from '../../shared/evidence/cloud-run.ts';
import type { DatabaseObservation, ObservedDatabase } from '../../shared/evidence/database.ts';
import type { ObservedLook } from '../../shared/evidence/database-looks.ts';
import type { ObservedUser } from '../../shared/evidence/database-users.ts';
import { type Evidence, inspectorNames } from '../../shared/evidence/evidence.ts';
import type { Reading } from '../../shared/evidence/inspector.ts';
import type {
  BackendObservation,
  BalancerAnswers,
  LoadBalancerObservation,
} from '../../shared/evidence/load-balancer.ts';
import type { FailedRequests, LineCluster, LogsObservation, SignatureCount } from '../../shared/evidence/logs.ts';
import type { ServiceMetrics } from '../../shared/evidence/metrics.ts';
import type { NatObservation, NetworkView, Way, ZoneObservation } from '../../shared/evidence/network.ts';
import type { PlatformObservation } from '../../shared/evidence/platform.ts';
import type { QuotaUse } from '../../shared/evidence/quota-use.ts';
import type { Unreachable } from '../../shared/evidence/unreachable.ts';
import type { ConnectorObservation } from '../../shared/evidence/vpc-connector.ts';
import type { Environment } from '../../shared/policy/policy.ts';
import { type Instant, instant, plusSeconds } from '../../shared/ports/clock.ts';
import type { Revision, Template } from '../../shared/ports/cloud.ts';
import type { RedisInstance, SqlInstance, SqlOperation } from '../../shared/ports/databases.ts';
import type { PastIncident } from '../../shared/ports/history.ts';
import type { Firewall, Route } from '../../shared/ports/network.ts';
import type { CloudIncident } from '../../shared/ports/platform.ts';
import type { HandshakeOutcome } from '../../shared/ports/vpc-prober.ts';

/** Three in the morning; everything else is told in seconds from here. */
export const NOW = instant('2026-11-23T03:00:00.000Z');
export const at = (seconds: number): Instant => plusSeconds(NOW, seconds);
export const CONNECTOR = 'projects/acme-staging/locations/us-central1/connectors/staging-connector';
export const serviceName = (service: string): string =>
  `projects/acme-staging/locations/us-central1/services/${service}`;

export const environment: Environment = {
  name: 'staging',
  project: 'acme-staging',
  region: 'us-central1',
  services: undefined,
  connectors: undefined,
  checks: [],
  databases: [],
  probes: [],
  slack: { channel: 'C0STAGING' },
  approvers: { users: ['U0ANN'], usergroups: ['S0ONCALL'], byAction: {}, expiresAfterSeconds: 1800 },
  bounds: {
    actions: 'all',
    deniedActions: [],
    connectorInstancesMax: 10,
    connectorMachineTypes: ['e2-micro', 'e2-standard-4'],
    memoryMibMax: 8192,
    cpuMax: 4,
    instancesMax: 100,
    costUsdPerMonthMax: 500,
    costUsdPerMonthPerDayMax: 3000,
  },
  guardrails: {
    cooldownSeconds: 900,
    changesPerHourMax: 10,
    repeats: { times: 3, withinSeconds: 7 * 86_400 },
    blastRadius: { percentMax: 50, servicesAlways: 5 },
    freezes: [],
  },
  verification: { checks: 3, everySeconds: 60, deadlineSeconds: 1200 },
  escalation: [
    { afterSeconds: 3600, usergroups: ['S0ONCALL'], users: [] },
    { afterSeconds: 14_400, usergroups: [], users: ['U0ANN'] },
  ],
  paused: false,
};

export const context: Context = {
  subject: { environment: 'staging', project: 'acme-staging', region: 'us-central1', services: ['backend'] },
  since: at(-1800),
  until: NOW,
};

export const template: Template = {
  containers: [
    {
      name: 'app',
      image: 'us-docker.pkg.dev/acme/app@sha256:aaaa',
      cpu: 1,
      memoryMib: 512,
      envNames: [],
      secrets: [],
      port: 8080,
      protocol: 'http1',
      startupProbe: undefined,
      livenessProbe: undefined,
      readinessProbe: undefined,
      cpuIdle: true,
      startupCpuBoost: false,
    },
  ],
  volumes: [],
  executionEnvironment: undefined,
  vpcAccess: { kind: 'connector', connector: CONNECTOR, egress: 'all-traffic' },
  serviceAccount: undefined,
  timeoutSeconds: 300,
  concurrency: 80,
  instancesMin: 1,
  instancesMax: 20,
  restartedAt: undefined,
};

export const revision = (shortName: string, createdAt: Instant, over: Partial<Revision> = {}): Revision => ({
  name: `${serviceName(shortName.replace(/-\d+.*$/, ''))}/revisions/${shortName}`,
  shortName,
  createdAt,
  createdBy: undefined,
  ready: { state: 'succeeded', reason: undefined, message: undefined, at: createdAt },
  template,
  ...over,
});

export function service(shortName: string, over: Partial<ServiceObservation> = {}): ServiceObservation {
  const current = revision(`${shortName}-00002`, at(-86_400));
  return {
    name: serviceName(shortName),
    shortName,
    etag: '"1"',
    generation: '2',
    observedGeneration: '2',
    reconciling: false,
    ready: { state: 'succeeded', reason: undefined, message: undefined, at: undefined },
    uri: undefined,
    ingress: 'INGRESS_TRAFFIC_ALL',
    invokerIamDisabled: false,
    defaultUriDisabled: false,
    updatedAt: undefined,
    lastModifier: undefined,
    latestReadyRevision: current.name,
    latestCreatedRevision: current.name,
    traffic: [{ revision: 'LATEST', percent: 100 }],
    serving: [{ revision: current.shortName, percent: 100 }],
    instancesMax: undefined,
    instancesMin: undefined,
    instancesByHand: undefined,
    template,
    revisions: [current, revision(`${shortName}-00001`, at(-172_800))],
    release: undefined,
    secrets: [],
    ...over,
  };
}

export const points = (values: readonly number[], endingAt = at(-240)) =>
  values.map((value, index) => ({ at: plusSeconds(endingAt, (index - values.length + 1) * 60), value }));

export const connector = (over: Partial<ConnectorObservation> = {}): ConnectorObservation => ({
  name: CONNECTOR,
  state: 'ready',
  machineType: 'e2-micro',
  instancesMin: 2,
  instancesMax: 3,
  network: 'default',
  ipCidrRange: '10.8.0.0/28',
  subnetwork: undefined,
  services: ['auth', 'backend', 'frontend'].map((name) => ({ service: name, egress: 'all-traffic' as const })),
  throughputMbps: points([60, 62, 61]),
  packetsPerSecond: points([7000, 7100, 7050]),
  instances: points([2, 2, 2]),
  cpuRatio: points([0.2, 0.2, 0.2]),
  ceilingMbps: 300,
  ceilingNowMbps: 200,
  trendMbpsPerMinute: 0.5,
  unmeasured: undefined,
  ...over,
});

export const failed = (service: string, count: number, over: Partial<FailedRequests> = {}): FailedRequests => ({
  service,
  revision: `${service}-00002`,
  status: 503,
  reachedContainer: true,
  count,
  firstAt: at(-240),
  lastAt: at(-5),
  ...over,
});

/** Where Cloud Run itself writes a line; all else is written by the application. */
const LOG_OF: Readonly<Partial<Record<SignatureCount['signature'], SignatureCount['log']>>> = {
  'no-available-instance': 'requests',
  'instance-did-not-start': 'requests',
  'response-malformed': 'requests',
  'startup-probe-failed': 'system',
  'container-exited': 'system',
  'container-crashed': 'system',
  'container-killed': 'system',
  'signal-uncaught': 'system',
  'liveness-probe-failed': 'system',
  'memory-limit-exceeded': 'system',
};

export const line = (
  service: string,
  signature: SignatureCount['signature'],
  count: number,
  over: Partial<SignatureCount> = {},
): SignatureCount => ({
  service,
  signature,
  log: LOG_OF[signature] ?? 'application',
  count,
  revision: `${service}-00002`,
  firstAt: at(-240),
  lastAt: at(-5),
  sample: `sample of ${signature}`,
  ...over,
});

/** Lines of a shape that nothing here knows. */
export const cluster = (service: string, count: number, over: Partial<LineCluster> = {}): LineCluster => ({
  service,
  revision: `${service}-00002`,
  count,
  shape: 'panic: runtime error',
  firstAt: at(-240),
  lastAt: at(-5),
  sample: 'panic: runtime error',
  ...over,
});

export const NETWORK = 'projects/acme-staging/global/networks/staging';
export const SUBNETWORK = 'projects/acme-staging/regions/us-central1/subnetworks/run';

/** A place that a service does not reach; 34 tries unless told. */
export const lost = (service: string, host: string, over: Partial<Unreachable> = {}): Unreachable => ({
  service,
  revision: `${service}-00002`,
  host,
  port: 5432,
  how: 'timed-out',
  count: 34,
  firstAt: at(-240),
  lastAt: at(-5),
  ...over,
});

/** All traffic through the connector. */
export const way = (service: string, over: Partial<Way> = {}): Way => ({
  service,
  kind: 'connector',
  egress: 'all-traffic',
  connector: CONNECTOR,
  network: NETWORK,
  subnetwork: undefined,
  sourceRange: '10.8.0.0/28',
  tags: ['vpc-connector', 'vpc-connector-us-central1-staging-connector'],
  ...over,
});

export const direct = (service: string, over: Partial<Way> = {}): Way =>
  way(service, {
    kind: 'direct',
    connector: undefined,
    subnetwork: SUBNETWORK,
    sourceRange: undefined,
    tags: [],
    ...over,
  });

export const nat = (over: Partial<NatObservation> = {}): NatObservation => ({
  name: 'staging-nat',
  router: 'staging-router',
  network: NETWORK,
  minPortsPerVm: 64,
  maxPortsPerVm: undefined,
  addresses: 1,
  subnetworks: undefined,
  droppedPackets: [],
  portUsage: points([3, 3, 3], at(-120)),
  allocationFailed: points([0, 0, 0], at(-120)),
  ...over,
});

export const route = (over: Partial<Route> = {}): Route => ({
  name: 'default-route',
  network: NETWORK,
  destinationRange: '0.0.0.0/0',
  priority: 1000,
  nextHop: 'internet-gateway',
  tags: [],
  warnings: [],
  createdAt: at(-86_400),
  ...over,
});

export const firewall = (over: Partial<Firewall> = {}): Firewall => ({
  name: 'deny-databases',
  network: NETWORK,
  direction: 'egress',
  action: 'deny',
  priority: 1000,
  ranges: ['10.20.0.0/16'],
  sourceTags: [],
  targetTags: [],
  targetServiceAccounts: [],
  protocols: [{ protocol: 'all', ports: [] }],
  disabled: false,
  createdAt: at(-300),
  ...over,
});

export const zone = (over: Partial<ZoneObservation> = {}): ZoneObservation => ({
  name: 'staging-internal',
  domain: 'staging.acme.internal',
  networks: [NETWORK],
  answers: 'records',
  records: [{ name: 'db.staging.acme.internal', type: 'A', values: ['10.20.0.3'] }],
  changes: [],
  ...over,
});

/** A network with a route out, NAT, and a peering behind which 10.20.0.0/16 is. */
export const networkView = (over: Partial<NetworkView> = {}): NetworkView => ({
  name: NETWORK,
  peerings: [{ name: 'servicenetworking-googleapis-com', active: true, details: '[..]: Connected.' }],
  subnetworks: [{ name: SUBNETWORK, network: NETWORK, ipCidrRange: '10.30.0.0/26', privateGoogleAccess: true }],
  gateways: [nat()],
  routes: [
    route(),
    route({ name: 'peering-route-1', destinationRange: '10.20.0.0/16', priority: 0, nextHop: 'peering' }),
    route({ name: 'subnet-route-1', destinationRange: '10.30.0.0/26', priority: 0, nextHop: 'subnetwork' }),
  ],
  firewalls: [],
  privateRanges: ['10.20.0.0/16'],
  zones: [],
  unread: [],
  ...over,
});

export const logs = (over: Partial<LogsObservation> = {}): LogsObservation => ({
  failed: [],
  signatures: [],
  clusters: [],
  outside: [],
  hosts: [],
  asked: { of: 'newest-requests', seconds: 60, byPath: [] },
  unreachable: [],
  starts: [],
  onsets: [],
  failedFrom: at(-1800),
  truncated: { requests: false, system: false, application: false },
  ...over,
});

export const serviceMetrics = (name: string, over: Partial<ServiceMetrics> = {}): ServiceMetrics => ({
  service: name,
  requests: points([600, 600, 600], at(-120)),
  serverErrors: [],
  webSockets: [],
  byRevision: [],
  instances: points([3, 3, 3], at(-120)),
  instancesActive: points([3, 3, 3], at(-120)),
  instancesByRevision: [{ revision: `${name}-00002`, points: over.instances ?? points([3, 3, 3], at(-120)) }],
  memoryRatio: points([0.4, 0.4, 0.4], at(-120)),
  cpuRatio: points([0.3, 0.3, 0.3], at(-120)),
  latencyByRevision: [],
  latencyP50Ms: points([80, 80, 80], at(-120)),
  latencyP95Ms: points([150, 150, 150], at(-120)),
  webSocketP95Ms: [],
  startupP95Ms: [],
  concurrency: points([4, 4, 4], at(-120)),
  pending: points([0, 0, 0], at(-120)),
  before: { requestsPerMinute: 600, latencyP95Ms: 150, memoryRatio: [] },
  ...over,
});

export const SQL = 'projects/acme-staging/instances/postgres';
export const REDIS = 'projects/acme-staging/locations/us-central1/instances/redis';

export const sqlInstance = (over: Partial<SqlInstance> = {}): SqlInstance => ({
  name: 'postgres',
  region: 'us-central1',
  connectionName: 'acme-staging:us-central1:postgres',
  engine: 'postgresql',
  version: 'POSTGRES_15',
  state: 'RUNNABLE',
  suspensionReasons: [],
  activationPolicy: 'ALWAYS',
  tier: 'db-custom-1-3840',
  memoryMib: 3840,
  maxConnectionsFlag: undefined,
  privateAddress: '10.20.0.3',
  hasPublicAddress: false,
  highlyAvailable: false,
  storageAutoResize: true,
  ...over,
});

export const redisInstance = (over: Partial<RedisInstance> = {}): RedisInstance => ({
  name: REDIS,
  host: '10.20.0.4',
  port: 6379,
  state: 'READY',
  statusMessage: undefined,
  tier: 'BASIC',
  memorySizeGb: 1,
  evictionPolicy: 'noeviction',
  ...over,
});

export const sqlOperation = (over: Partial<SqlOperation> = {}): SqlOperation => ({
  type: 'RESTART',
  status: 'done',
  by: undefined,
  startedAt: at(-600),
  endedAt: at(-540),
  error: undefined,
  ...over,
});

export const databaseUser = (service: string, connectionsPerInstance?: number): ObservedUser => ({
  service,
  by: 'configuration',
  connectionsPerInstance,
  through: CONNECTOR,
});

/** A Cloud SQL PostgreSQL that is well, used by auth and backend. */
export const observedDatabase = (over: Partial<ObservedDatabase> = {}): ObservedDatabase => ({
  name: 'postgres',
  kind: 'postgresql',
  target: SQL,
  address: '10.20.0.3:5432',
  users: [databaseUser('auth'), databaseUser('backend')],
  sql: { ...sqlInstance(), operations: [] },
  redis: undefined,
  limit: { connections: 103, source: 'default' },
  up: points([1, 1, 1], at(-180)),
  connections: points([20, 22, 21], at(-180)),
  cpuRatio: points([0.2, 0.2, 0.2], at(-180)),
  memoryRatio: points([0.4, 0.4, 0.4], at(-180)),
  diskRatio: points([0.3, 0.3, 0.3], at(-180)),
  looks: [],
  ...over,
});

/** A Memorystore that is well, used by backend and frontend. */
export const observedRedis = (over: Partial<ObservedDatabase> = {}): ObservedDatabase => ({
  ...observedDatabase(),
  name: 'redis',
  kind: 'redis',
  target: REDIS,
  address: '10.20.0.4:6379',
  users: [databaseUser('backend'), databaseUser('frontend')],
  sql: undefined,
  redis: redisInstance(),
  limit: undefined,
  up: [],
  cpuRatio: [],
  diskRatio: [],
  ...over,
});

export const databases = (...seen: readonly ObservedDatabase[]): DatabaseObservation => ({
  databases: seen,
  probes: [],
  missing: [],
});

export const observedLook = (outcome: HandshakeOutcome, over: Partial<ObservedLook> = {}): ObservedLook => ({
  database: 'postgres',
  outcome,
  detail: `detail of ${outcome}`,
  tcpMs: 1,
  tlsMs: undefined,
  totalMs: 3,
  probe: 'direct',
  through: 'direct-vpc',
  ...over,
});

export const API = 'api.acme.test';

/** What API presents, well unless said. */
export const presented = (over: Partial<Extract<HandshakeSeen, { connected: true }>> = {}): HandshakeSeen => ({
  connected: true,
  names: [API],
  issuer: 'Google Trust Services, WR3',
  expiresAt: at(60 * 86_400),
  sent: 3,
  problem: undefined,
  detail: '',
  daysLeft: 60,
  isNamed: true,
  ...over,
});

export const there = <T>(value: T) => ({ status: 'observed' as const, value });
export const outOfReach = { status: 'unavailable', detail: 'no way there' } as const;

export const domain = (handshake: HandshakeSeen, over: Partial<DomainObservation> = {}): DomainObservation => ({
  host: API,
  addresses: ['34.1.1.1'],
  handshake: there(handshake),
  dns: there({ a: ['34.1.1.1'], aaaa: [], cname: undefined, caa: [], caaAt: undefined, leads: 'load-balancer' }),
  ...over,
});

export const certificate = (over: Partial<CertificateObservation> = {}): CertificateObservation => ({
  link: 'global/sslCertificates/api-cert',
  name: 'api-cert',
  product: 'compute',
  management: 'managed',
  domains: [API],
  state: 'active',
  domainStates: [{ domain: API, state: 'active', detail: 'ACTIVE' }],
  expiresAt: at(60 * 86_400),
  daysLeft: 60,
  use: 'serving',
  ...over,
});

/** The target proxy that takes API, with the certificate above. */
export const proxy = (over: Partial<ProxyObservation> = {}): ProxyObservation => ({
  link: 'global/targetHttpsProxies/api-proxy',
  name: 'api-proxy',
  hosts: [API],
  certificates: ['global/sslCertificates/api-cert'],
  certificateMap: undefined,
  entries: [],
  ...over,
});

/** A look from outside at API that got no answer of HTTP, unless said otherwise. */
export const look = (over: Partial<CheckResult> = {}): CheckResult => ({
  name: 'api',
  url: `https://${API}/health`,
  verdict: 'failed',
  detail: 'tls: refused',
  httpStatus: undefined,
  latencyMs: 12,
  ...over,
});

export const backend = (over: Partial<BackendObservation> = {}): BackendObservation => ({
  name: 'api-backend',
  link: 'global/backendServices/api-backend',
  securityPolicy: undefined,
  identityAwareProxy: 'off',
  outlierDetection: undefined,
  loggedRatio: 1,
  groups: [{ name: 'backend-neg', type: 'SERVERLESS', service: 'backend', target: 'there' }],
  health: there({ kind: 'none' }),
  traffic: there({ requests: [], serverErrors: [], latencyP99Ms: [] }),
  ...over,
});

export const answers = (over: Partial<BalancerAnswers> = {}): BalancerAnswers => ({
  backend: 'api-backend',
  status: 503,
  statusDetails: 'failed_to_pick_backend',
  deniedBy: undefined,
  count: 20,
  firstAt: at(-240),
  lastAt: at(-5),
  paths: ['/'],
  ...over,
});

export const balancer = (
  backends: readonly BackendObservation[] = [backend()],
  kinds: readonly BalancerAnswers[] = [],
  over: Partial<LoadBalancerObservation> = {},
): LoadBalancerObservation => ({
  routes: [{ host: API, path: '/*', backend: 'api-backend' }],
  backends,
  policies: there([]),
  answers: there({ kinds, truncated: false }),
  ...over,
});

/** Everything as it should be beneath the services. */
export const platform = (over: Partial<PlatformObservation> = {}): PlatformObservation => ({
  quotas: { status: 'seen', value: [] },
  billing: { status: 'seen', value: { enabled: true, account: 'billingAccounts/012345-567890-ABCDEF' } },
  incidents: { status: 'not-enabled' },
  ...over,
});

export const quota = (over: Partial<QuotaUse> = {}): QuotaUse => ({
  api: 'sqladmin.googleapis.com',
  metric: 'sqladmin.googleapis.com/default',
  location: 'global',
  kind: 'rate',
  used: 180,
  limit: 180,
  refusedMinutes: 3,
  lastRefusedAt: at(-180),
  ...over,
});

/** An incident of Cloud Run in our region that Google relates to us. */
export const cloudIncident = (over: Partial<CloudIncident> = {}): CloudIncident => ({
  name: 'projects/acme-staging/locations/global/events/e1',
  title: 'Instances of Cloud Run fail to start',
  detailedState: 'confirmed',
  relevance: 'related',
  impacts: [{ product: 'Cloud Run', location: 'us-central1' }],
  startedAt: at(-300),
  updatedAt: at(-120),
  workaround: undefined,
  ...over,
});

export const past = (over: Partial<PastIncident> = {}): PastIncident => ({
  id: 'inc-20261110t0300-aaaaaa',
  openedAt: at(-13 * 86_400),
  closedAt: at(-13 * 86_400 + 540),
  root: { rule: 'connector-saturated', target: CONNECTOR },
  services: ['backend'],
  fixedBy: ['scale-connector'],
  outcome: 'resolved',
  ...over,
});

export const observed = <T>(value: T): Reading<T> => ({ status: 'observed', at: NOW, value });
export const unavailable = (detail: string): Reading<never> => ({
  status: 'unavailable',
  at: NOW,
  reason: 'denied',
  detail,
});

/** Everything observed and well; name what differs. */
export function evidence(over: Partial<Evidence> = {}): Evidence {
  const names = ['auth', 'backend', 'frontend'];
  // Sound: one reading for every inspector; what is not told below does not apply.
  const elsewhere = Object.fromEntries(inspectorNames.map((name) => [name, { status: 'not-applicable' }])) as Evidence;
  return {
    ...elsewhere,
    'cloud-run': observed({ services: names.map((name) => service(name)) }),
    'vpc-connector': observed({ connectors: [connector()] }),
    metrics: observed({ services: names.map((name) => serviceMetrics(name)) }),
    logs: observed(logs()),
    platform: observed(platform()),
    recurrence: observed({ days: 30, ended: [] }),
    http: observed({
      checks: [
        {
          name: 'front page',
          url: 'https://staging.acme.test/',
          verdict: 'passed',
          detail: '200 in 20 ms',
          httpStatus: 200,
          latencyMs: 20,
        },
      ],
    }),
    ...over,
  };
}
