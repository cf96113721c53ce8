import { type Instant, plusSeconds, secondsBetween } from '../ports/clock.ts';
import type { PlanStep } from './actions.ts';
import type { Guardrail, GuardrailContext } from './guardrails.ts';
import type { MadeChange } from './made-change.ts';

/** What guardrails look back on at most: the longest that `repeats.within` may be. */
export const HISTORY_SECONDS = 30 * 86_400;
const HOUR_SECONDS = 3600;
const DAY_SECONDS = 86_400;

const since = (made: readonly MadeChange[], at: Instant, seconds: number): readonly MadeChange[] => {
  const from = plusSeconds(at, -seconds);
  return made.filter((one) => one.at > from && one.direction === 'apply');
};

const byOthers = ({ made, incident }: GuardrailContext): readonly MadeChange[] =>
  made.filter((one) => one.incident !== incident);

const same =
  ({ action, target }: PlanStep) =>
  (one: MadeChange): boolean =>
    one.action === action && one.target === target;

/** The same action on the same resource, too soon after the last time. */
export const coolingDown: Guardrail = (step, context) => {
  const { environment, at } = context;
  const { cooldownSeconds } = environment.guardrails;
  const last = since(byOthers(context), at, cooldownSeconds).find(same(step));
  return last === undefined
    ? undefined
    : `${step.action} was made on ${step.target} ${Math.floor(secondsBetween(last.at, at) / 60)} min ago by ${last.incident}: environments.${environment.name}.guardrails.cooldown (${cooldownSeconds / 60} min) is not over`;
};

/** What keeps coming back is not mended by the same fix: people look instead. */
export const tooOften: Guardrail = (step, context) => {
  const { environment, at, rule } = context;
  const { times, withinSeconds } = environment.guardrails.repeats;
  const before = since(byOthers(context), at, withinSeconds).filter((one) => same(step)(one) && one.rule === rule);
  return before.length < times
    ? undefined
    : `the same fix was made ${before.length} times in ${withinSeconds / DAY_SECONDS} days and it came back: environments.${environment.name}.guardrails.repeats (${times}) has people look instead`;
};

/** Changes of all kinds in this environment. */
export const tooManyToday: Guardrail = (_, { environment, made, at }) => {
  const { changesPerHourMax } = environment.guardrails;
  const count = since(made, at, HOUR_SECONDS).length;
  return count < changesPerHourMax
    ? undefined
    : `it would be change ${count + 1} here within an hour: environments.${environment.name}.guardrails.changesPerHourMax is ${changesPerHourMax}`;
};

/** What the changes of a day add to the monthly bill, together. */
export const tooMuchToday: Guardrail = ({ prospect: { costUsdPerMonth } }, { environment, made, at }) => {
  const { costUsdPerMonthPerDayMax } = environment.bounds;
  const spent = since(made, at, DAY_SECONDS).reduce((sum, one) => sum + costOf(one.costUsdPerMonth), 0);
  const total = spent + costOf(costUsdPerMonth);
  return total <= costUsdPerMonthPerDayMax
    ? undefined
    : `with the changes of the last 24 h it adds $${total.toFixed(2)} a month: environments.${environment.name}.bounds.costUsdPerMonthPerDayMax is ${costUsdPerMonthPerDayMax}`;
};

const costOf = (cost: number | 'unknown'): number => (cost === 'unknown' ? 0 : Math.max(0, cost));
