import { type Instant, plusSeconds } from '../ports/clock.ts';
import { digestOf } from '../remedy/signature.ts';
import { correlationKey, type Subject } from '../signal/subject.ts';
import { type AlertNote, INCIDENT_SCHEMA } from './incident.ts';
import { INVESTIGATION_PATIENCE_SECONDS, type Step } from './moves.ts';

/** The first state of an incident and what it sets going. The id follows from subject, alert and moment, so that it can be read aloud and looked up. */
export function investigation(subject: Subject, alert: AlertNote, at: Instant): Step {
  const stamp = at.replace(/[-:]/g, '').slice(0, 13).toLowerCase();
  const id = `inc-${stamp}-${digestOf({ key: correlationKey(subject), alert: alert.key, at }).slice(0, 6)}`;
  return {
    incident: {
      schema: INCIDENT_SCHEMA,
      id,
      version: 1,
      subject,
      openedAt: at,
      alerts: [alert],
      alertsTotal: 1,
      round: 1,
      attempts: [],
      paged: undefined,
      googleCalls: { total: 0, logReads: 0 },
      checkAskedAt: undefined,
      status: 'investigating',
      dueAt: plusSeconds(at, INVESTIGATION_PATIENCE_SECONDS),
      tries: 1,
      healthyLooks: 0,
      unexplainedLooks: 0,
      diagnosis: undefined,
    },
    effects: [
      { type: 'announce', incident: id },
      { type: 'investigate', incident: id, round: 1 },
    ],
  };
}
