import { plusSeconds } from '../ports/clock.ts';
import type { PastIncident } from '../ports/history.ts';
import type { Inspector } from './inspector.ts';

export interface RecurrenceObservation {
  /** How far back it was looked. */
  readonly days: number;
  /** Incidents of this environment that ended within them, newest first. */
  readonly ended: readonly PastIncident[];
}

/** A month covers what comes with a weekly job or a monthly bill. Our own choice: further back an estate has changed too much to compare. */
export const DAYS = 30;
const INCIDENTS_MAX = 50;

/**
 * Sees what runmedic remembers of this environment: which incidents ended in the last 30 days, what had broken, what fixed them, how long they lasted.
 * API: none, its own store. Permission: none on Google Cloud.
 * Silent about incidents that runmedic did not have, about those older than its newest 100, and about those that are still open.
 */
export const recurrence: Inspector<RecurrenceObservation> = {
  deadlineMs: 5_000,
  permissions: [],
  appliesTo: () => true,
  inspect: async ({ history, environment, until }) => {
    const since = plusSeconds(until, -DAYS * 86_400);
    const ended = await history.ended({ environment: environment.name, since });
    return { days: DAYS, ended: ended.slice(0, INCIDENTS_MAX) };
  },
};
