import type { AlertPolicy } from '../scenarios/alerting.ts';
import type { Code } from '../scenarios/code.ts';
import type { ConnectorEstate, MachineType, ServiceEstate } from '../scenarios/estate.ts';
import type { DatabaseEstate } from '../scenarios/estate-database.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import type { EdgeState } from './edge/edge-state.ts';
import type { Ledger } from './ledger.ts';
import type { MetricStore } from './metrics/store.ts';
import type { NetworkState } from './network-state.ts';
import type { PlatformState } from './platform/platform-state.ts';
import type { Random } from './random.ts';
import type { SecretsState } from './secrets.ts';
import type { UpstreamState } from './upstreams.ts';
import type { AlertNotification, WorldEvent } from './world.ts';

/** Everything that the simulation knows. It is changed in place, second by second. */
export interface WorldState {
  readonly scenario: Scenario;
  readonly startMs: number;
  /** The second that was simulated last. */
  nowMs: number;
  readonly random: Random;
  readonly services: Map<string, ServiceState>;
  readonly connectors: Map<string, ConnectorState>;
  /** What keeps every new connector from coming up; undefined: nothing does. */
  connectorTrouble: 'cpu-quota' | 'unhealthy' | undefined;
  readonly databases: Map<string, DatabaseState>;
  readonly upstreams: Map<string, UpstreamState>;
  readonly edge: EdgeState;
  readonly networks: Map<string, NetworkState>;
  readonly secrets: SecretsState;
  readonly operations: Map<string, Operation>;
  readonly platform: PlatformState;
  /** What is to happen at a later second, soonest first. */
  readonly agenda: { readonly atMs: number; readonly run: () => void }[];
  readonly ledger: Ledger;
  readonly metrics: MetricStore;
  readonly alerts: Map<string, AlertState>;
  readonly events: WorldEvent[];
  drainedEvents: number;
  readonly notifications: AlertNotification[];
}

export type Json = { [key: string]: unknown };

export interface ServiceState {
  readonly name: string;
  readonly estate: ServiceEstate;
  /** What the code of each image does; an image that nobody described does what the service's does. */
  readonly codes: Map<string, Code>;
  readonly defaultCode: Code;
  /** Images that cannot be had, and why. */
  readonly pulls: Map<string, 'not-found' | 'forbidden'>;
  /** The fields that clients may write, as the API names them. */
  spec: { template: Json; traffic: Json[]; scaling: Json; [key: string]: unknown };
  readonly uid: string;
  readonly createdMs: number;
  updatedMs: number;
  generation: number;
  observedGeneration: number;
  lastModifier: string;
  /** Changes with every write; its text is what a stale etag is refused with. */
  version: string;
  reconciling: boolean;
  ready: ReadyCondition;
  latestReady: string | undefined;
  latestCreated: string;
  revisions: RevisionState[];
  /** Where requests go, by revision. */
  routed: { revision: string; percent: number; by: 'latest' | 'name' }[];
  deployment: Deployment | undefined;
  /** Requests that clients will send again. */
  retryBacklog: number;
  /** Requests that ended in this second. */
  readonly second: { ok: number; failed: number };
  /** Smoothed, for whoever calls this service and for the page. */
  arrivalsPerSecond: number;
  errorRatio: number;
  errorLatencyMs: number;
  okLatencyMs: number;
}

export interface ReadyCondition {
  state: 'CONDITION_SUCCEEDED' | 'CONDITION_FAILED' | 'CONDITION_RECONCILING' | 'CONDITION_PENDING';
  atMs: number;
  message?: string;
  reason?: string;
  revisionReason?: string;
}

export interface RevisionState {
  readonly name: string;
  readonly service: string;
  readonly uid: string;
  readonly createdMs: number;
  readonly creator: string;
  readonly generation: number;
  /** As it was when the revision was made; a revision never changes. */
  readonly template: Json;
  readonly image: string;
  readonly code: Code;
  ready: ReadyCondition;
  instances: Instance[];
  nextInstance: number;
  /** Requests inside containers that last longer than this second, by the second in which they end. */
  inFlight: Map<number, Outcome[]>;
  busy: number;
  /** Requests that wait inside containers whose code works on others; counted among the busy ones. */
  inside: Waiting[];
  waitingInside: number;
  /** What requests ask of the code now, times what they ordinarily do. */
  work: { cpu: number; long: number };
  /** WebSockets among the busy ones. */
  socketsOpen: number;
  /** Health checks a second, smoothed. */
  healthPerSecond: number;
  /** What was left of the last second for those who wait inside: less than one of them takes. */
  credit: { threadSeconds: number; cpuMs: number };
  /** Requests waiting for a container, by the second in which they came. */
  queue: { atMs: number; count: number }[];
  queued: number;
  arrivalsPerSecond: number;
  startFailures: number;
  /** The last start was given up by the platform, before the container had a chance. */
  startAborted: boolean;
  startNotBeforeMs: number;
  lastFailureMs: number;
  scaleDownSinceMs: number;
  /** At least this many while traffic moves over. */
  floor: number;
  /** Identifiers of ready instances; replaced, never changed, so that records may keep it. */
  readyIds: readonly string[];
  /** Averages over the ready instances, this second. */
  memoryRatio: number;
  thrashRatio: number;
  cpuRatio: number;
}

