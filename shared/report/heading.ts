import type { AlertNote, Incident } from '../incident/incident.ts';
import { context, header } from './blocks.ts';
import { needed, type Weighed } from './limits.ts';
import { code, escaped, link, moment } from './mrkdwn.ts';
import { elapsedWords, placeWords, severityOf, severityWord, stateWords, testsFailed } from './words.ts';

const POLICIES_SHOWN = 3;

/** What a notification reads first: how bad, where, and what it is at. One line of plain text. */
export const headline = (incident: Incident): string =>
  `${severityWord(incident)}: ${placeWords(incident)} · ${stateWords(incident)}`;

/** The first two blocks: the headline, and since when by which alerts. */
export function heading(incident: Incident): Weighed[] {
  const { id, openedAt, alertsTotal } = incident;
  const counted = alertsTotal === 1 ? '1 alert' : `${alertsTotal} alerts`;
  const lasted = incident.status === 'closed' ? `, open for ${elapsedWords(openedAt, incident.closedAt)}` : '';
  return needed(
    header(`${markOf(incident)} ${headline(incident)}`),
    context(`Since ${moment(openedAt)}${lasted} · ${counted}: ${policies(incident)} · ${code(id, 80)}`),
  );
}

const SEVERITY_MARKS: Readonly<Record<AlertNote['severity'], string>> = {
  critical: ':red_circle:',
  error: ':large_orange_circle:',
  warning: ':large_yellow_circle:',
  none: ':white_circle:',
};

/** A mark beside the words, never instead of them. */
function markOf(incident: Incident): string {
  if (incident.status === 'escalated') return incident.reason === 'platform-incident' ? ':cloud:' : ':rotating_light:';
  if (incident.status !== 'closed') return SEVERITY_MARKS[severityOf(incident)];
  if (testsFailed(incident)) return ':warning:';
  return incident.outcome.kind === 'resolved' ? ':white_check_mark:' : ':no_entry:';
}

/** The alert policies that spoke, the newest first, each linked to where it was raised. */
function policies({ alerts }: Incident): string {
  const newest = alerts.toReversed();
  const distinct = newest.filter(({ policy }, index) => newest.findIndex((other) => other.policy === policy) === index);
  const shown = distinct.slice(0, POLICIES_SHOWN).map(({ policy, url }) => link(policy || 'unnamed policy', url, 120));
  const more = distinct.length - shown.length;
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ');
}

/** The headline where mrkdwn is read: a message's `text`. */
export const headlineText = (incident: Incident): string => escaped(headline(incident));
