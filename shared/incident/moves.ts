import type { Diagnosis } from '../diagnosis/diagnosis.ts';
import type { Environment } from '../policy/policy.ts';
import { earliest, type Instant, plusSeconds } from '../ports/clock.ts';
import type { PlanStep } from '../remedy/actions.ts';
import { isUnanswered } from './awaited-look.ts';
import type { Effect } from './effect.ts';
import type {
  Approval,
  Attempt,
  EscalationReason,
  Incident,
  IncidentIn,
  IncidentState,
  LapsedOffer,
  Outcome,
  Paged,
} from './incident.ts';

/** What a transition gives: the incident after, and what is to be done about it. `effects` is empty when nothing changed. */
export interface Step {
  readonly incident: Incident;
  readonly effects: readonly Effect[];
}

/**
 * An investigation that is not heard of for this long is asked for again. Inspectors have deadlines of at most 30 s of the machine's time, and where
 * domain time runs faster a look that is being made says so (engine/while-looking.ts).
 */
export const INVESTIGATION_PATIENCE_SECONDS = 120;
export const INVESTIGATION_TRIES_MAX = 3;
/** A push acknowledgement ends at 600 s, so no handler works longer than that on one delivery (facts, Pub/Sub). */
export const CARRY_OUT_PATIENCE_SECONDS = 600;
/** A delivery that has claimed a step and is not heard of for this long has died; writes end within 30 s. */
export const CLAIM_SECONDS = 120;
/** An escalated incident is looked at this often. News of an alert has it looked at anyway; this is for what no alert tells. */
export const ESCALATED_LOOK_EVERY_SECONDS = 3600;
/** Where no look came to an answer there is nothing for people to go by: it is tried again soon, whatever level comes next. */
export const UNANSWERED_LOOK_EVERY_SECONDS = 600;
/** What is Google's own trouble ends when Google ends it. Our own choice: users learn of it by then, and nobody is called. */
export const PLATFORM_LOOK_EVERY_SECONDS = 600;
/** A step that has not ended this long after it was approved is handed to people; a connector's update takes minutes. */
export const EXECUTION_SECONDS_MAX = 3600;
/** How long these steps may take together, from the approval on. */
export const executionSecondsMax = (steps: readonly PlanStep[]): number =>
  steps.reduce((sum, { prospect }) => sum + (prospect.patience?.seconds ?? 0), EXECUTION_SECONDS_MAX);
/** When a step that has not ended is handed to people. */
export function executionEndsBy({ approval, signed, step, direction }: IncidentIn<'executing'>): Instant {
  const { steps } = signed.plan;
  return plusSeconds(approval.issuedAt, executionSecondsMax(direction === 'undo' ? steps : steps.slice(0, step + 1)));
}
/** Where users were served when last looked at, there is no hurry: a next look is waited for this long after the deadline. */
export const SERVED_PATIENCE_SECONDS = 3600;
/** How many diagnoses one incident gets before a person must look. */
export const ROUNDS_MAX = 6;
/** Two healthy looks, a minute apart, close an incident that nobody touched. */
export const HEALTHY_LOOKS = 2;
/**
 * Metrics arrive up to 240 s late (Google's metric list): trouble without a cause is looked at for as long before a person must. What another incident
 * is changing takes minutes too.
 */
export const UNEXPLAINED_LOOKS = 5;
export const LOOK_EVERY_SECONDS = 60;
/** Patrol comes once a minute: a look that is due just after it came would wait for the next time, so looks are due this much earlier. */
const PATROL_GRACE_SECONDS = 20;
export const nextLook = (at: Instant, everySeconds: number): Instant =>
  plusSeconds(at, Math.max(everySeconds - PATROL_GRACE_SECONDS, 0));

/** When something happens, and under which policy. */
export interface Moment {
  readonly at: Instant;
  readonly environment: Environment;
}

/** Nothing changed: a late, repeated or foreign event. */
export const stay = (incident: Incident): Step => ({ incident, effects: [] });

