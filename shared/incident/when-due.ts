import { plusSeconds, secondsBetween } from '../ports/clock.ts';
import { isByHand } from '../remedy/plan.ts';
import type { Incident, IncidentIn } from './incident.ts';
import {
  attemptsWith,
  CARRY_OUT_PATIENCE_SECONDS,
  escalate,
  executionEndsBy,
  INVESTIGATION_PATIENCE_SECONDS,
  INVESTIGATION_TRIES_MAX,
  investigateAgain,
  levelDueAt,
  type Moment,
  move,
  nextCall,
  SERVED_PATIENCE_SECONDS,
  type Step,
} from './moves.ts';
import { unreachable } from './unreachable.ts';
import { whenLookOverdue } from './when-looked-beside.ts';
import { notMeasured } from './when-verified.ts';

/** What an incident waited for did not come, or it is time for the next look. */
export function whenDue(incident: Exclude<Incident, IncidentIn<'closed'>>, moment: Moment): Step {
  const { at, environment } = moment;
  switch (incident.status) {
    case 'investigating': {
      if (incident.tries >= INVESTIGATION_TRIES_MAX)
        return escalate(
          incident,
          moment,
          'investigation-failed',
          `${INVESTIGATION_TRIES_MAX} investigations gave no answer: none was heard of for ${INVESTIGATION_PATIENCE_SECONDS / 60} min`,
        );
      const { id, round } = incident;
      return move(
        incident,
        { ...incident, tries: incident.tries + 1, dueAt: plusSeconds(at, INVESTIGATION_PATIENCE_SECONDS) },
        { effects: [{ type: 'investigate', incident: id, round }] },
      );
    }
    case 'awaiting-approval':
      if (at < incident.expiresAt) return whenLookOverdue(incident, moment);
      return escalate(incident, moment, 'nobody-decided', whyLapsed(incident), {
        lapsed: { signed: incident.signed, expiredAt: incident.expiresAt },
      });
    case 'executing': {
      const { id, signed, step, direction } = incident;
      if (at >= executionEndsBy(incident)) return handOver(incident, moment);
      const again = { type: 'carry-out', incident: id, digest: signed.plan.digest, step, direction } as const;
      return move(incident, { ...incident, dueAt: plusSeconds(at, CARRY_OUT_PATIENCE_SECONDS) }, { effects: [again] });
    }
    case 'verifying': {
      const { id, signed } = incident;
      if (at >= plusSeconds(incident.deadline, patienceBeyondDeadline(incident))) return notMeasured(incident, moment);
      const look = { type: 'verify', incident: id, digest: signed.plan.digest } as const;
      // The answer sets the next look; this one only guards against an answer that never comes.
      const guard = plusSeconds(at, environment.verification.everySeconds + INVESTIGATION_PATIENCE_SECONDS);
      return move(incident, { ...incident, dueAt: guard }, { effects: [look] });
    }
    case 'escalated':
      // Back in the configuration: what it is at comes before who is called next.
      return incident.reason !== 'environment-removed' && levelDue(incident, moment)
        ? nextLevel(incident, moment)
        : investigateAgain(incident, moment);
    default:
      return unreachable(incident);
  }
}

const whyLapsed = ({ signed }: IncidentIn<'awaiting-approval'>): string =>
  isByHand(signed.plan)
    ? 'it is to be done by hand, and nobody said in time that it is done'
    : 'the plan expired before anyone decided';

/** The last look that could tell may have been good, and the process dead since: then it is asked again before people are called. */
const patienceBeyondDeadline = ({ passed }: IncidentIn<'verifying'>): number =>
  passed > 0 ? SERVED_PATIENCE_SECONDS : 2 * INVESTIGATION_PATIENCE_SECONDS;

/** Nobody can say any more whether it was done: what may still be under way is named. */
function handOver(incident: IncidentIn<'executing'>, moment: Moment): Step {
  const { operation, approval } = incident;
  const what =
    operation === undefined ? 'nothing is known to be under way' : `${operation.name} may still be under way`;
  const minutes = secondsBetween(approval.issuedAt, executionEndsBy(incident)) / 60;
  const detail = `no end within ${minutes} min of the approval at ${approval.issuedAt}; ${what}`;
  return escalate(incident, moment, 'execution-failed', detail, { attempts: attemptsWith(incident, 'failed', 'no') });
}

const levelDue = (incident: IncidentIn<'escalated'>, { at, environment }: Moment): boolean => {
  const due = levelDueAt(incident, environment);
  return due !== undefined && at >= due;
};

/** Level n of an incident mentions the n-th entry of the policy's escalation, counted from one; 0 was told at once. */
function nextLevel(incident: IncidentIn<'escalated'>, moment: Moment): Step {
  const { level, id } = incident;
  const told = { ...incident, level: level + 1 };
  return move(
    incident,
    { ...told, dueAt: nextCall(told, moment) },
    { effects: [{ type: 'escalate', incident: id, level }] },
  );
}
