import { isByHand, type Plan } from '../remedy/plan.ts';
import type { EventOf } from './event.ts';
import type { IncidentIn } from './incident.ts';
import {
  attemptsWith,
  close,
  escalate,
  investigateAgain,
  type Moment,
  move,
  nextLook,
  type Step,
  stay,
} from './moves.ts';
import { undoFrom } from './undo-from.ts';
import { unreachable } from './unreachable.ts';

/** One look after a change: counted, waited on, undone or handed to people. */
export function whenVerified(incident: IncidentIn<'verifying'>, event: EventOf<'verified'>, moment: Moment): Step {
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
export function notMeasured(incident: IncidentIn<'verifying'>, moment: Moment): Step {
  const { passed } = incident;
  const { checks } = moment.environment.verification;
  const detail =
    passed > 0
      ? `users were served at the last look that could tell (${passed} of ${checks} good looks in a row), and no look after it could`
      : 'whether users are served again could not be measured';
  return escalate(incident, moment, 'not-verified', detail, {
    attempts: attemptsWith(incident, 'not-verified', 'no'),
  });
}

function gotWorse(incident: IncidentIn<'verifying'>, moment: Moment): Step {
  const { plan } = incident.signed;
  const because = 'the change made things measurably worse';
  const detail = isByHand(plan) ? worseByHand(plan) : `${because} and cannot be undone`;
  return (
    undoFrom(incident, moment, plan.steps.length - 1, because) ??
    escalate(incident, moment, 'not-verified', detail, { attempts: attemptsWith(incident, 'worse', 'not-possible') })
  );
}

/** What people did is theirs to take back; how, is said where they are called. */
function worseByHand({ steps: [{ prospect }] }: Plan): string {
  const { undo } = prospect.guide ?? {};
  const how = [undo?.words, undo?.commands?.split('\n').join('; ')].filter((part) => part !== undefined);
  return ['things got measurably worse after it was done by hand.', ...how].join(' ');
}