/** The facts that every state has, one version on. */
function factsOf(incident: Incident) {
  const { schema, id, version, subject, openedAt, alerts, alertsTotal, round, attempts, paged } = incident;
  const { googleCalls, checkAskedAt } = incident;
  const kept = {
    schema,
    id,
    subject,
    openedAt,
    alerts,
    alertsTotal,
    round,
    attempts,
    paged,
    googleCalls,
    checkAskedAt,
  };
  return { ...kept, version: version + 1 };
}

type Facts = ReturnType<typeof factsOf>;

/** Moves to another state; every move is announced. */
export function move(
  incident: Incident,
  state: IncidentState,
  options: { readonly facts?: Partial<Facts>; readonly effects?: readonly Effect[] } = {},
): Step {
  // Facts last: `state` may be spread from an incident and carry its old version.
  const after: Incident = { ...state, ...factsOf(incident), ...options.facts };
  return { incident: after, effects: [...(options.effects ?? []), { type: 'announce', incident: incident.id }] };
}

/** Changes facts and keeps the state. */
export const note = (incident: Incident, facts: Partial<Facts>): Step => ({
  incident: { ...incident, ...factsOf(incident), ...facts },
  effects: [{ type: 'announce', incident: incident.id }],
});

/** The next diagnosis: something came of the last one, or people may have news. */
export function investigateAgain(incident: Incident, moment: Moment, attempts = incident.attempts): Step {
  // A round that nothing came of is asked for once more: what is still under way may answer it.
  const round = isUnanswered(incident) ? incident.round : incident.round + 1;
  // People have it already where it is escalated: a further look is for them, and cannot go on by itself.
  if (round > ROUNDS_MAX && incident.status !== 'escalated')
    return escalate(incident, moment, 'not-verified', `${ROUNDS_MAX} diagnoses did not end it`, { attempts });
  return look(incident, moment, { round, attempts });
}

/** A look that a person asks for: as many as they like, so that none is counted as a round. */
export const lookOnceMore = (incident: Incident, moment: Moment): Step => look(incident, moment, incident);

function look(incident: Incident, moment: Moment, { round, attempts }: Pick<Incident, 'round' | 'attempts'>): Step {
  const looks = { tries: 1, healthyLooks: 0, unexplainedLooks: 0, diagnosis: diagnosisOf(incident) };
  return move(
    incident,
    { status: 'investigating', dueAt: plusSeconds(moment.at, INVESTIGATION_PATIENCE_SECONDS), ...looks },
    {
      facts: { round, attempts, paged: pagedOf(incident) },
      effects: [{ type: 'investigate', incident: incident.id, round }],
    },
  );
}

const pagedOf = (incident: Incident): Paged | undefined => {
  if (incident.status !== 'escalated') return incident.paged;
  const { reason, since, level } = incident;
  return { reason, since, level };
};

/**
 * Hands the incident to people: told at once (level 0), then level by level as the policy says. For the same reason they are called once:
 * the latest level is asked for again, in case a new look overtook its call, and whoever carries it out knows whether it was made.
 */
export function escalate(
  incident: Incident,
  { at, environment }: Moment,
  reason: EscalationReason,
  detail: string,
  facts: Partial<Facts> & { readonly diagnosis?: Diagnosis; readonly lapsed?: LapsedOffer } = {},
): Step {
  const { diagnosis = diagnosisOf(incident), lapsed, ...changed } = facts;
  const paged = incident.paged?.reason === reason ? incident.paged : { reason, since: at, level: 1 };
  return move(
    incident,
    { status: 'escalated', detail, diagnosis, lapsed, ...paged, dueAt: nextCall(paged, { at, environment }) },
    { facts: changed, effects: [{ type: 'escalate', incident: incident.id, level: paged.level - 1 }] },
  );
}

/** When level n of an escalation is told: n counts from one into the policy's levels; undefined after the last, and where nobody can do anything but wait. */
export function levelDueAt({ reason, since, level }: Paged, environment: Environment): Instant | undefined {
  if (reason === 'platform-incident') return undefined;
  const next = environment.escalation[level - 1];
  return next === undefined ? undefined : plusSeconds(since, next.afterSeconds);
}

/**
 * The next level; after the last one the next look, since what people have in hand may have healed without an alert's word.
 * Where nothing was found out yet, whichever comes first.
 */
