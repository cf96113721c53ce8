import type { Environment } from '../policy/policy.ts';
import { parseName } from '../ports/resource-name.ts';
import { anyAction, type PlanStep } from './actions.ts';

export interface GuardrailContext {
  readonly environment: Environment;
  readonly ownProject: string | undefined;
}

/**
 * Why a step may not be taken here, naming the guardrail and its setting; undefined when it may. Pure. Run when a step is proposed and again right
 * before the write, with what stands at that moment.
 */
export function refusedByGuardrail(
  step: PlanStep,
  { environment, ownProject }: GuardrailContext,
  /** The settings that were read last, of the action's own kind. */
  present: unknown,
): string | undefined {
  const { bounds, name, paused } = environment;
  const at = `environments.${name}`;
  if (paused) return `${at}.paused is true, so that runmedic changes nothing here`;
  if (parseName(step.target).project === ownProject)
    return `${step.target} is in runmedic's own project ${ownProject} (ownProject), which it never changes`;
  if (bounds.actions !== 'all' && !bounds.actions.includes(step.action))
    return `the policy does not allow it: ${at}.bounds.actions (${bounds.actions.join(', ') || 'none'}) does not name ${step.action}`;
  return costRefusal(step, environment) ?? outOfLimits(step, environment, present);
}

function costRefusal({ prospect }: PlanStep, { name, bounds }: Environment): string | undefined {
  const { costUsdPerMonth } = prospect;
  const bound = `environments.${name}.bounds.costUsdPerMonthMax (${bounds.costUsdPerMonthMax})`;
  if (costUsdPerMonth === 'unknown') return `what it costs is not known, so that ${bound} cannot be kept`;
  return costUsdPerMonth > bounds.costUsdPerMonthMax
    ? `$${costUsdPerMonth.toFixed(2)} more a month is over ${bound}`
    : undefined;
}

const outOfLimits = ({ action, after }: PlanStep, { name, bounds }: Environment, present: unknown) =>
  anyAction(action).outOfLimits?.({ after, present, bounds, boundsAt: `environments.${name}.bounds` });
