import type { HttpResult } from './prober.ts';

/**
 * What became of one handshake. `answered`: SELECT 1 or PING was answered. `asks-for-password`: it answers, and the probe has no credentials.
 * `not-ready`: it says itself that it is starting or stopping. `denied`: it turned the probe away for a reason of its own, which `detail` quotes.
 * `not-made`: the look failed here, and says nothing about the database.
 */
export type HandshakeOutcome =
  | 'answered'
  | 'asks-for-password'
  | 'wrong-password'
  | 'too-many-connections'
  | 'not-ready'
  | 'denied'
  | 'refused'
  | 'timed-out'
  | 'unreachable'
  | 'broken-off'
  | 'tls'
  | 'not-made';

/** One database, seen from one place inside the VPC. Times are the machine's. */
export interface DatabaseLook {
  /** Its name in the configuration. */
  readonly database: string;
  readonly outcome: HandshakeOutcome;
  readonly detail: string;
  /** Until the connection stood, and until it was encrypted; undefined: it did not come to that. */
  readonly tcpMs: number | undefined;
  readonly tlsMs: number | undefined;
  readonly totalMs: number;
}

/** Whether the probe itself is in the VPC yet: a fresh instance with Direct VPC egress may need a minute (cloud.google.com/run/docs/configuring/vpc-direct-vpc, read 2026-11-23). */
export interface KnownGoodLook {
  readonly answered: boolean;
  readonly detail: string;
}

export interface ProbeReport {
  readonly knownGood: KnownGoodLook;
  /** Empty where the known-good target did not answer: what the probe could not see then says nothing. */
  readonly databases: readonly DatabaseLook[];
  readonly checks: readonly { readonly check: string; readonly result: HttpResult }[];
}

/** Names only: a probe looks up in its own configuration where they are. */
export interface ProbeRequest {
  readonly environment: string;
  readonly probe: string;
  readonly look: 'databases' | 'checks';
}

/** Looks from inside the VPC. Never throws for what a target did; throws PlatformFailure when the probe could not be asked. */
export interface VpcProber {
  look(request: ProbeRequest, abort: AbortSignal): Promise<ProbeReport>;
}
