import type { Instant } from './clock.ts';
import type { Location } from './cloud.ts';

/** `api-disabled`: the project does not use that product, which is a fact and no outage. */
export type Listing<Item> =
  | { readonly kind: 'listed'; readonly items: readonly Item[] }
  | { readonly kind: 'api-disabled' };

/** A Cloud SQL instance. No certificate, user or flag other than those below is carried. */
export interface SqlInstance {
  readonly name: string;
  readonly region: string;
  /** `project:region:instance`. */
  readonly connectionName: string;
  readonly engine: 'postgresql' | 'mysql' | 'other';
  /** `POSTGRES_15`. */
  readonly version: string;
  /** As the API has it. A stopped instance is RUNNABLE with activation policy NEVER. */
  readonly state: string;
  readonly suspensionReasons: readonly string[];
  readonly activationPolicy: string;
  readonly tier: string;
  /** undefined for a tier that we do not know. */
  readonly memoryMib: number | undefined;
  /** The flag `max_connections`, where somebody set it. */
  readonly maxConnectionsFlag: number | undefined;
  readonly privateAddress: string | undefined;
  readonly hasPublicAddress: boolean;
  readonly highlyAvailable: boolean;
  readonly storageAutoResize: boolean;
}

/** Something that was done with a Cloud SQL instance. */
export interface SqlOperation {
  /** As the API has it: UPDATE, RESTART, FAILOVER, MAINTENANCE, STOP_REPLICA, IMPORT, ... */
  readonly type: string;
  readonly status: 'pending' | 'running' | 'done' | 'unknown';
  readonly by: string | undefined;
  readonly startedAt: Instant | undefined;
  readonly endedAt: Instant | undefined;
  readonly error: string | undefined;
}

/** A Memorystore for Redis instance. */
export interface RedisInstance {
  /** `projects/P/locations/L/instances/I`. */
  readonly name: string;
  readonly host: string | undefined;
  readonly port: number | undefined;
  /** As the API has it: READY, REPAIRING, MAINTENANCE, FAILING_OVER, ... */
  readonly state: string;
  readonly statusMessage: string | undefined;
  readonly tier: string;
  readonly memorySizeGb: number | undefined;
  /** `volatile-lru` where nobody chose: Memorystore's default. */
  readonly evictionPolicy: string;
}

export interface DatabasesReader {
  sqlInstances(project: string, abort: AbortSignal): Promise<Listing<SqlInstance>>;
  /** Newest first. */
  sqlOperations(
    of: { readonly project: string; readonly instance: string },
    abort: AbortSignal,
  ): Promise<readonly SqlOperation[]>;
  redisInstances(location: Location, abort: AbortSignal): Promise<Listing<RedisInstance>>;
}
