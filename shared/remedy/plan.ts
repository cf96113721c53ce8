import type { PlanStep } from './actions.ts';

/** What is offered: the steps in order, and the hash that binds an approval to exactly them. */
export interface Plan {
  /** SHA-256 over the canonical JSON of all the rest but the round, what the card says of each step included; hex. */
  readonly digest: string;
  readonly incident: string;
  readonly round: number;
  readonly steps: readonly [PlanStep, ...PlanStep[]];
  /** The rule whose cause this answers, and on what. */
  readonly because: { readonly rule: string; readonly target: string };
}

/** A plan as investigate.ts vouches for it: Ed25519 over the digest, base64. */
export interface SignedPlan {
  readonly plan: Plan;
  readonly signature: string;
}
