import type { Environment } from '../policy/policy.ts';
import { awaitedLook } from './awaited-look.ts';
import type { EventOf, IncidentEvent } from './event.ts';
import type { AlertNote, Incident, IncidentIn } from './incident.ts';
import { carryOut, close, investigateAgain, type Moment, note, ROUNDS_MAX, type Step, stay } from './moves.ts';
import { unreachable } from './unreachable.ts';
import { whenClaimed, whenFinished, whenStarted } from './when-carried-out.ts';
import { whenCheckAsked } from './when-check-asked.ts';
import { whenClosed } from './when-closed.ts';
import { whenDue } from './when-due.ts';
import { whenInvestigated } from './when-investigated.ts';
import { whenLookUnderWay } from './when-look-under-way.ts';
import { whenLookedBeside } from './when-looked-beside.ts';
import { whenVerified } from './when-verified.ts';

/** The first, the worst and the newest alerts are kept; more would only repeat them. */
const ALERTS_KEPT = 20;
const SERVICES_KEPT = 50;

/**
 * Decides what an event makes of an incident. Pure and total: no clock, no I/O, no randomness; every event in every state has an answer,
 * and a late, repeated or foreign one leaves the incident as it is.
 */
export function transition(incident: Incident, event: IncidentEvent, environment: Environment): Step {
  return counted(decided(incident, event, environment), event);
}

function decided(incident: Incident, event: IncidentEvent, environment: Environment): Step {
  if (incident.status === 'closed') return whenClosed(incident, event);
  const moment: Moment = { at: event.at, environment };
  switch (event.type) {
    case 'alert-joined':
      return alertJoined(incident, event, moment);
    case 'investigated': {
      const asked = awaitedLook(incident, event.round);
      if (asked === undefined) return stay(incident);
      return (
        (incident.status === 'awaiting-approval' ? whenLookedBeside(incident, event) : undefined) ??
        whenInvestigated(asked, event, moment)
      );
    }
    case 'approved':
      return incident.status === 'awaiting-approval' ? approved(incident, event, moment) : stay(incident);
    case 'rejected':
      return incident.status === 'awaiting-approval' && event.digest === incident.signed.plan.digest
        ? close(incident, moment, { kind: 'declined', refusal: event.refusal })
        : stay(incident);
    case 'step-claimed':
      return incident.status === 'executing' ? whenClaimed(incident, event) : stay(incident);
    case 'step-started':
      return incident.status === 'executing' ? whenStarted(incident, event) : stay(incident);
    case 'step-finished':
      return incident.status === 'executing' ? whenFinished(incident, event, moment) : stay(incident);
    case 'verified':
      return incident.status === 'verifying' ? whenVerified(incident, event, moment) : stay(incident);
    case 'look-under-way':
      return whenLookUnderWay(incident, event);
    case 'check-asked':
      return whenCheckAsked(incident, event, moment);
    case 'tests-claimed':
    case 'tests-started':
    case 'tests-ended':
      // Of an incident that is over, and of no other.
      return stay(incident);
    case 'timer-due':
      return event.version === incident.version ? whenDue(incident, moment) : stay(incident);
    default:
      return unreachable(event);
  }
}

/** What a look asked of Google is added up, where the look counted. */
function counted({ incident, effects }: Step, event: IncidentEvent): Step {
  const calls = event.type === 'investigated' || event.type === 'verified' ? event.calls : undefined;
  if (calls === undefined || effects.length === 0) return { incident, effects };
  const { total, logReads } = incident.googleCalls;
  const googleCalls = { total: total + calls.total, logReads: logReads + calls.logReads };
  return { incident: { ...incident, googleCalls }, effects };
}

function alertJoined(incident: Incident, { alert, services }: EventOf<'alert-joined'>, moment: Moment): Step {
  if (incident.alerts.some(({ key }) => key === alert.key)) return stay(incident);
  const named = new Set([...incident.subject.services, ...services]);
  const joined = note(incident, {
    alerts: keptOf([...incident.alerts, alert]),
    // A closing is news of an alert, not another one.
    alertsTotal: incident.alertsTotal + (alert.state === 'open' ? 1 : 0),
    subject: { ...incident.subject, services: [...named].slice(0, SERVICES_KEPT) },
  });
  return recheckOn(incident, alert) ? sameVersion(investigateAgain(joined.incident, moment)) : joined;
}

/** Of too many, the oldest news that an alert closed goes, or else the oldest alert; never the one that began it, nor the first of the worst. */
function keptOf(alerts: readonly AlertNote[]): readonly AlertNote[] {
  if (alerts.length <= ALERTS_KEPT) return alerts;
  const worst = alerts.reduce((one, next) => (RANK[next.severity] > RANK[one.severity] ? next : one));
  const spare = alerts.filter((alert, index) => index > 0 && alert !== worst);
  const goes = spare.find(({ state }) => state === 'closed') ?? spare[0];
  return keptOf(alerts.filter((alert) => alert !== goes));
}

/** By how much an alert matters. */
const RANK = { critical: 3, error: 2, warning: 1, none: 0 } as const satisfies Record<AlertNote['severity'], number>;

/**
 * A closed notification is a reason to look again, not recovery: a policy edit or missing data closes one too.
 * What is in people's hands is looked at on any news: a further alert may be a further outage.
 */
const recheckOn = (incident: Incident, alert: AlertNote): boolean =>
  incident.status === 'escalated' ||
  (incident.status === 'awaiting-approval' && alert.state === 'closed' && incident.round < ROUNDS_MAX);

/** Two moves in one event are one save. */
const sameVersion = ({ incident, effects }: Step): Step => ({
  incident: { ...incident, version: incident.version - 1 },
  effects,
});

function approved(incident: IncidentIn<'awaiting-approval'>, { approval }: EventOf<'approved'>, moment: Moment): Step {
  const { at } = moment;
  if (approval.digest !== incident.signed.plan.digest || approval.incident !== incident.id) return stay(incident);
  if (at >= incident.expiresAt || at >= approval.expiresAt) return stay(incident);
  return carryOut(incident, moment, { approval, step: 0, direction: 'apply' });
}
