import type { Environment } from '../policy/policy.ts';
import type { Instant } from '../ports/clock.ts';
import { projectOf } from '../ports/resource-name.ts';
import { anyAction, type PlanStep } from './actions.ts';
import { frozen } from './freeze.ts';
import { notNamed, notOptedIn, tooWide, type Watched } from './guardrails-of-reach.ts';
import { coolingDown, tooManyToday, tooMuchToday, tooOften } from './guardrails-of-time.ts';
import { type MadeChange, madeChange } from './made-change.ts';

export interface GuardrailContext {
  readonly environment: Environment;
  readonly ownProject: string | undefined;
  /** true: everything is paused, whatever the environment says. */
  readonly allPaused?: boolean;
  readonly at: Instant;
  /** The incident that the step is for: what it did itself is not held against its own next step. */
  readonly incident: string;
  /** The rule whose cause the step answers. */
  readonly rule: string;
  /** What took effect in this environment, newest first, as far back as HISTORY_SECONDS. */
  readonly made: readonly MadeChange[];
  /** Every step of the plan; left out: it stands alone. */
  readonly steps?: readonly PlanStep[];
  /** The services that this environment watches; left out: not known. */
  readonly watched?: readonly Watched[];
}

/** A guardrail's no: what it is, by which setting; undefined where it has none. Pure. */
export type Guardrail = (step: PlanStep, context: GuardrailContext) => string | undefined;

/**
 * Why a step may not be taken here, naming the guardrail, its setting and who can lift it; undefined when it may. Pure. Run when a step is proposed and
 * again right before the write, with what stands at that moment.
 */
export function refusedByGuardrail(
  step: PlanStep,
  context: GuardrailContext,
  /** The settings that were read last, of the action's own kind. */
  present: unknown,
): string | undefined {
  for (const guardrail of step.prospect.fit === 'by-hand' ? BY_HAND : GUARDRAILS) {
    const refusal = guardrail(step, context);
    if (refusal !== undefined) return `${refusal}; ${LIFTED}`;
  }
  return outOfLimits(step, context, present);
}

/** Why a plan may not be offered: the first refusal among its steps, each judged as if those before it had been made. Pure. */
export function planRefused(steps: readonly PlanStep[], context: GuardrailContext): string | undefined {
  const { incident, rule, at } = context;
  const made = [...context.made];
  // To show plans is what observing is for.
  const environment = { ...context.environment, observe: undefined };
  for (const step of steps) {
    const refusal = refusedByGuardrail(step, { ...context, environment, made, steps }, step.before);
    if (refusal !== undefined) return refusal;
    made.unshift(madeChange(step, { incident, rule, at, environment: environment.name, direction: 'apply' }));
  }
  return undefined;
}

const LIFTED = 'who maintains runmedic.yaml can lift it';

const paused: Guardrail = (_, { environment: { name, paused: here }, allPaused }) => {
  const at = allPaused === true ? 'paused' : `environments.${name}.paused`;
  return allPaused === true || here ? `${at} is true, so that runmedic changes nothing here` : undefined;
};

const observing: Guardrail = (_, { environment: { observe } }) =>
  observe === undefined ? undefined : `${observe} is true, so that runmedic shows plans here and makes none`;

const ownProject: Guardrail = ({ target }, { ownProject: own }) =>
  projectOf(target) === own
    ? `${target} is in runmedic's own project ${own} (ownProject), which it never changes`
    : undefined;

const denied: Guardrail = ({ action }, { environment: { name, bounds } }) => {
  const at = `environments.${name}.bounds`;
  if (bounds.deniedActions.includes(action)) return `the policy denies it: ${at}.deniedActions names ${action}`;
  return bounds.actions === 'all' || bounds.actions.includes(action)
    ? undefined
    : `the policy does not allow it: ${at}.actions (${bounds.actions.join(', ') || 'none'}) does not name ${action}`;
};

const tooDear: Guardrail = ({ prospect }, { environment: { name, bounds } }) => {
  const { costUsdPerMonth } = prospect;
  const bound = `environments.${name}.bounds.costUsdPerMonthMax (${bounds.costUsdPerMonthMax})`;
  if (costUsdPerMonth === 'unknown') return `what it costs is not known, so that ${bound} cannot be kept`;
  return costUsdPerMonth > bounds.costUsdPerMonthMax
    ? `$${costUsdPerMonth.toFixed(2)} more a month is over ${bound}`
    : undefined;
};

/** In the order in which people want to hear of them. */
const GUARDRAILS: readonly Guardrail[] = [
  paused,
  observing,
  ownProject,
  notNamed,
  notOptedIn,
  denied,
  tooWide,
  frozen,
  tooOften,
  coolingDown,
  tooManyToday,
  tooDear,
  tooMuchToday,
];

/** Whoever changes something by hand does so by their own right. */
const BY_HAND: readonly Guardrail[] = [paused, denied];

const outOfLimits = (
  { action, after }: PlanStep,
  { environment: { name, bounds } }: GuardrailContext,
  present: unknown,
): string | undefined =>
  anyAction(action).outOfLimits?.({ after, present, bounds, boundsAt: `environments.${name}.bounds` });
