import { describe, expect, it } from 'vitest';
import { diagnose } from '../../shared/diagnosis/diagnose.ts';
import { actionNames, anyAction, type PlanStep } from '../../shared/remedy/actions.ts';
import { planFor } from '../../shared/remedy/plan-for.ts';
import { environment } from '../builders/evidence.ts';
import { keptEvidence } from './kept-evidence.ts';
import { labels } from './labels.ts';

/** Every step that any action proposes for any cause of the corpus, whether or not it would be the best. */
const steps: readonly PlanStep[] = labels().flatMap(({ scenario }) => {
  const record = keptEvidence(scenario);
  if (record === undefined) throw new Error(`no evidence of ${scenario} is kept`);
  const { evidence, until: at } = record;
  return diagnose(evidence, record).causes.flatMap((root) =>
    actionNames.flatMap((only) => {
      const tried = actionNames.flatMap((action) => (action === only ? [] : [{ action, target: root.target }]));
      const bounds = { ...environment.bounds, costUsdPerMonthMax: 1e6, costUsdPerMonthPerDayMax: 1e6 };
      const input = { environment: { ...environment, bounds }, ownProject: undefined, at, made: [] };
      const planned = planFor({ ...input, incident: 'inc-1', round: 1, root, evidence, tried });
      return planned.kind === 'plan' ? planned.plan.steps : [];
    }),
  );
});

describe('the terms of actions', () => {
  it('are kept to by every proposal for every cause of the corpus', () => {
    const broken = steps.filter(({ action, prospect: { risk, undo, costUsdPerMonth: cost } }) => {
      const { terms } = anyAction(action);
      const isUndone = terms.undo === 'in-part' || undo.kind === terms.undo;
      const isPriced = { none: cost === 0, priced: true, unknown: cost === 'unknown' }[terms.cost];
      return !terms.risk.includes(risk) || !isUndone || !isPriced;
    });
    expect(broken.map(({ action, target }) => [action, target])).toEqual([]);
  });

  it('are tried on every action', () => {
    const proposed = new Set(steps.map(({ action }) => action));
    expect(actionNames.filter((name) => !proposed.has(name))).toEqual([]);
  });
});
