import type { Environment } from '../policy/policy.ts';
import { plusSeconds } from '../ports/clock.ts';
import type { IncidentEvent, StepResult } from './event.ts';
import type { AlertNote, Incident, IncidentIn } from './incident.ts';
import {
  attemptsWith,
  CARRY_OUT_PATIENCE_SECONDS,
  CLAIM_SECONDS,
  carryOut,
  close,
  escalate,
  HEALTHY_LOOKS,
  INVESTIGATION_PATIENCE_SECONDS,
  INVESTIGATION_TRIES_MAX,
  investigateAgain,
  LOOK_EVERY_SECONDS,
  type Moment,
  move,
  nextLook,
  note,
  ROUNDS_MAX,
  type Step,
  stay,
  UNEXPLAINED_LOOKS,
  verify,
} from './moves.ts';
import { unreachable } from './unreachable.ts';

/** The newest alerts are kept; more would only repeat them. */
const ALERTS_KEPT = 20;
const SERVICES_KEPT = 50;

type Of<T extends IncidentEvent['type']> = Extract<IncidentEvent, { readonly type: T }>;

/**
 * Decides what an event makes of an incident. Pure and total: no clock, no I/O, no randomness; every event in every state has an answer,
 * and a late, repeated or foreign one leaves the incident as it is.
 */
export function transition(incident: Incident, event: IncidentEvent, environment: Environment): Step {
  if (incident.status === 'closed') return stay(incident);
  const moment: Moment = { at: event.at, environment };
  switch (event.type) {
    case 'alert-joined':
      return alertJoined(incident, event, moment);
    case 'investigated':
      return incident.status === 'investigating' ? investigated(incident, event, moment) : stay(incident);
    case 'approved':
      return incident.status === 'awaiting-approval' ? approved(incident, event, moment) : stay(incident);
    case 'rejected':
      return incident.status === 'awaiting-approval' && event.digest === incident.signed.plan.digest
        ? close(incident, moment, { kind: 'declined', refusal: event.refusal })
        : stay(incident);
    case 'step-claimed':
      return incident.status === 'executing' ? stepClaimed(incident, event) : stay(incident);
    case 'step-started':
      return incident.status === 'executing' ? stepStarted(incident, event) : stay(incident);
    case 'step-finished':
      return incident.status === 'executing' ? stepFinished(incident, event, moment) : stay(incident);
    case 'verified':
      return incident.status === 'verifying' ? verified(incident, event, moment) : stay(incident);
    case 'timer-due':
      return event.version === incident.version ? timerDue(incident, moment) : stay(incident);
    default:
      return unreachable(event);
  }
}

function alertJoined(incident: Incident, { alert, services }: Of<'alert-joined'>, moment: Moment): Step {
  if (incident.alerts.some(({ key }) => key === alert.key)) return stay(incident);
  const named = new Set([...incident.subject.services, ...services]);
  const joined = note(incident, {
    alerts: [...incident.alerts, alert].slice(-ALERTS_KEPT),
    alertsTotal: incident.alertsTotal + 1,
    subject: { ...incident.subject, services: [...named].slice(0, SERVICES_KEPT) },
  });
  return recheckOn(incident, alert) ? sameVersion(investigateAgain(joined.incident, moment)) : joined;
}

/** A closed notification is a reason to look again, not recovery: a policy edit or missing data closes one too. */
const recheckOn = (incident: Incident, alert: AlertNote): boolean =>
  alert.state === 'closed' &&
  incident.round < ROUNDS_MAX &&
  (incident.status === 'awaiting-approval' || incident.status === 'escalated');

/** Two moves in one event are one save. */
const sameVersion = ({ incident, effects }: Step): Step => ({
  incident: { ...incident, version: incident.version - 1 },
  effects,
});

function investigated(incident: IncidentIn<'investigating'>, event: Of<'investigated'>, moment: Moment): Step {
  const { round, diagnosis, offer } = event;
  // Between looks nobody was asked: a second answer to the same question.
  if (round !== incident.round || incident.tries === 0) return stay(incident);
  if (offer.kind === 'plan') {
    const { signed, expiresAt } = offer;
    return move(incident, { status: 'awaiting-approval', diagnosis, signed, expiresAt, dueAt: expiresAt });
  }
  const healthyLooks = offer.reason === 'healthy' ? incident.healthyLooks + 1 : 0;
  const unexplainedLooks = incident.unexplainedLooks + (offer.reason === 'no-cause' ? 1 : 0);
  if (healthyLooks >= HEALTHY_LOOKS) return close(incident, moment, { kind: 'resolved', by: 'itself' }, diagnosis);
  if (offer.reason === 'no-safe-action' || unexplainedLooks >= UNEXPLAINED_LOOKS)
    return escalate(incident, moment, offer.reason === 'healthy' ? 'no-cause' : offer.reason, offer.detail, {
      diagnosis,
    });
  const dueAt = nextLook(moment.at, LOOK_EVERY_SECONDS);
  return move(incident, { status: 'investigating', dueAt, tries: 0, healthyLooks, unexplainedLooks, diagnosis });
}

