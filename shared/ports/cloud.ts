import type { CertificatesWriter } from './certificates-writer.ts';
import type { Instant } from './clock.ts';
import type { DatabasesReader } from './databases.ts';
import type { InvokersReader } from './invokers.ts';
import type { LoadBalancingReader } from './load-balancing.ts';
import type { NatPorts, NetworkReader } from './network.ts';
import type { PlatformReader } from './platform.ts';
import type { SecretsReader } from './secrets.ts';

/** Full resource names throughout: `projects/P/locations/L/services/S`. */
export interface Location {
  readonly project: string;
  readonly region: string;
}

export type Egress = 'all-traffic' | 'private-ranges-only';

/** How a revision reaches a VPC network. */
export type VpcAccess =
  | { readonly kind: 'connector'; readonly connector: string; readonly egress: Egress }
  | { readonly kind: 'direct'; readonly network: string; readonly subnetwork: string; readonly egress: Egress }
  | { readonly kind: 'none' };

export interface Probe {
  readonly kind: 'http' | 'tcp' | 'grpc';
  readonly initialDelaySeconds: number;
  readonly timeoutSeconds: number;
  readonly periodSeconds: number;
  readonly failureThreshold: number;
  /** Of HTTP alone. */
  readonly path: string | undefined;
  /** undefined: the container's own port. */
  readonly port: number | undefined;
}

/** A secret by its name and version, never by its value. */
export interface SecretUse {
  /** `NAME`, or `projects/P/secrets/NAME` where it belongs to another project. */
  readonly secret: string;
  /** A number, an alias, or `latest`. */
  readonly version: string;
  /** The environment variable, or the volume, through which a container gets it. */
  readonly as: string;
  /** Read when an instance starts, or whenever its file is opened. */
  readonly through: 'environment' | 'volume';
}

/** One container; environment values are never carried, only their names. */
export interface Container {
  readonly name: string;
  /** As the API gives it; a digest once Cloud Run has resolved it. */
  readonly image: string;
  /** undefined for a limit that could not be read: any number in its place would be a wrong one. */
  readonly cpu: number | undefined;
  readonly memoryMib: number | undefined;
  readonly envNames: readonly string[];
  /** Equal where the values of two variables are, and nothing else: made under a key that nobody keeps. Never part of an observation. */
  readonly envMarks?: Readonly<Record<string, string>>;
  readonly secrets: readonly SecretUse[];
  readonly port: number | undefined;
  /** What Cloud Run speaks to it: HTTP/1, or HTTP/2 in clear, which gRPC needs. */
  readonly protocol: 'http1' | 'h2c';
  readonly startupProbe: Probe | undefined;
  readonly livenessProbe: Probe | undefined;
  readonly readinessProbe: Probe | undefined;
  /** false: CPU is given outside of requests too. */
  readonly cpuIdle: boolean;
  readonly startupCpuBoost: boolean;
}

export interface Volume {
  readonly name: string;
  readonly kind: 'secret' | 'cloud-sql' | 'in-memory' | 'nfs' | 'bucket' | 'other';
  /** `P:L:I`, of Cloud SQL alone. */
  readonly cloudSqlInstances: readonly string[];
}

export interface Condition {
  readonly state: 'succeeded' | 'failed' | 'pending' | 'reconciling' | 'unknown';
  readonly reason: string | undefined;
  readonly message: string | undefined;
  readonly at: Instant | undefined;
}

/** `revision` is a short name, or 'LATEST' for whatever is the latest ready revision. */
export interface TrafficShare {
  readonly revision: string;
  readonly percent: number;
  readonly tag?: string;
}

export interface Template {
  /** The one that takes requests first, sidecars after it. */
  readonly containers: readonly Container[];
  readonly volumes: readonly Volume[];
  /** undefined: Cloud Run chooses. */
  readonly executionEnvironment: 'gen1' | 'gen2' | undefined;
  readonly vpcAccess: VpcAccess;
  /** `project:region:instance` of each Cloud SQL socket that is mounted; left out where there is none. */
  readonly cloudSqlInstances?: readonly string[];
  readonly serviceAccount: string | undefined;
  readonly timeoutSeconds: number;
  readonly concurrency: number;
  readonly instancesMin: number;
  /** Cloud Run's default is 100. */
  readonly instancesMax: number;
  readonly restartedAt: string | undefined;
}

/** What of a template is set anew; what is left out stays as it is. */
export interface TemplateChange {
  /** One for each container, the one that takes requests first. Always said, so that no tag resolves to another image than the one that was seen. */
  readonly images: readonly string[];
  /** Written as an annotation: makes a new revision where nothing else does. null leaves what is there. */
  readonly mark?: string | null;
  /** Of the container that takes requests, as all of the next three. */
  readonly cpu?: number;
  readonly memoryMib?: number;
  readonly startupCpuBoost?: boolean;
  readonly startupProbe?: Probe;
  readonly concurrency?: number;
  readonly timeoutSeconds?: number;
  readonly instancesMin?: number;
  readonly instancesMax?: number;
  readonly vpcAccess?: VpcAccess;
}

