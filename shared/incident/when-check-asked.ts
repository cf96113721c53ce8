import { plusSeconds } from '../ports/clock.ts';
import type { EventOf } from './event.ts';
import type { Incident } from './incident.ts';
import { INVESTIGATION_PATIENCE_SECONDS, lookOnceMore, type Moment, move, type Step, stay } from './moves.ts';
import { askBeside } from './when-looked-beside.ts';

/** A look reads Cloud Logging up to six times, and a project has 60 of those reads a minute for everybody (facts, 2026-11-23): people may ask for one a minute. */
export const CHECK_EVERY_SECONDS = 60;

/** Why nobody can have an incident looked at now. */
export type NoCheck = 'looking-already' | 'just-asked' | 'being-changed' | 'not-configured' | 'closed';

/** Whether a look can be asked for: while one is awaited anyway, or a change is under way, there is none. */
export function noCheck(incident: Incident, at: Moment['at']): NoCheck | undefined {
  const { status, checkAskedAt } = incident;
  if (status === 'closed') return 'closed';
  if (status === 'escalated' && incident.reason === 'environment-removed') return 'not-configured';
  if (status === 'executing' || status === 'verifying') return 'being-changed';
  if (status === 'investigating' && incident.tries > 0) return 'looking-already';
  if (status === 'awaiting-approval' && incident.look?.result === 'awaited') return 'looking-already';
  const isRecent = checkAskedAt !== undefined && at < plusSeconds(checkAskedAt, CHECK_EVERY_SECONDS);
  return isRecent ? 'just-asked' : undefined;
}

/**
 * Somebody wants it looked at anew, whoever that is. It takes nothing from those who decide: a plan that waits stands beside the look. Between looks
 * the next one comes now, and none of them is counted as a round.
 */
export function whenCheckAsked(incident: Incident, { at, by }: EventOf<'check-asked'>, moment: Moment): Step {
  if (noCheck(incident, at) !== undefined) return stay(incident);
  const asked = { ...incident, checkAskedAt: at };
  if (asked.status === 'awaiting-approval') return askBeside(asked, { by, askedAt: at, tries: 1 }, moment);
  if (asked.status !== 'investigating') return lookOnceMore(asked, moment);
  const { id, round } = asked;
  return move(
    asked,
    { ...asked, tries: 1, dueAt: plusSeconds(at, INVESTIGATION_PATIENCE_SECONDS) },
    { effects: [{ type: 'investigate', incident: id, round }] },
  );
}