function approved(incident: IncidentIn<'awaiting-approval'>, { approval }: Of<'approved'>, moment: Moment): Step {
  const { at } = moment;
  if (approval.digest !== incident.signed.plan.digest || approval.incident !== incident.id) return stay(incident);
  if (at >= incident.expiresAt || at >= approval.expiresAt) return stay(incident);
  return carryOut(incident, moment, { approval, step: 0, direction: 'apply' });
}

const isPresentStep = (
  incident: IncidentIn<'executing'>,
  event: { readonly digest: string; readonly step: number; readonly direction: 'apply' | 'undo' },
): boolean =>
  event.digest === incident.signed.plan.digest &&
  event.step === incident.step &&
  event.direction === incident.direction;

/** Of two deliveries of one step at the same time, one writes and the other waits. Saved silently: nobody needs to be told. */
function stepClaimed(incident: IncidentIn<'executing'>, event: Of<'step-claimed'>): Step {
  const { by, at } = event;
  const held = incident.claim !== undefined && incident.claim.by !== by && incident.claim.until > at;
  if (!isPresentStep(incident, event) || incident.operation !== undefined || held) return stay(incident);
  const claim = { by, until: plusSeconds(at, CLAIM_SECONDS) };
  return { incident: { ...incident, claim, version: incident.version + 1 }, effects: [] };
}

function stepStarted(incident: IncidentIn<'executing'>, event: Of<'step-started'>): Step {
  if (!isPresentStep(incident, event) || incident.operation?.name === event.operation) return stay(incident);
  const { step, direction, operation: name, at } = event;
  return move(incident, {
    ...incident,
    operation: { step, direction, name, startedAt: at },
    dueAt: plusSeconds(at, CARRY_OUT_PATIENCE_SECONDS),
  });
}

function stepFinished(incident: IncidentIn<'executing'>, event: Of<'step-finished'>, moment: Moment): Step {
  if (!isPresentStep(incident, event)) return stay(incident);
  return incident.direction === 'apply'
    ? stepApplied(incident, event.result, moment)
    : stepUndone(incident, event.result, moment);
}

function stepApplied(incident: IncidentIn<'executing'>, result: StepResult, moment: Moment): Step {
  const { step, approval } = incident;
  switch (result.kind) {
    case 'done':
    case 'stood-already':
      return step + 1 < incident.signed.plan.steps.length
        ? carryOut(incident, moment, { approval, step: step + 1, direction: 'apply' })
        : verify(incident, moment);
    case 'moved':
      return step === 0 ? investigateAgain(incident, moment) : stopPartWay(incident, moment, result.detail);
    case 'failed':
      return stopPartWay(incident, moment, result.detail);
    default:
      return unreachable(result);
  }
}

/** Earlier steps are put back where they can be; then a person looks. */
function stopPartWay(incident: IncidentIn<'executing'>, moment: Moment, because: string): Step {
  return (
    undoFrom(incident, moment, incident.step - 1, because) ??
    escalate(incident, moment, 'execution-failed', because, { attempts: attemptsWith(incident, 'failed', 'no') })
  );
}

/** Undoes the highest step at or below `step` that can be put back; undefined when there is none. */
function undoFrom(
  incident: IncidentIn<'executing'> | IncidentIn<'verifying'>,
  moment: Moment,
  step: number,
  undoBecause: string,
): Step | undefined {
  const { approval, signed } = incident;
  const next = signed.plan.steps.findLastIndex(
    ({ prospect }, index) => index <= step && prospect.undo.kind === 'restore-before',
  );
  return next < 0 ? undefined : carryOut(incident, moment, { approval, step: next, direction: 'undo', undoBecause });
}