/** What a service says of its instances, for all its revisions together; what is left out stays, null takes it away. */
export interface ScalingChange {
  readonly instancesMin?: number | null;
  readonly instancesMax?: number | null;
  /** So many instances, whatever the traffic; null: Cloud Run scales by itself. */
  readonly instancesByHand?: number | null;
}

export interface ServiceChange {
  readonly template?: TemplateChange;
  readonly scaling?: ScalingChange;
}

export interface Service {
  readonly name: string;
  readonly shortName: string;
  /** What people marked it with; left out: nothing. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly etag: string;
  readonly generation: string;
  readonly observedGeneration: string;
  readonly reconciling: boolean;
  readonly ready: Condition;
  readonly uri: string | undefined;
  readonly ingress: string;
  /** true: anyone who reaches it may call it, whatever IAM says. */
  readonly invokerIamDisabled: boolean;
  /** true: its run.app address answers nobody. */
  readonly defaultUriDisabled: boolean;
  readonly updatedAt: Instant | undefined;
  readonly lastModifier: string | undefined;
  readonly latestReadyRevision: string | undefined;
  readonly latestCreatedRevision: string | undefined;
  readonly traffic: readonly TrafficShare[];
  /** What serves now, with LATEST resolved to its revision. */
  readonly serving: readonly TrafficShare[];
  /** Service-level ceiling; the lower of this and the revision's holds. */
  readonly instancesMax: number | undefined;
  /** Service-level floor, shared by the revisions that take traffic. */
  readonly instancesMin: number | undefined;
  /** As many instances as a person said, whatever the traffic; undefined where Cloud Run scales by itself. */
  readonly instancesByHand: number | undefined;
  readonly template: Template;
}

export interface Revision {
  readonly name: string;
  readonly shortName: string;
  readonly createdAt: Instant;
  readonly createdBy: string | undefined;
  readonly ready: Condition;
  readonly template: Template;
}

export type ConnectorState = 'ready' | 'creating' | 'deleting' | 'error' | 'updating' | 'unknown';
export type MachineType = 'f1-micro' | 'e2-micro' | 'e2-standard-4';

export interface Connector {
  readonly name: string;
  readonly state: ConnectorState;
  readonly machineType: string;
  readonly instancesMin: number;
  readonly instancesMax: number;
  readonly network: string | undefined;
  readonly ipCidrRange: string | undefined;
  /** Where it was made on a subnetwork of someone's own, full name; in a Shared VPC that lies in the host project. */
  readonly subnetwork: string | undefined;
}

/** What a new connector is made of. */
export interface ConnectorMake {
  readonly machineType: string;
  readonly instancesMin: number;
  readonly instancesMax: number;
  /** Short name of a network in its own project. */
  readonly network: string;
  /** A /28 that nothing else has. */
  readonly ipCidrRange: string;
}

/** One query to timeSeries.list. `filter` is Monitoring's filter language, without the interval. */
export interface SeriesQuery {
  readonly project: string;
  readonly filter: string;
  readonly from: Instant;
  readonly to: Instant;
  readonly alignSeconds: number;
  readonly aligner:
    | 'ALIGN_DELTA'
    | 'ALIGN_RATE'
    | 'ALIGN_MEAN'
    | 'ALIGN_MAX'
    | 'ALIGN_COUNT_TRUE'
    | 'ALIGN_NEXT_OLDER'
    | 'ALIGN_FRACTION_TRUE'
    | 'ALIGN_PERCENTILE_99'
    | 'ALIGN_PERCENTILE_50';
  readonly reducer:
    | 'REDUCE_SUM'
    | 'REDUCE_MAX'
    | 'REDUCE_MEAN'
    | 'REDUCE_NONE'
    | 'REDUCE_PERCENTILE_50'
    | 'REDUCE_PERCENTILE_95';
  readonly groupBy: readonly string[];
}

/** Points oldest first. `labels` holds resource and metric labels by their bare names. */
export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  readonly points: readonly { readonly at: Instant; readonly value: number }[];
}

export interface LogQuery {
  readonly project: string;
  /** Logging's filter language, without the timestamp bounds. */
  readonly filter: string;
  readonly from: Instant;
  readonly to: Instant;
  readonly entriesMax: number;
  readonly order: 'newest-first' | 'oldest-first';
  /** Goes on behind the page that gave it. */
  readonly pageToken?: string;
}

export interface LogEntry {
  readonly at: Instant;
  readonly log: string;
  readonly severity: string;
  readonly text: string;
  readonly service: string | undefined;
  readonly revision: string | undefined;
  /** Absent when the request never reached a container. */
  readonly instanceId: string | undefined;
  readonly httpStatus: number | undefined;
  readonly latencyMs: number | undefined;
  /** Of a request: by which name the service was called, what was asked for, without its query, and the client as it calls itself. */
  readonly host?: string | undefined;
  readonly path?: string | undefined;
  readonly agent?: string | undefined;
  /** Of a load balancer's own entry alone. */
  readonly balanced?: BalancedRequest;
  /** Of audit logs alone. */
  readonly audit?: AuditRecord;
}

