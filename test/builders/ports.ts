import type { Inspection } from '../../shared/evidence/inspector.ts';
import type { Environment } from '../../shared/policy/policy.ts';
import type {
  CloudReader,
  CloudWriter,
  Connector,
  LogEntry,
  LogPage,
  LogQuery,
  Revision,
  Series,
  SeriesQuery,
  Service,
} from '../../shared/ports/cloud.ts';
import type { Listing, RedisInstance, SqlInstance, SqlOperation } from '../../shared/ports/databases.ts';
import { PlatformFailure } from '../../shared/ports/platform-failure.ts';
import type {
  HttpCheck,
  HttpResult,
  Prober,
  TlsResult,
  WebSocketCheck,
  WebSocketResult,
} from '../../shared/ports/prober.ts';
import type { SecretVersion } from '../../shared/ports/secrets.ts';
import type { VpcProber } from '../../shared/ports/vpc-prober.ts';
import { at, CONNECTOR, context, environment, NOW, revision, service } from './evidence.ts';

const notFound = async (what: unknown): Promise<never> => {
  throw new PlatformFailure('not-found', `${JSON.stringify(what)}: not found`);
};

/** A project in which nothing was ever made: what a reader answers that has nothing to tell. */
export const emptyProject: CloudReader = {
  services: async () => [],
  service: notFound,
  revisions: async () => [],
  regionRevisions: async () => ({ revisions: [], truncated: false }),
  secretVersion: notFound,
  connector: notFound,
  connectors: async () => [],
  series: async () => [],
  logs: async () => page([]),
  sqlInstances: async () => ({ kind: 'listed', items: [] }),
  sqlOperations: async () => [],
  redisInstances: async () => ({ kind: 'listed', items: [] }),
  invokers: async () => ({ members: ['allUsers'] }),
  forwardingRules: async () => [],
  targetProxies: async () => [],
  urlMaps: async () => [],
  backendServices: async () => [],
  endpointGroups: async () => [],
  healthChecks: async () => [],
  securityPolicies: async () => [],
  groupHealth: notFound,
  computeCertificates: async () => [],
  managerCertificates: async () => [],
  certificateMapEntries: notFound,
  network: notFound,
  networks: async () => [],
  subnetworks: async () => [],
  natGateways: async () => [],
  routes: async () => [],
  firewalls: async () => [],
  privateRanges: async () => [],
  privateZones: async () => [],
  zoneRecords: async () => [],
  zoneChanges: async () => [],
  billing: async () => ({ enabled: true, account: 'billingAccounts/012345-567890-ABCDEF' }),
  cloudIncidents: async () => [],
};

const NONE_LISTED = { kind: 'listed', items: [] } as const;

/** A region as plain values: what a CloudReader over it answers. */
export interface Region {
  readonly services?: readonly Service[];
  readonly connectors?: readonly Connector[];
  /** Newest first, by the service's full name. */
  readonly revisions?: Readonly<Record<string, readonly Revision[]>>;
  /** That a list of the whole region holds only the first of its revisions. */
  readonly regionRevisionsMax?: number;
  /** By full name; what is not told is not found. */
  readonly secrets?: Readonly<Record<string, SecretVersion['state'] | PlatformFailure>>;
  readonly series?: (query: SeriesQuery) => readonly Series[];
  readonly logs?: (query: LogQuery) => LogPage;
  readonly sqlInstances?: Listing<SqlInstance>;
  readonly sqlOperations?: Readonly<Record<string, readonly SqlOperation[]>>;
  readonly redisInstances?: Listing<RedisInstance>;
  /** What every other method answers, where it is not what an empty project does. */
  readonly also?: Partial<CloudReader>;
}

/** Reads a region; `asked` holds every call in order. What the region does not have is not found. */
export function reading(region: Region): { readonly cloud: CloudReader; readonly asked: readonly string[] } {
  const asked: string[] = [];
  const answer = async <T>(call: string, found: T | undefined): Promise<T> => {
    asked.push(call);
    if (found === undefined) throw new PlatformFailure('not-found', `${call}: not found`);
    return found;
  };
  const cloud: CloudReader = {
    ...emptyProject,
    ...region.also,
    services: ({ project, region: where }) => answer(`services ${project}/${where}`, region.services ?? []),
    service: (name) =>
      answer(
        `service ${name}`,
        region.services?.find((one) => one.name === name),
      ),
    revisions: (name) => answer(`revisions ${name}`, region.revisions?.[name] ?? []),
    regionRevisions: ({ project, region: where }) => {
      const all = Object.values(region.revisions ?? {}).flat();
      const revisions = all.slice(0, region.regionRevisionsMax);
      return answer(`revisions ${project}/${where}`, { revisions, truncated: revisions.length < all.length });
    },
    secretVersion: (name) => {
      const state = region.secrets?.[name];
      if (state instanceof PlatformFailure) return Promise.reject(state);
      return answer(`secret ${name}`, state === undefined ? undefined : { name, state });
    },
    connector: (name) =>
      answer(
        `connector ${name}`,
        region.connectors?.find((one) => one.name === name),
      ),
    series: async (query) => answer(`series ${query.filter}`, region.series?.(query) ?? []),
    logs: (query) => answer(`logs ${query.order} ${query.filter}`, region.logs?.(query) ?? page([])),
    sqlInstances: (project) => answer(`sqlInstances ${project}`, region.sqlInstances ?? NONE_LISTED),
    sqlOperations: ({ instance }) => answer(`sqlOperations ${instance}`, region.sqlOperations?.[instance] ?? []),
    redisInstances: ({ project, region: where }) =>
      answer(`redisInstances ${project}/${where}`, region.redisInstances ?? NONE_LISTED),
  };
  return { cloud, asked };
}

