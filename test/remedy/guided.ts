import type { Cause } from '../../shared/diagnosis/rule.ts';
import type { RuleName } from '../../shared/diagnosis/rules.ts';
import type { Observations } from '../../shared/evidence/evidence.ts';
import { type ActionName, anyAction } from '../../shared/remedy/actions.ts';
import { environment } from '../builders/evidence.ts';

export interface Told extends Partial<Omit<Cause, 'rule'>> {
  readonly rule: RuleName;
  readonly target: string;
  readonly seen?: Partial<Observations>;
}

function proposed(action: ActionName, { seen = {}, ...about }: Told) {
  const cause: Cause = {
    layer: 'infrastructure',
    claim: 'it is broken',
    confidence: 'certain',
    evidence: [],
    expects: [],
    services: ['backend'],
    explains: [],
    ...about,
  };
  // Sound: an action reads what it needs and considers, and a test gives it what it is to have seen.
  return anyAction(action).propose({ cause, seen: seen as Observations, environment, mark: 'inc-1-1' });
}

/** What a guide tells, as a person reads it. @throws Error with the reason where it tells nothing. */
export function guided(action: ActionName, told: Told): string {
  const proposal = proposed(action, told);
  if (proposal.kind === 'refused') throw new Error(proposal.reason);
  const { summary, guide, permanent, risk, whatCouldGoWrong, expectedEffect, expectedSeconds } = proposal.prospect;
  if (guide === undefined) throw new Error(`${action} is no guide`);
  const lines = [
    `${summary.title}: ${summary.before} -> ${summary.after} (${risk})`,
    `check: ${guide.check.words}`,
    guide.check.commands,
    `make: ${guide.make}`,
    permanent.gcloud,
    `undo: ${guide.undo.words}`,
    guide.undo.commands,
    `expected: ${expectedEffect}, ${expectedSeconds} s`,
    `danger: ${whatCouldGoWrong}`,
    permanent.terraform,
  ];
  return `\n${lines.filter((line) => line).join('\n')}\n`;
}

/** Why it tells nothing; undefined where it does. */
export function refusalOf(action: ActionName, told: Told): string | undefined {
  const proposal = proposed(action, told);
  return proposal.kind === 'refused' ? proposal.reason : undefined;
}
