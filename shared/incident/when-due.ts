import { plusSeconds } from '../ports/clock.ts';
import type { Incident, IncidentIn } from './incident.ts';
import {
  CARRY_OUT_PATIENCE_SECONDS,
  escalate,
  INVESTIGATION_PATIENCE_SECONDS,
  INVESTIGATION_TRIES_MAX,
  type Moment,
  move,
  type Step,
} from './moves.ts';
import { unreachable } from './unreachable.ts';

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
