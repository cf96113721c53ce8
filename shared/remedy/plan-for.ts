import type { Cause } from '../diagnosis/rule.ts';
import type { Evidence } from '../evidence/evidence.ts';
import type { Reading } from '../evidence/inspector.ts';
import type { Prospect } from './action.ts';
import { type ActionName, actionNames, anyAction, type PlanStep } from './actions.ts';
import { type GuardrailContext, planRefused } from './guardrails.ts';
import { beingChanged, type Lease, resourceOf } from './lease.ts';
import type { Plan } from './plan.ts';
import { digestOf } from './signature.ts';

export interface PlanInput extends Omit<GuardrailContext, 'rule' | 'steps' | 'watched'> {
  readonly round: number;
  readonly root: Cause;
  readonly evidence: Evidence;
  /** What was tried already and is not offered again. */
  readonly tried: readonly {
    readonly action: ActionName;
    readonly target: string;
    readonly because?: string | undefined;
  }[];
  /** What steps of other incidents are changing now; none where left out. */
  readonly leases?: readonly Lease[];
}

export type Planned =
  | { readonly kind: 'plan'; readonly plan: Plan }
  /** Every action that answers the cause, by its title, with why it is not offered: people read it. */
  | { readonly kind: 'none'; readonly refusals: readonly string[] }
  /** Another incident is changing what would help. */
  | { readonly kind: 'being-changed'; readonly detail: string };

const NOTHING_ANSWERS = 'runmedic knows no change that answers this cause';

const RISK_ORDER = { low: 0, medium: 1, high: 2 };

/** The one change to offer for a root cause: of those that answer it and may be made here, the best. Pure. */
export function planFor(input: PlanInput): Planned {
  const { root, leases = [] } = input;
  const answering = actionNames.filter((name) => anyAction(name).answers.some((rule) => rule === root.rule));
  const outcomes = answering.map((name) => stepsFor(name, input));
  const offers = outcomes.flatMap((outcome) => (typeof outcome === 'string' ? [] : [outcome]));
  // It may be the cure: nothing else is tried beside it.
  const changing = leases.find((lease) => offers.some((steps) => steps.some((step) => isFor(lease, step))));
  if (changing !== undefined) return { kind: 'being-changed', detail: beingChanged(changing) };
  const best = bestOf(offers.map(([first]) => first));
  const steps = offers.find(([first]) => first === best);
  if (steps === undefined) {
    const refusals = outcomes.filter((outcome) => typeof outcome === 'string');
    return { kind: 'none', refusals: refusals.length > 0 ? refusals : [NOTHING_ANSWERS] };
  }
  const { incident, round } = input;
  const bound = { incident, because: { rule: root.rule, target: root.target }, steps } as const;
  return { kind: 'plan', plan: { ...bound, round, digest: planDigest(bound) } };
}

/** What people do by hand waits for nobody. */
const isFor = ({ resource }: Lease, { target, prospect }: PlanStep): boolean =>
  resource === resourceOf(target) && prospect.fit !== 'by-hand';

const FIT_ORDER = { mends: 0, relieves: 1, 'by-hand': 2 } as const;

/**
 * Of those that may be made: what mends before what only relieves, and what people would have to do after all that runmedic may; then the least
 * risky, then the cheapest; among equals the first.
 */
export const bestOf = (steps: readonly PlanStep[]): PlanStep | undefined =>
  steps.toSorted(
    ({ prospect: a }, { prospect: b }) =>
      FIT_ORDER[a.fit] - FIT_ORDER[b.fit] || RISK_ORDER[a.risk] - RISK_ORDER[b.risk] || costOf(a) - costOf(b),
  )[0];

const costOf = ({ costUsdPerMonth }: Prospect): number =>
  costUsdPerMonth === 'unknown' ? Number.MAX_VALUE : costUsdPerMonth;

/**
 * What an approval is bound to: all that is written, that would be undone, that people read before they decide and that recovery is judged by. Only
 * the round is not: another look that comes to the same plan takes nothing away from it.
 */
export function planDigest(plan: Omit<Plan, 'digest' | 'round'> & Partial<Plan>): string {
  const { digest: _itself, round: _round, ...bound } = plan;
  return digestOf(bound);
}

type Steps = Plan['steps'];

function stepsFor(name: ActionName, input: PlanInput): Steps | string {
  const { incident, round, root, evidence, environment, tried } = input;
  const action = anyAction(name);
  if (tried.some((one) => one.action === name && [one.target, one.because].includes(root.target)))
    return `${action.title}: was tried in this incident already`;
  const seen = [...action.needs, ...(action.considers ?? [])].flatMap((need) => {
    const reading = evidence[need];
    return reading.status === 'observed' ? [[need, reading.value] as const] : [];
  });
  const missing = action.needs.find((need) => evidence[need].status !== 'observed');
  if (missing !== undefined) {
    const reading: Reading<unknown> = evidence[missing];
    const why = reading.status === 'unavailable' ? `: ${reading.detail}` : '';
    return `${action.title}: ${missing.replaceAll('-', ' ')} could not be observed${why}`;
  }
  const proposal = action.propose({
    cause: root,
    // Sound: none is missing, so every need was observed; what is considered may be absent, and an action's type lets it read no other.
    seen: Object.fromEntries(seen) as never,
    environment,
    mark: `${incident}-${round}`,
  });
  if (proposal.kind === 'refused') return `${action.title}: ${proposal.reason}`;
  // Sound: the change was proposed by the action of this very name.
  const first = { action: name, ...proposal.change, prospect: proposal.prospect } as PlanStep;
  const steps: Steps = [first, ...(proposal.followedBy ?? [])];
  const { 'cloud-run': run } = evidence;
  const watched = run.status === 'observed' ? run.value.services : [];
  const refusal = planRefused(steps, { ...input, rule: root.rule, watched });
  return refusal === undefined ? steps : `${action.title}: ${refusal}`;
}