/** What a load balancer says of a request that it took. */
export interface BalancedRequest {
  /** The backend service's name; undefined where it found none. */
  readonly backend: string | undefined;
  /** `response_sent_by_backend`, `failed_to_pick_backend`, `denied_by_security_policy`, ... */
  readonly statusDetails: string;
  readonly host: string | undefined;
  readonly path: string | undefined;
  /** The rule of Cloud Armor that decided, where it decided against. */
  readonly deniedBy: { readonly policy: string; readonly priority: number } | undefined;
}

/** Who asked for what, as an audit log has it; the request itself is not carried but for the names of the fields that it changes. */
export interface AuditRecord {
  /** `run.googleapis.com` */
  readonly api: string;
  /** As the log has it: `google.cloud.run.v2.Services.UpdateService`, `v1.compute.firewalls.patch`. */
  readonly method: string;
  readonly resource: string;
  readonly by: string | undefined;
  /** Of a long operation two entries are written; `last` says how it ended. */
  readonly part: 'whole' | 'first' | 'last';
  /** google.rpc.Code; undefined where it went well. */
  readonly errorCode: number | undefined;
  readonly fields: readonly string[];
}

/** `truncated`: there was more, and `nextPageToken` leads to it. */
export interface LogPage {
  readonly entries: readonly LogEntry[];
  readonly truncated: boolean;
  readonly nextPageToken?: string | undefined;
}

/** What an inspector may do: read. It is never handed a client that can write. Every method throws PlatformFailure. */
export interface CloudReader
  extends DatabasesReader,
    InvokersReader,
    LoadBalancingReader,
    NetworkReader,
    PlatformReader,
    SecretsReader {
  services(location: Location, abort: AbortSignal): Promise<readonly Service[]>;
  service(name: string, abort: AbortSignal): Promise<Service>;
  /** Newest first. */
  revisions(service: string, abort: AbortSignal): Promise<readonly Revision[]>;
  /** Of every service of the region in one list, newest first; `truncated`: there are more than were read. */
  regionRevisions(
    location: Location,
    abort: AbortSignal,
  ): Promise<{ readonly revisions: readonly Revision[]; readonly truncated: boolean }>;
  connector(name: string, abort: AbortSignal): Promise<Connector>;
  connectors(location: Location, abort: AbortSignal): Promise<readonly Connector[]>;
  series(query: SeriesQuery, abort: AbortSignal): Promise<readonly Series[]>;
  /** One page, in the query's order: one request of entries.list, never repeated. */
  logs(query: LogQuery, abort: AbortSignal): Promise<LogPage>;
}

export type OperationStatus =
  | { readonly done: false }
  | { readonly done: true; readonly error: undefined }
  | { readonly done: true; readonly error: string };

/** What an action may do. Only functions/remediate.ts runs under an identity that holds these rights. */
export interface CloudWriter extends CertificatesWriter {
  /** REST only: @google-cloud/vpc-access 4.1.0 has no updateConnector (facts, 2026-11-23). */
  updateConnector(
    name: string,
    limits: { readonly machineType: string; readonly instancesMin: number; readonly instancesMax: number },
    abort: AbortSignal,
  ): Promise<{ readonly operation: string }>;
  createConnector(name: string, make: ConnectorMake, abort: AbortSignal): Promise<{ readonly operation: string }>;
  updateTraffic(
    service: { readonly name: string; readonly etag: string },
    traffic: readonly TrafficShare[],
    abort: AbortSignal,
  ): Promise<{ readonly operation: string }>;
  /** Sets anew what `change` says, and nothing else. A template makes a new revision, scaling does not. */
  changeService(
    service: { readonly name: string; readonly etag: string },
    change: ServiceChange,
    abort: AbortSignal,
  ): Promise<{ readonly operation: string }>;
  /**
   * Of a gateway `projects/P/regions/R/routers/ROUTER/nats/NAT`. A router has no fingerprint (Router, compute v1): it is read and its list of gateways
   * written back at once, each other one as it was.
   */
  changeNatPorts(gateway: string, ports: NatPorts, abort: AbortSignal): Promise<{ readonly operation: string }>;
  /** `projects/P/global/healthChecks/H`, or of a region. It has no fingerprint: only these are written, and the rest stays. */
  changeHealthCheck(
    name: string,
    patience: {
      readonly intervalSeconds: number;
      readonly timeoutSeconds: number;
      readonly unhealthyThreshold: number;
    },
    abort: AbortSignal,
  ): Promise<{ readonly operation: string }>;
  operation(name: string, abort: AbortSignal): Promise<OperationStatus>;
}
