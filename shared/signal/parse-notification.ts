import { describe } from '../policy/describe.ts';
import { type Instant, instant } from '../ports/clock.ts';
import type { Alert } from './alert.ts';
import { type Clues, readClues } from './clues.ts';
import { isMapping, openEnvelope } from './envelope.ts';
import { type IncidentPayload, incidentPayload } from './incident-payload.ts';

/** `test`: sent by the console's button, about nothing. */
export type Notification =
  | { readonly kind: 'parsed'; readonly alert: Alert; readonly clues: Clues; readonly test: boolean }
  | { readonly kind: 'refused'; readonly reason: string };

/** It becomes part of a document's id; Firestore's are at most 1500 bytes. Real ones have about 20 characters. */
const INCIDENT_ID_CHARS_MAX = 200;

/** Understands a Cloud Monitoring notification of any age and in any envelope; refuses what has no incident, no incident_id or no known state. */
export function parseNotification(message: unknown): Notification {
  const opened = openEnvelope(message);
  if (opened.kind === 'refused') return opened;
  const body = opened.notification;
  if (!isMapping(body)) return refused(`the notification is ${describe(body)}, not a mapping with an incident`);
  const incident = body['incident'];
  if (!isMapping(incident))
    return refused(`found no incident: the notification is ${describe(body)}, its incident ${describe(incident)}`);
  const incidentId = idOf(incident['incident_id']);
  if (incidentId === undefined) {
    return refused(
      `incident_id is ${describe(incident['incident_id'])}, not a text of 1 to ${INCIDENT_ID_CHARS_MAX} characters`,
    );
  }
  const state = stateOf(incident['state']);
  if (state === undefined)
    return refused(`state of incident ${incidentId} is ${describe(incident['state'])}, neither open nor closed`);
  const payload = incidentPayload.parse(incident);
  const test = String(body['version']).toLowerCase() === 'test';
  return { kind: 'parsed', alert: alertOf(payload, incidentId, state), clues: readClues(payload), test };
}

const refused = (reason: string): Notification => ({ kind: 'refused', reason });

function idOf(value: unknown): string | undefined {
  const id = typeof value === 'number' ? String(value) : value;
  if (typeof id !== 'string' || id.trim() === '' || id.length > INCIDENT_ID_CHARS_MAX) return undefined;
  return id.trim();
}

function stateOf(value: unknown): Alert['state'] | undefined {
  const state = typeof value === 'string' ? value.trim().toLowerCase() : undefined;
  return state === 'open' || state === 'closed' ? state : undefined;
}

function alertOf(payload: IncidentPayload, incidentId: string, state: Alert['state']): Alert {
  const condition = payload.condition_name ?? payload.condition?.displayName ?? 'a condition without a name';
  const policy = payload.policy_name ?? 'a policy without a name';
  return {
    key: `${incidentId}/${state}`,
    incidentId,
    state,
    severity: severityOf(payload.severity),
    policy,
    condition,
    summary: payload.summary ?? `${policy}: ${condition}`,
    url: webUrl(payload.url),
    startedAt: momentOf(payload.started_at),
    endedAt: momentOf(payload.ended_at),
    observedValue: payload.observed_value,
    thresholdValue: payload.threshold_value,
    metric: payload.metric?.type,
    resource: { type: payload.resource?.type ?? 'unknown', labels: payload.resource?.labels ?? {} },
  };
}

function severityOf(text: string | undefined): Alert['severity'] {
  const severity = text?.toLowerCase();
  return severity === 'critical' || severity === 'error' || severity === 'warning' ? severity : 'none';
}

/** Cards link to it, so nothing but the web is let through. */
const webUrl = (text: string | undefined): string | undefined =>
  text !== undefined && /^https?:\/\/\S+$/.test(text) ? text : undefined;

/** The end of the year 9999: past it an Instant would no longer sort as text. */
const SECONDS_MAX = 253_402_300_799;

/** From seconds since 1970; 0 and what is no such number mean unknown. */
function momentOf(text: string | undefined): Instant | undefined {
  const seconds = Number(text);
  return seconds > 0 && seconds <= SECONDS_MAX ? instant(seconds * 1000) : undefined;
}
