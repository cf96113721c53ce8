import { judge } from '../../shared/diagnosis/diagnose.ts';
import type { Conclusion } from '../../shared/diagnosis/rule.ts';
import { type RuleName, ruleNamed } from '../../shared/diagnosis/rules.ts';
import type { ObservedDatabase } from '../../shared/evidence/database.ts';
import type { Evidence } from '../../shared/evidence/evidence.ts';
import type { LogsObservation } from '../../shared/evidence/logs.ts';
import { context, databases, evidence, logs, observed } from './evidence.ts';

/** What one rule says of these databases and these logs, beside everything that is well. */
export const judgedData =
  (rule: RuleName) =>
  (seen: readonly ObservedDatabase[], said: Partial<LogsObservation> = {}, over: Partial<Evidence> = {}) =>
    judge(
      ruleNamed(rule),
      evidence({ database: observed(databases(...seen)), logs: observed(logs(said)), ...over }),
      context,
    );

/** The one thing that was concluded. */
export function only(conclusions: readonly Conclusion[]): Conclusion {
  const [conclusion] = conclusions;
  if (conclusion === undefined || conclusions.length > 1) throw new Error(`${conclusions.length} conclusions`);
  return conclusion;
}
