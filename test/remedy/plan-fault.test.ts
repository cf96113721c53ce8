import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { SignedPlan } from '../../shared/remedy/plan.ts';
import { planFault } from '../../shared/remedy/plan-fault.ts';
import { planDigest } from '../../shared/remedy/plan-for.ts';
import { offer, planKeys } from '../builders/incident.ts';

const genuine = offer('inc-1');
const { plan } = genuine;
const [step] = plan.steps;
const { publicKey } = planKeys;

describe('a plan', () => {
  it('is genuine as it was signed', () => {
    expect(planFault(genuine, { incident: 'inc-1', publicKey })).toBeUndefined();
  });

  it('belongs to one incident', () => {
    expect(planFault(genuine, { incident: 'inc-2', publicKey })).toBe('the plan belongs to inc-1');
  });

  it('is no longer what was signed once a word of it differs', () => {
    const prospect = { ...step.prospect, whatCouldGoWrong: 'nothing' };
    const softened = { ...plan, steps: [{ ...step, prospect }] } as const;
    expect(planFault({ ...genuine, plan: softened }, { incident: 'inc-1', publicKey })).toContain('its digest differs');
    const rehashed: SignedPlan = { ...genuine, plan: { ...softened, digest: planDigest(softened) } };
    expect(planFault(rehashed, { incident: 'inc-1', publicKey })).toContain("investigate's signature");
  });

  it("is nobody else's to sign", () => {
    const other = generateKeyPairSync('ed25519').publicKey;
    expect(planFault(genuine, { incident: 'inc-1', publicKey: other })).toContain("investigate's signature");
    expect(planFault({ ...genuine, signature: '' }, { incident: 'inc-1', publicKey })).toBeDefined();
  });
});
