import { judge } from '../../shared/diagnosis/diagnose.ts';
import type { Conclusion } from '../../shared/diagnosis/rule.ts';
import { type RuleName, ruleNamed } from '../../shared/diagnosis/rules.ts';
import type { CertificateObservation, DomainObservation } from '../../shared/evidence/certificates.ts';
import type { CheckResult } from '../../shared/evidence/checks.ts';
import type { Evidence } from '../../shared/evidence/evidence.ts';
import { context, evidence, observed, there } from './evidence.ts';

export const concludeAll = (rule: RuleName, over: Partial<Evidence>): readonly Conclusion[] =>
  judge(ruleNamed(rule), evidence(over), context);

/** What a rule says where it has one thing to say. */
export function conclude(rule: RuleName, over: Partial<Evidence>): Conclusion {
  const [conclusion, ...others] = concludeAll(rule, over);
  if (conclusion === undefined || others.length > 0) throw new Error(`${others.length + 1} conclusions, not one`);
  return conclusion;
}

/** Domains, what Google holds, and looks from outside over HTTP, as evidence. */
export const certified = (
  domains: readonly DomainObservation[],
  held: readonly CertificateObservation[] = [],
  checks: readonly CheckResult[] = [],
): Partial<Evidence> => ({
  certificates: observed({ domains, held: there(held) }),
  http: observed({ checks }),
});
