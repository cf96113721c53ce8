import type { Scenario } from '../scenarios/scenario.ts';
import type { WorldState } from './state.ts';

/** A Google Cloud project that runs by causes. It does not tick by itself: whoever owns time calls `advanceTo`. */
export interface World {
  readonly scenario: Scenario;
  readonly startMs: number;
  /** The instant that `advanceTo` last reached, milliseconds since 1970. */
  readonly nowMs: number;
  /** What is behind the snapshot; for the sandbox's own servers, which change it through the functions in change-*.ts only. */
  readonly state: WorldState;
  /** Simulates every whole second up to `ms`; going back is ignored. */
  advanceTo(ms: number): void;
  /** When alert policies are looked at next; a jump must not go past it. */
  nextAlertEvaluationMs(): number;
  snapshot(): WorldSnapshot;
  /** What happened since the last call, oldest first. */
  drainEvents(): WorldEvent[];
  /** Cloud Monitoring's notifications since the last call, oldest first. */
  drainNotifications(): AlertNotification[];
}

export interface WorldEvent {
  readonly atMs: number;
  readonly type: string;
  readonly subject: string;
  readonly message: string;
}

export interface ServiceSnapshot {
  readonly name: string;
  readonly state: 'serving' | 'degraded' | 'down';
  readonly requestsPerSecond: number;
  readonly errorRatio: number;
  readonly instancesReady: number;
  readonly instancesStarting: number;
  readonly instancesMax: number;
  readonly revision: string;
  readonly traffic: readonly { readonly revision: string; readonly percent: number }[];
  readonly memoryRatio: number;
  readonly p95LatencyMs: number;
  readonly url: string;
}

export interface ConnectorSnapshot {
  readonly name: string;
  readonly state: string;
  readonly machineType: string;
  readonly instances: number;
  readonly minInstances: number;
  readonly maxInstances: number;
  readonly throughputMbps: number;
  readonly ceilingMbps: number;
  readonly loadRatio: number;
  readonly timeoutRatio: number;
}

export interface WorldSnapshot {
  readonly now: string;
  readonly startedAt: string;
  readonly services: readonly ServiceSnapshot[];
  readonly connectors: readonly ConnectorSnapshot[];
  readonly databases: readonly {
    readonly name: string;
    readonly kind: string;
    readonly address: string;
    readonly state: 'reachable' | 'unreliable' | 'unreachable';
  }[];
  readonly alerts: readonly {
    readonly policy: string;
    readonly subject: string;
    readonly state: 'open' | 'closed';
    readonly sinceMs: number;
  }[];
  /** The newest 100. */
  readonly timeline: readonly WorldEvent[];
}

/** As Cloud Monitoring delivers it to a webhook or a Pub/Sub topic. */
export interface AlertNotification {
  readonly version: '1.2';
  readonly incident: {
    readonly incident_id: string;
    readonly state: 'open' | 'closed';
    readonly [field: string]: unknown;
  };
}
