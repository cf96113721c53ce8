import type { Environment } from '../policy/policy.ts';
import { parseName } from '../ports/resource-name.ts';
import type { PlanStep } from './actions.ts';

export interface GuardrailContext {
  readonly environment: Environment;
  readonly ownProject: string | undefined;
}

/** Why a step may not be taken here, naming the guardrail and its setting; undefined when it may. Run when proposed and again before the write. */
export function refusedByGuardrail(step: PlanStep, { environment, ownProject }: GuardrailContext): string | undefined {
  const { bounds, name, paused } = environment;
  const at = `environments.${name}`;
  if (paused) return `${at}.paused is true, so that runmedic changes nothing here`;
  if (parseName(step.target).project === ownProject) return `${step.target} is in runmedic's own project ${ownProject}`;
  if (bounds.actions !== 'all' && !bounds.actions.includes(step.action))
    return `the policy does not allow it: ${at}.bounds.actions (${bounds.actions.join(', ') || 'none'}) does not name ${step.action}`;
  const { costUsdPerMonth } = step.prospect;
  if (typeof costUsdPerMonth === 'number' && costUsdPerMonth > bounds.costUsdPerMonthMax)
    return `$${costUsdPerMonth.toFixed(2)} more a month is over ${at}.bounds.costUsdPerMonthMax (${bounds.costUsdPerMonthMax})`;
  return undefined;
}
