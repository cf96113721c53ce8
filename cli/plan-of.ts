import type { Diagnosis } from '../shared/diagnosis/diagnosis.ts';
import type { EvidenceRecord } from '../shared/evidence/evidence.ts';
import type { GuardrailContext } from '../shared/remedy/guardrails.ts';
import { type Planned, planFor } from '../shared/remedy/plan-for.ts';

/** What would be offered for a diagnosis outside of any incident: nothing was tried, and nothing changed, before. */
export const planOf = (
  { root }: Diagnosis,
  { evidence, until }: EvidenceRecord,
  within: Pick<GuardrailContext, 'environment' | 'ownProject'>,
): Planned | undefined =>
  root && planFor({ incident: 'diagnose', round: 1, root, evidence, ...within, at: until, made: [], tried: [] });
