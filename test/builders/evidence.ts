import type { Context } from '../../shared/diagnosis/rule.ts';
import type { ServiceObservation } from '../../shared/evidence/cloud-run.ts';
import { type Evidence, inspectorNames } from '../../shared/evidence/evidence.ts';
import type { Reading } from '../../shared/evidence/inspector.ts';
import type { FailedRequests, LogsObservation, SignatureCount } from '../../shared/evidence/logs.ts';
import type { ServiceMetrics } from '../../shared/evidence/metrics.ts';
import type { ConnectorObservation } from '../../shared/evidence/vpc-connector.ts';
import type { Environment } from '../../shared/policy/policy.ts';
import { type Instant, instant, plusSeconds } from '../../shared/ports/clock.ts';
import type { Revision, Template } from '../../shared/ports/cloud.ts';

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
  slack: { channel: 'C0STAGING' },
  approvers: { users: ['U0ANN'], usergroups: ['S0ONCALL'], byAction: {}, expiresAfterSeconds: 1800 },
  bounds: {
    actions: 'all',
    connectorInstancesMax: 10,
    connectorMachineTypes: ['e2-micro', 'e2-standard-4'],
    costUsdPerMonthMax: 500,
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
      port: 8080,
      startupProbe: undefined,
    },
  ],
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
    lastModifier: undefined,
    latestReadyRevision: current.name,
    latestCreatedRevision: current.name,
    traffic: [{ revision: 'LATEST', percent: 100 }],
    serving: [{ revision: current.shortName, percent: 100 }],
    instancesMax: undefined,
    template,
    revisions: [current, revision(`${shortName}-00001`, at(-172_800))],
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
  services: ['auth', 'backend', 'frontend'].map((name) => ({ service: name, egress: 'all-traffic' as const })),
  throughputMbps: points([60, 62, 61]),
  instances: points([2, 2, 2]),
  cpuRatio: points([0.2, 0.2, 0.2]),
  ceilingMbps: 300,
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

export const line = (
  service: string,
  signature: SignatureCount['signature'],
  count: number,
  over: Partial<SignatureCount> = {},
): SignatureCount => ({
  service,
  signature,
  count,
  revision: `${service}-00002`,
  firstAt: at(-240),
  lastAt: at(-5),
  sample: `sample of ${signature}`,
  ...over,
});

export const logs = (over: Partial<LogsObservation> = {}): LogsObservation => ({
  failed: [],
  signatures: [],
  clusters: [],
  outside: [],
  hosts: [],
  asked: { of: 'newest-requests', seconds: 60, byPath: [] },
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