function stepUndone(incident: IncidentIn<'executing'>, result: StepResult, moment: Moment): Step {
  const because = incident.undoBecause ?? 'the change made things worse';
  switch (result.kind) {
    case 'done':
    case 'stood-already':
      return (
        undoFrom(incident, moment, incident.step - 1, because) ??
        investigateAgain(incident, moment, attemptsWith(incident, 'worse', 'yes'))
      );
    case 'moved':
    case 'failed':
      return escalate(incident, moment, 'execution-failed', `${because}; undoing it failed: ${result.detail}`, {
        attempts: attemptsWith(incident, 'worse', 'no'),
      });
    default:
      return unreachable(result);
  }
}

function verified(incident: IncidentIn<'verifying'>, event: Of<'verified'>, moment: Moment): Step {
  const { recovery, digest } = event;
  const { checks, everySeconds } = moment.environment.verification;
  if (digest !== incident.signed.plan.digest) return stay(incident);
  const wait = (passed: number): Step =>
    move(incident, { ...incident, passed, last: recovery, dueAt: nextLook(moment.at, everySeconds) });
  const late = moment.at >= incident.deadline;
  switch (recovery.verdict) {
    case 'recovered': {
      const passed = incident.passed + 1;
      if (passed < checks) return wait(passed);
      return close({ ...incident, passed, last: recovery }, moment, { kind: 'resolved', by: 'remediation' });
    }
    case 'not-yet':
      return late ? investigateAgain(incident, moment, attemptsWith(incident, 'not-verified', 'no')) : wait(0);
    case 'inconclusive':
      return late ? notMeasured(incident, moment) : wait(incident.passed);
    case 'worse':
      // One bad look may be noise; two in a row are not.
      return incident.last?.verdict === 'worse' ? gotWorse(incident, moment) : wait(0);
    default:
      return unreachable(recovery.verdict);
  }
}

/** Inconclusive waits, then escalates; it never undoes. */
const notMeasured = (incident: IncidentIn<'verifying'>, moment: Moment): Step =>
  escalate(incident, moment, 'not-verified', 'whether users are served again could not be measured', {
    attempts: attemptsWith(incident, 'not-verified', 'no'),
  });

function gotWorse(incident: IncidentIn<'verifying'>, moment: Moment): Step {
  const because = 'the change made things measurably worse';
  return (
    undoFrom(incident, moment, incident.signed.plan.steps.length - 1, because) ??
    escalate(incident, moment, 'not-verified', `${because} and cannot be undone`, {
      attempts: attemptsWith(incident, 'worse', 'not-possible'),
    })
  );
}

function timerDue(incident: Exclude<Incident, IncidentIn<'closed'>>, moment: Moment): Step {
  const { at, environment } = moment;
  switch (incident.status) {
    case 'investigating': {
      if (incident.tries >= INVESTIGATION_TRIES_MAX)
        return escalate(
          incident,
          moment,
          'investigation-failed',
          `${INVESTIGATION_TRIES_MAX} investigations gave no answer`,
        );
      const { id, round } = incident;
      return move(
        incident,
        { ...incident, tries: incident.tries + 1, dueAt: plusSeconds(at, INVESTIGATION_PATIENCE_SECONDS) },
        { effects: [{ type: 'investigate', incident: id, round }] },
      );
    }
    case 'awaiting-approval':
      return escalate(incident, moment, 'nobody-decided', 'the plan expired before anyone decided');
    case 'executing': {
      const { id, signed, step, direction } = incident;
      const again = { type: 'carry-out', incident: id, digest: signed.plan.digest, step, direction } as const;
      return move(incident, { ...incident, dueAt: plusSeconds(at, CARRY_OUT_PATIENCE_SECONDS) }, { effects: [again] });
    }
    case 'verifying': {
      const { id, signed } = incident;
      const look = { type: 'verify', incident: id, digest: signed.plan.digest } as const;
      // The answer sets the next look; this one only guards against an answer that never comes.
      const guard = plusSeconds(at, environment.verification.everySeconds + INVESTIGATION_PATIENCE_SECONDS);
      return move(incident, { ...incident, dueAt: guard }, { effects: [look] });
    }
    case 'escalated':
      return nextLevel(incident, moment);
    default:
      return unreachable(incident);
  }
}

/** Level n of an incident mentions the n-th entry of the policy's escalation, counted from one; 0 was told at once. */
function nextLevel(incident: IncidentIn<'escalated'>, { environment }: Moment): Step {
  const { level, id, since } = incident;
  const next = environment.escalation[level];
  const dueAt = next === undefined ? undefined : plusSeconds(since, next.afterSeconds);
  return move(
    incident,
    { ...incident, level: level + 1, dueAt },
    { effects: [{ type: 'escalate', incident: id, level }] },
  );
}