export interface Instance {
  readonly id: string;
  readonly bornMs: number;
  readonly bootMs: number;
  readonly leakFactor: number;
  phase: 'starting' | 'ready';
  readyMs: number;
  nextTryMs: number;
  /** When its port opened. */
  listeningMs?: number;
  failingSeconds: number;
  /** Liveness probes in a row that it did not answer in time. */
  unanswered?: number;
  /** Since when it answers nobody. */
  hungMs?: number;
  leakedMib: number;
  memoryMib: number;
}

/** Requests that wait inside a container; health checks are requests too. */
export interface Waiting {
  readonly atMs: number;
  readonly what: 'request' | 'health-check';
  count: number;
}

/** Requests that end alike. */
export interface Outcome {
  readonly kind: RequestKind;
  readonly status: number;
  readonly latencyMs: number;
  count: number;
  /** Who had them, where it was not just any of the ready ones. */
  readonly instanceIds?: readonly string[];
  /** Where these were asked for, and by whom, if not by anyone anywhere. */
  readonly path?: string;
  readonly agent?: string;
}

/** `ok` to `out-of-memory` reached a container; the others never did, and those turned away did not get as far as their service. */
export type RequestKind =
  | 'ok'
  | 'app-error'
  | 'dependency'
  | 'timeout'
  | 'socket'
  | 'socket-cut'
  | 'crashed'
  | 'malformed'
  | 'out-of-memory'
  | 'no-instance'
  | 'over-quota'
  | 'not-started'
  | 'turned-away'
  | 'start-aborted';

export interface ConnectorState {
  readonly name: string;
  readonly estate: ConnectorEstate;
  state: 'CREATING' | 'READY' | 'UPDATING' | 'ERROR';
  machineType: MachineType;
  minInstances: number;
  maxInstances: number;
  instances: number;
  scaledMs: number;
  /** What its users try to move, Mbit/s: this second, and smoothed. */
  offeredMbps: number;
  demandMbps: number;
  /** What it moved since the last sample, Mbit. */
  movedMbit: number;
  /** Share of new connections that time out. */
  timeoutRatio: number;
}

export interface DatabaseState {
  readonly name: string;
  readonly estate: DatabaseEstate;
  /** What became of it. */
  state: 'up' | 'times-out' | 'refuses';
  /** What the platform says of it: a state of sqladmin or redis v1, and whether somebody stopped it. */
  platformState: string;
  isStopped: boolean;
  readonly operations: DatabaseOperation[];
  /** When it last came back; its clients' connections of before are dead. */
  restartedMs: number;
  /** This second. */
  connections: number;
  /** Share of new connections that find no slot. */
  refusedRatio: number;
  cpuRatio: number;
  /** How many times as long as usual a query takes. */
  slowness: number;
  /** Of a Redis. */
  usedRatio: number;
  /** Services whose password is no longer the right one, since when, and how long their pools take to open all their connections anew. */
  readonly refuses: Map<string, { readonly sinceMs: number; readonly recycleMs: number }>;
  /** What becomes of connections by Cloud SQL's own socket. */
  socket: 'works' | 'closes' | 'quota' | 'forbidden';
}

/** Something that was done with a Cloud SQL instance, as sqladmin lists it. */
export interface DatabaseOperation {
  readonly id: string;
  readonly type: 'MAINTENANCE' | 'FAILOVER' | 'RESTART' | 'UPDATE';
  readonly by: string | undefined;
  readonly startedMs: number;
  endedMs: number | undefined;
}

/** A change under way, and how it ended. */
export interface Operation {
  readonly name: string;
  readonly api: 'run' | 'vpcaccess' | 'compute';
  readonly target: string;
  readonly method: string;
  readonly createdMs: number;
  doneMs: number | undefined;
  error: { code: number; message: string } | undefined;
}

export interface Deployment {
  readonly revision: string;
  readonly operation: Operation;
  phase: 'starting' | 'moving';
  sinceMs: number;
}

export interface AlertState {
  readonly policy: AlertPolicy;
  readonly labels: Record<string, string>;
  violatingSinceMs: number | undefined;
  incident: { id: string; startedMs: number } | undefined;
  value: number;
  changedMs: number;
}
