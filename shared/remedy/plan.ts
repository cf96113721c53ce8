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

/** Whether people make it, and runmedic only looks whether it helped. Such a step stands alone: what follows it would not wait for them. */
export const isByHand = ({ steps: [first] }: Pick<Plan, 'steps'>): boolean => first.prospect.fit === 'by-hand';

/** A plan as investigate.ts vouches for it: Ed25519 over the digest, base64. */
export interface SignedPlan {
  readonly plan: Plan;
  readonly signature: string;
}

/** Of several steps on one target only the last leaves what is to stand in the end. */
export const lastOnEach = ({ steps }: Pick<Plan, 'steps'>): readonly boolean[] =>
  steps.map(({ target }, index) => !steps.slice(index + 1).some((later) => later.target === target));
