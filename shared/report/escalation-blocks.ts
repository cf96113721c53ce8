import type { EscalationReason, IncidentIn } from '../incident/incident.ts';
import { lookDueAt } from '../incident/moves.ts';
import type { Environment } from '../policy/policy.ts';
import { context, section } from './blocks.ts';
import { needed, type Weighed } from './limits.ts';
import { foreign, moment } from './mrkdwn.ts';
import { escalationWords, sentence } from './words.ts';

const DETAIL_MAX = 1000;

/** Why people are asked to look, what there is for them to do, and when it is looked at again. */
export function escalation(incident: IncidentIn<'escalated'>, environment: Environment | undefined): Weighed[] {
  const { reason, since } = incident;
  return needed(
    section(`*Needs people: ${escalationWords[reason]}.*\n${whyAndWhat(incident)}`),
    context(`Escalated ${moment(since)}.${againWords(incident, environment)}`),
  );
}

/** What the incident says of itself, and what to do about it where that is not plain. */
export function whyAndWhat({ reason, detail }: IncidentIn<'escalated'>): string {
  const toDo = TO_DO[reason];
  return `${foreign(sentence(detail), DETAIL_MAX)}${toDo === undefined ? '' : ` ${toDo}`}`;
}

const TO_DO: Readonly<Partial<Record<EscalationReason, string>>> = {
  'not-genuine':
    "Nothing was written. What is stored may have been tampered with; find out who can write to runmedic's store.",
  'investigation-failed':
    "Asked for were services, revisions, connectors, metrics, logs and the checks from outside. runmedic's own log says what kept it; look for yourselves meanwhile.",
};

/** Without its environment the detail has said it all. */
function againWords(incident: IncidentIn<'escalated'>, environment: Environment | undefined): string {
  if (environment === undefined) return '';
  const late = incident.reason === 'investigation-failed' ? ' An answer that comes late counts.' : '';
  return ` runmedic looks again as soon as an alert here opens or closes, and ${moment(lookDueAt(incident, environment))} at the latest.${late} It changes nothing without an approval.`;
}