/** The Monitoring metric that a query is about: `request_count`, `connector/instances`. */
export const metricOf = ({ filter }: SeriesQuery): string =>
  /metric\.type="[^/]+\/([^"]+)"/.exec(filter)?.[1] ?? 'no metric';

export const page = (entries: readonly LogEntry[], truncated = false): LogPage => ({ entries, truncated });

export const entry = (seconds: number, over: Partial<LogEntry> = {}): LogEntry => ({
  at: at(seconds),
  log: 'run.googleapis.com/requests',
  severity: 'ERROR',
  text: '',
  service: 'backend',
  revision: 'backend-00002',
  instanceId: 'i-1',
  httpStatus: 503,
  latencyMs: 12,
  ...over,
});

/** A service as the API has it: what was observed, without its revisions. */
export function plainService(shortName: string, over: Partial<Service> = {}): Service {
  const { revisions: _, release: _release, secrets: _secrets, ...plain } = service(shortName);
  return { ...plain, ...over };
}

export const plainConnector = (over: Partial<Connector> = {}): Connector => ({
  name: CONNECTOR,
  state: 'ready',
  machineType: 'e2-micro',
  instancesMin: 2,
  instancesMax: 3,
  network: 'default',
  ipCidrRange: '10.8.0.0/28',
  subnetwork: undefined,
  ...over,
});

export const revisionsOf = (count: number): Revision[] =>
  Array.from({ length: count }, (_, index) => revision(`backend-${count - index}`, at(-60 * index)));

/** A region without a probe in its VPC. */
export const withoutProbes: VpcProber = {
  look: async ({ probe }) => {
    throw new PlatformFailure('not-found', `no probe ${probe}`);
  },
};

/** Answers each URL as told; `sent` holds what was asked for. A URL that nobody told it about cannot be looked at. */
export function looking(answers: {
  readonly http?: Readonly<Record<string, HttpResult>>;
  readonly webSocket?: Readonly<Record<string, WebSocketResult>>;
  /** By host. */
  readonly tls?: Readonly<Record<string, TlsResult>>;
  /** By type and name: `A staging.acme.test`. A name that is not told of does not exist; a failure is thrown. */
  readonly dns?: Readonly<Record<string, readonly string[] | PlatformFailure>>;
}): { readonly prober: Prober; readonly sent: readonly (HttpCheck | WebSocketCheck)[] } {
  const sent: (HttpCheck | WebSocketCheck)[] = [];
  const answer = async <T>(check: HttpCheck | WebSocketCheck, found: T | undefined): Promise<T> => {
    sent.push(check);
    if (found === undefined) throw new PlatformFailure('unavailable', `${check.url}: no way there`);
    return found;
  };
  const prober: Prober = {
    http: (check) => answer(check, answers.http?.[check.url]),
    webSocket: (check) => answer(check, answers.webSocket?.[check.url]),
    tls: async ({ host }) => {
      const found = answers.tls?.[host];
      if (found === undefined) throw new PlatformFailure('unavailable', `${host}: no way there`);
      return found;
    },
    dns: async ({ name, type }) => {
      const found = answers.dns?.[`${type} ${name}`];
      if (found instanceof PlatformFailure) throw found;
      if (found === undefined) return { kind: 'no-such-name' };
      return found.length === 0 ? { kind: 'none' } : { kind: 'records', records: found };
    },
  };
  return { prober, sent };
}

export const answered = (status: number, body = '', latencyMs = 12.4): HttpResult => ({
  connected: true,
  status,
  latencyMs,
  body,
  headers: {},
});

/** One look at staging, a quarter of an hour back. */
export const inspection = (
  over: Partial<Omit<Inspection, 'environment'>> & { readonly environment?: Partial<Environment> } = {},
): Inspection => ({
  purpose: 'diagnosis',
  subject: context.subject,
  since: at(-900),
  until: NOW,
  cloud: reading({}).cloud,
  prober: looking({}).prober,
  vpcProber: withoutProbes,
  history: { ended: async () => [] },
  ...over,
  environment: { ...environment, ...over.environment },
});

/** Takes every write down and names its operation. */
export function recording(): { readonly cloud: CloudWriter; readonly written: readonly unknown[] } {
  const written: unknown[] = [];
  const write =
    (call: string) =>
    async (...given: readonly unknown[]) => {
      written.push([call, ...given.slice(0, -1)]);
      return { operation: `${call}-1` };
    };
  const cloud: CloudWriter = {
    updateConnector: write('updateConnector'),
    createConnector: write('createConnector'),
    updateTraffic: write('updateTraffic'),
    changeService: write('changeService'),
    changeNatPorts: write('changeNatPorts'),
    changeHealthCheck: write('changeHealthCheck'),
    createManagedCertificate: write('createManagedCertificate'),
    setProxyCertificates: write('setProxyCertificates'),
    setProxyCertificateMap: write('setProxyCertificateMap'),
    operation: async () => ({ done: true, error: undefined }),
  };
  return { cloud, written };
}

/** For what is not to be aborted. */
export const unhurried = new AbortController().signal;