export function nextCall(paged: Paged, { at, environment }: Moment): Instant {
  const level = levelDueAt(paged, environment);
  if (paged.reason === 'platform-incident') return plusSeconds(at, PLATFORM_LOOK_EVERY_SECONDS);
  if (paged.reason !== 'investigation-failed') return level ?? plusSeconds(at, ESCALATED_LOOK_EVERY_SECONDS);
  const look = plusSeconds(at, UNANSWERED_LOOK_EVERY_SECONDS);
  return level === undefined ? look : earliest(look, level);
}

/** When an escalated incident is looked at again unless an alert has it looked at before: what is left of the levels may come first. */
export function lookDueAt(incident: Paged & { readonly dueAt: Instant }, environment: Environment): Instant {
  const { dueAt, level } = incident;
  const call = levelDueAt(incident, environment);
  if (call === undefined || call > dueAt) return dueAt;
  const told = { ...incident, level: level + 1 };
  return lookDueAt({ ...told, dueAt: nextCall(told, { at: dueAt, environment }) }, environment);
}

const diagnosisOf = ({ diagnosis }: Incident): Diagnosis | undefined => diagnosis;

type Offered = IncidentIn<'executing'> | IncidentIn<'verifying'>;

export function close(
  incident: Incident,
  { at, environment }: Moment,
  outcome: Outcome,
  diagnosis = diagnosisOf(incident),
): Step {
  // Also of what recovered by itself: it was broken, and tests see what checks do not.
  const tested = outcome.kind === 'resolved' && environment.endToEnd !== undefined;
  const offered =
    incident.status === 'awaiting-approval' || incident.status === 'executing' || incident.status === 'verifying';
  return move(
    incident,
    {
      status: 'closed',
      outcome,
      closedAt: at,
      diagnosis,
      signed: offered ? incident.signed : undefined,
      approval: incident.status === 'executing' || incident.status === 'verifying' ? incident.approval : undefined,
      recovery: incident.status === 'verifying' ? incident.last : undefined,
      endToEnd: tested
        ? { status: 'starting', askedAt: at, claim: undefined, dueAt: plusSeconds(at, CARRY_OUT_PATIENCE_SECONDS) }
        : undefined,
    },
    { effects: tested ? [{ type: 'retest', incident: incident.id }] : [] },
  );
}

/** Puts one step of the approved plan into the hands of remediate.ts. */
export function carryOut(
  incident: IncidentIn<'awaiting-approval'> | Offered,
  { at }: Moment,
  work: {
    readonly approval: Approval;
    readonly step: number;
    readonly direction: 'apply' | 'undo';
    readonly undoBecause?: string;
  },
): Step {
  const { diagnosis, signed } = incident;
  const { approval, step, direction } = work;
  return move(
    incident,
    {
      status: 'executing',
      diagnosis,
      signed,
      approval,
      step,
      direction,
      undoBecause: work.undoBecause,
      operation: undefined,
      claim: undefined,
      dueAt: plusSeconds(at, CARRY_OUT_PATIENCE_SECONDS),
    },
    { effects: [{ type: 'carry-out', incident: incident.id, digest: signed.plan.digest, step, direction }] },
  );
}

export function verify(incident: IncidentIn<'executing'>, { at, environment }: Moment): Step {
  const { diagnosis, signed, approval } = incident;
  const { everySeconds, deadlineSeconds } = environment.verification;
  return move(incident, {
    status: 'verifying',
    diagnosis,
    signed,
    approval,
    changedAt: at,
    passed: 0,
    last: undefined,
    deadline: plusSeconds(at, deadlineSeconds),
    dueAt: nextLook(at, everySeconds),
  });
}

/** What was tried, for the record and so that it is not offered again. */
export function attemptsWith(
  incident: Offered,
  result: Attempt['result'],
  undone: Attempt['undone'],
): readonly Attempt[] {
  const { digest, steps, because } = incident.signed.plan;
  const tried = { because: because.target, digest, result, undone };
  return [...incident.attempts, ...steps.map(({ action, target }) => ({ action, target, ...tried }))];
}
