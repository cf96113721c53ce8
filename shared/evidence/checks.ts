import type { Check } from '../policy/policy.ts';
import { PlatformFailure } from '../ports/platform-failure.ts';
import { inBatches } from './in-batches.ts';
import type { Inspection } from './inspector.ts';
import { redact } from './redact.ts';
import type { TurnedAwayBy } from './turned-away.ts';

/** One look from outside, and whether it found what the configuration expects. */
export interface CheckResult {
  readonly name: string;
  readonly url: string;
  /**
   * `turned-away`: whoever asked was refused at the door (401, 403, 404, a log-in page) where something else was expected: IAM, IAP, an ingress
   * setting, a rule or a wrong path. It speaks of who may come in, and neither for nor against the service's health.
   * `unavailable`: it could not be looked at, which says nothing about the service.
   */
  readonly verdict: 'passed' | 'failed' | 'turned-away' | 'unavailable';
  /** Of one that was turned away: whose answer it was, where it gives itself away. */
  readonly turnedAwayBy?: TurnedAwayBy;
  /** What came back, in words: `503 in 12 ms`, `opened in 40 ms`. */
  readonly detail: string;
  /** Where one came back. */
  readonly httpStatus: number | undefined;
  readonly latencyMs: number;
}

export interface ChecksObservation {
  readonly checks: readonly CheckResult[];
}

type CheckOf<K extends Check['kind']> = Extract<Check, { readonly kind: K }>;

/** The environment's checks of one kind. */
export function checksOf<K extends Check['kind']>(
  { environment }: Pick<Inspection, 'environment'>,
  kind: K,
): CheckOf<K>[] {
  return environment.checks.filter((check): check is CheckOf<K> => check.kind === kind);
}

/**
 * Looks at every check of a kind; from inside the VPC only http can be made, by a probe there. One that cannot be looked at,
 * for want of a secret for instance, is unavailable by itself: the others are seen all the same. `abort` ends all of them.
 */
export const lookAt = async <K extends Check['kind']>(
  inspection: Inspection,
  kind: K,
  look: (check: CheckOf<K>) => Promise<CheckResult>,
  abort: AbortSignal,
): Promise<ChecksObservation> => ({
  checks: await inBatches(checksOf(inspection, kind), async (check) =>
    check.vantage === 'vpc' && check.kind !== 'http'
      ? unavailable(check, 'is to be looked at from inside the VPC, where probes make http checks only')
      : look(check).catch((error: unknown) => {
          if (abort.aborted || !(error instanceof PlatformFailure)) throw error;
          return unavailable(check, redact(error.message));
        }),
  ),
});

/** What a person would open to see for themselves: a journey's first step. */
export const urlOf = (check: Check): string => (check.kind === 'journey' ? (check.steps[0]?.url ?? '') : check.url);

const unavailable = (check: Check, detail: string): CheckResult => ({
  name: check.name,
  url: urlOf(check),
  verdict: 'unavailable',
  detail,
  httpStatus: undefined,
  latencyMs: 0,
});
