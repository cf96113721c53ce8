import { type Instant, plusSeconds } from '../ports/clock.ts';
import type { Incident, IncidentIn } from './incident.ts';
import { attemptsWith, move, type Step, stay } from './moves.ts';
import { unreachable } from './unreachable.ts';
import { endTests } from './when-closed.ts';

/** How often it is asked whether the environment is back in the configuration. Nobody is told of it. */
export const REST_SECONDS = 86_400;

/**
 * What becomes of an incident whose environment the configuration no longer has: nothing may be looked at, decided or changed there any more, so
 * that people get it, once, and it rests. Whatever happened is taken in no further than that.
 */
export function withoutEnvironment(incident: Incident, at: Instant): Step {
  if (incident.status === 'closed') return withoutTests(incident, at);
  if (incident.status === 'escalated' && incident.reason === 'environment-removed') return rest(incident, at);
  const { id, subject } = incident;
  return move(
    incident,
    {
      status: 'escalated',
      reason: 'environment-removed',
      detail: `the configuration no longer has environments.${subject.environment}: ${leftOpen(incident)}. Put it back to have runmedic look again; until then it does nothing here`,
      diagnosis: incident.diagnosis,
      lapsed: undefined,
      since: at,
      level: 1,
      dueAt: plusSeconds(at, REST_SECONDS),
    },
    {
      facts: { attempts: attemptsOf(incident) },
      effects: [{ type: 'escalate', incident: id, level: 0 }],
    },
  );
}

/** Which tests were meant, and who may be told of them, went with the environment. */
function withoutTests(incident: IncidentIn<'closed'>, at: Instant): Step {
  const { endToEnd, subject } = incident;
  if (endToEnd === undefined || endToEnd.status === 'ended') return stay(incident);
  const detail = `the configuration no longer has environments.${subject.environment}`;
  return endTests(incident, { kind: endToEnd.status === 'running' ? 'unread' : 'not-started', detail }, at);
}

/** Saved silently: that nothing changed is no news. */
function rest(incident: IncidentIn<'escalated'>, at: Instant): Step {
  if (at < incident.dueAt) return stay(incident);
  const dueAt = plusSeconds(at, REST_SECONDS);
  return { incident: { ...incident, dueAt, version: incident.version + 1 }, effects: [] };
}

type Open = Exclude<Incident, IncidentIn<'closed'>>;

/** What nobody sees to any more, after a colon. */
function leftOpen(incident: Open): string {
  switch (incident.status) {
    case 'investigating':
      return 'the cause is not looked for any more';
    case 'awaiting-approval':
      return 'nobody may decide on the change that was offered, and nothing was changed';
    case 'executing':
      return incident.operation === undefined
        ? 'the change that was approved is not seen through; nothing is known to be under way'
        : `the change that was approved is not seen through; ${incident.operation.name} may still be under way`;
    case 'verifying':
      return 'the change was made, and whether it helped is not checked any more';
    case 'escalated':
      return 'it is not looked at any more';
    default:
      return unreachable(incident);
  }
}

const attemptsOf = (incident: Open) =>
  incident.status === 'executing' || incident.status === 'verifying'
    ? attemptsWith(incident, 'not-verified', 'no')
    : incident.attempts;
