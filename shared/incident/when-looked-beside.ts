import { earliest, plusSeconds } from '../ports/clock.ts';
import type { EventOf } from './event.ts';
import type { IncidentIn, LookBeside } from './incident.ts';
import {
  INVESTIGATION_PATIENCE_SECONDS,
  INVESTIGATION_TRIES_MAX,
  type Moment,
  move,
  type Step,
  stay,
} from './moves.ts';
import { whyPlanStands } from './plan-stands.ts';

type Awaiting = IncidentIn<'awaiting-approval'>;

/** Has it looked at while the plan stands: it can be decided on meanwhile, and then the answer comes late and changes nothing. */
export function askBeside(incident: Awaiting, look: Omit<LookBeside, 'result'>, { at }: Moment): Step {
  const { id, round, expiresAt } = incident;
  const dueAt = earliest(expiresAt, plusSeconds(at, INVESTIGATION_PATIENCE_SECONDS));
  return move(
    incident,
    { ...incident, look: { ...look, result: 'awaited' }, dueAt },
    { effects: [{ type: 'investigate', incident: id, round }] },
  );
}

/** The answer to such a look; undefined where it takes the plan's place. */
export function whenLookedBeside(incident: Awaiting, event: EventOf<'investigated'>): Step | undefined {
  const result = whyPlanStands(incident.signed.plan, event);
  return result === undefined ? undefined : answered(incident, result);
}

/** No answer came in time: it is asked for again, and given up after INVESTIGATION_TRIES_MAX. The plan stands all the same. */
export function whenLookOverdue(incident: Awaiting, moment: Moment): Step {
  const { look } = incident;
  if (look?.result !== 'awaited') return stay(incident);
  if (look.tries >= INVESTIGATION_TRIES_MAX) return answered(incident, 'no-answer');
  return askBeside(incident, { ...look, tries: look.tries + 1 }, moment);
}

function answered(incident: Awaiting, result: LookBeside['result']): Step {
  const { look, expiresAt } = incident;
  return move(incident, { ...incident, look: look && { ...look, result }, dueAt: expiresAt });
}
