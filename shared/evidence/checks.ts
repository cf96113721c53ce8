import type { Check } from '../policy/policy.ts';
import type { Inspection } from './inspector.ts';

/** One look from outside, and whether it found what the configuration expects. */
export interface CheckResult {
  readonly name: string;
  readonly url: string;
  readonly passed: boolean;
  /** What came back, in words: `503 in 12 ms`, `WebSocket opened in 40 ms`. */
  readonly detail: string;
  /** The HTTP status, where one came back. */
  readonly status: number | undefined;
  readonly latencyMs: number;
}

export interface ChecksObservation {
  readonly checks: readonly CheckResult[];
}

type CheckOf<K extends Check['kind']> = Extract<Check, { readonly kind: K }>;

/** The environment's checks of one kind that are looked at from the public internet. */
export function publicChecks<K extends Check['kind']>(
  { environment }: Pick<Inspection, 'environment'>,
  kind: K,
): CheckOf<K>[] {
  return environment.checks.filter((check): check is CheckOf<K> => check.kind === kind && check.vantage === 'public');
}
