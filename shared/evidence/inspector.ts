import type { Environment } from '../policy/policy.ts';
import type { Instant } from '../ports/clock.ts';
import type { CloudReader } from '../ports/cloud.ts';
import type { History } from '../ports/history.ts';
import type { Prober } from '../ports/prober.ts';
import type { VpcProber } from '../ports/vpc-prober.ts';
import type { Subject } from '../signal/subject.ts';

/** What one look is about, and what it may look with. Nothing here can write. */
export interface Inspection {
  /** Why it looks: a verification follows a change, once a minute, and reads as little as it can. */
  readonly purpose: 'diagnosis' | 'verification';
  readonly environment: Environment;
  readonly subject: Subject;
  /** Metrics and logs are read from here on: half an hour back for a diagnosis, the change itself for a verification. */
  readonly since: Instant;
  readonly until: Instant;
  readonly cloud: CloudReader;
  readonly prober: Prober;
  readonly vpcProber: VpcProber;
  readonly history: History;
}

/** One question put to the platform. Throwing makes its reading unavailable; the others go on. */
export interface Inspector<Observation> {
  /** Machine time. */
  readonly deadlineMs: number;
  /** What it must be allowed, of Google's permissions: all that it asks, and nothing that it does not. */
  readonly permissions: readonly string[];
  readonly appliesTo: (inspection: Pick<Inspection, 'environment' | 'subject'>) => boolean;
  readonly inspect: (inspection: Inspection, abort: AbortSignal) => Promise<Observation>;
}

/** An inspector's answer. `unavailable` is an answer, and is never read as healthy. */
export type Reading<Observation> =
  | { readonly status: 'observed'; readonly at: Instant; readonly value: Observation }
  | {
      readonly status: 'unavailable';
      readonly at: Instant;
      readonly reason: 'denied' | 'timed-out' | 'failed';
      readonly detail: string;
    }
  | { readonly status: 'not-applicable' };
