import type { KeyObject } from 'node:crypto';
import type { SignedPlan } from './plan.ts';
import { planDigest } from './plan-for.ts';
import { isSignedBy } from './signature.ts';

/**
 * Why a stored plan is not what investigate.ts made for this incident, in a sentence; undefined when it is. Whoever shows it, approves it or
 * carries it out asks first.
 */
export function planFault(
  { plan, signature }: SignedPlan,
  { incident, publicKey }: { readonly incident: string; readonly publicKey: KeyObject },
): string | undefined {
  if (plan.incident !== incident) return `the plan belongs to ${plan.incident}`;
  if (planDigest(plan) !== plan.digest) return 'the stored plan is not the one that was signed: its digest differs';
  if (!isSignedBy({ digest: plan.digest }, signature, publicKey))
    return "the plan does not carry investigate's signature";
  return undefined;
}
