import { plusSeconds } from '../ports/clock.ts';
import type { EventOf, StepResult } from './event.ts';
import type { IncidentIn } from './incident.ts';
import {
  attemptsWith,
  CARRY_OUT_PATIENCE_SECONDS,
  CLAIM_SECONDS,
  carryOut,
  escalate,
  investigateAgain,
  type Moment,
  move,
  type Step,
  stay,
  verify,
} from './moves.ts';
import { undoFrom } from './undo-from.ts';
import { unreachable } from './unreachable.ts';

/** Of two deliveries of one step at the same time, one writes and the other waits. Saved silently: nobody needs to be told. */
export function whenClaimed(incident: IncidentIn<'executing'>, event: EventOf<'step-claimed'>): Step {
  const { by, at } = event;
  const held = incident.claim !== undefined && incident.claim.by !== by && incident.claim.until > at;
  if (!isPresentStep(incident, event) || incident.operation !== undefined || held) return stay(incident);
  const claim = { by, until: plusSeconds(at, CLAIM_SECONDS) };
  return { incident: { ...incident, claim, version: incident.version + 1 }, effects: [] };
}

/** The operation's name is saved before it is followed. */
export function whenStarted(incident: IncidentIn<'executing'>, event: EventOf<'step-started'>): Step {
  if (!isPresentStep(incident, event) || incident.operation?.name === event.operation) return stay(incident);
  const { step, direction, operation: name, at } = event;
  return move(incident, {
    ...incident,
    operation: { step, direction, name, startedAt: at },
    dueAt: plusSeconds(at, CARRY_OUT_PATIENCE_SECONDS),
  });
}

/** A step ended, one way or another: the next one, verification, what must be put back, or people. */
export function whenFinished(incident: IncidentIn<'executing'>, event: EventOf<'step-finished'>, moment: Moment): Step {
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
    // What may be offered now is found by looking again: in a moved world, or inside the guardrails as they are.
    case 'moved':
    case 'refused':
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
    case 'refused':
    case 'failed':
      return escalate(incident, moment, 'execution-failed', `${because}; undoing it failed: ${result.detail}`, {
        attempts: attemptsWith(incident, 'worse', 'no'),
      });
    default:
      return unreachable(result);
  }
}

const isPresentStep = (
  incident: IncidentIn<'executing'>,
  event: { readonly digest: string; readonly step: number; readonly direction: 'apply' | 'undo' },
): boolean =>
  event.digest === incident.signed.plan.digest &&
  event.step === incident.step &&
  event.direction === incident.direction;
