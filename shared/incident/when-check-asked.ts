import { plusSeconds } from '../ports/clock.ts';
import type { EventOf } from './event.ts';
import type { Incident } from './incident.ts';
import {
  INVESTIGATION_PATIENCE_SECONDS,
  investigateAgain,
  type Moment,
  move,
  ROUNDS_MAX,
  type Step,
  stay,
} from './moves.ts';

/** A look reads Cloud Logging up to six times, and a project has 60 of those reads a minute for everybody (facts, 2026-11-23): people may ask for one a minute. */
export const CHECK_EVERY_SECONDS = 60;

/** Why nobody can have an incident looked at now. */
export type NoCheck = 'looking-already' | 'just-asked' | 'looked-often' | 'being-changed' | 'not-configured' | 'closed';

/** Whether a look can be asked for: while one is awaited anyway, or a change is under way, there is none. */
export function noCheck(incident: Incident, at: Moment['at']): NoCheck | undefined {
  const { status, checkAskedAt, round } = incident;
  if (status === 'closed') return 'closed';
  if (status === 'escalated' && incident.reason === 'environment-removed') return 'not-configured';
  if (status === 'executing' || status === 'verifying') return 'being-changed';
  if (status === 'investigating' && incident.tries > 0) return 'looking-already';
  if (checkAskedAt !== undefined && at < plusSeconds(checkAskedAt, CHECK_EVERY_SECONDS)) return 'just-asked';
  // One diagnosis more would take the plan away and hand the incident to people, which nobody asked for.
  return status === 'awaiting-approval' && round >= ROUNDS_MAX ? 'looked-often' : undefined;
}

/**
 * Somebody wants it looked at anew. A plan that waits is withdrawn: it comes back as it was where the look finds the same, so that nobody approves
 * what is doubted. Between looks the next one comes now.
 */
export function whenCheckAsked(incident: Incident, { at }: EventOf<'check-asked'>, moment: Moment): Step {
  if (noCheck(incident, at) !== undefined) return stay(incident);
  const asked = { ...incident, checkAskedAt: at };
  if (asked.status !== 'investigating') return investigateAgain(asked, moment);
  const { id, round } = asked;
  return move(
    asked,
    { ...asked, tries: 1, dueAt: plusSeconds(at, INVESTIGATION_PATIENCE_SECONDS) },
    { effects: [{ type: 'investigate', incident: id, round }] },
  );
}
