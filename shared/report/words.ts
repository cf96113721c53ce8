import { ruleNamed, ruleNames } from '../diagnosis/rules.ts';
import { calledForTestsSince } from '../incident/end-to-end.ts';
import type { AlertNote, EscalationReason, Incident } from '../incident/incident.ts';
import { unreachable } from '../incident/unreachable.ts';
import type { Instant } from '../ports/clock.ts';
import { secondsBetween } from '../ports/clock.ts';
import { isByHand } from '../remedy/plan.ts';
import type { Subject } from '../signal/subject.ts';

/** Named in a headline; the rest is counted. */
const SERVICES_SHOWN = 3;

const SEVERITIES = ['critical', 'error', 'warning', 'none'] as const satisfies readonly AlertNote['severity'][];
const SEVERITY_WORDS = { critical: 'Critical', error: 'Error', warning: 'Warning', none: 'Alert' } as const;

/** The worst that any alert said. */
export function severityOf({ alerts }: Incident): AlertNote['severity'] {
  return SEVERITIES.find((severity) => alerts.some((alert) => alert.severity === severity)) ?? 'none';
}

export const severityWord = (incident: Incident): string => SEVERITY_WORDS[severityOf(incident)];

/** "staging (backend, auth and 2 more)": the services that alerts named and those that the cause harms; the region where there is none. */
export function placeWords(incident: Incident): string {
  const { environment, region, services: named }: Subject = incident.subject;
  const harmed = incident.diagnosis?.root?.services ?? [];
  const services = [...new Set([...named, ...harmed])];
  const shown = services.slice(0, SERVICES_SHOWN).join(', ');
  const more = services.length - SERVICES_SHOWN;
  if (services.length === 0) return `${environment} (${region})`;
  return more > 0 ? `${environment} (${shown} and ${more} more)` : `${environment} (${shown})`;
}

/** What an incident is at, in words that a notification can carry. */
export function stateWords(incident: Incident): string {
  switch (incident.status) {
    case 'investigating':
      return 'Investigating';
    case 'awaiting-approval':
      return isByHand(incident.signed.plan) ? 'To be done by hand' : 'Approval needed';
    case 'executing':
      if (isByHand(incident.signed.plan)) return 'Checking recovery';
      return incident.direction === 'apply' ? 'Making the change' : 'Undoing the change';
    case 'verifying':
      return 'Checking recovery';
    case 'escalated':
      return incident.reason === 'platform-incident'
        ? 'Google Cloud incident, nothing to change'
        : `Needs people: ${escalationWords[incident.reason]}`;
    case 'closed':
      return testsFailed(incident)
        ? `${outcomeWords(incident.outcome)}, end-to-end tests failed`
        : outcomeWords(incident.outcome);
    default:
      return unreachable(incident);
  }
}

/** What closed well and still wants somebody to look. */
export const testsFailed = (incident: Incident): boolean =>
  incident.status === 'closed' && calledForTestsSince(incident.endToEnd) !== undefined;

function outcomeWords(outcome: Extract<Incident, { status: 'closed' }>['outcome']): string {
  if (outcome.kind === 'declined') return 'Declined';
  return outcome.by === 'remediation' ? 'Resolved' : 'Recovered by itself';
}

export const escalationWords: Readonly<Record<EscalationReason, string>> = {
  'no-cause': 'no cause found',
  'no-safe-action': 'no safe change to offer',
  'platform-incident': 'Google Cloud has an incident, and nothing is to be changed here',
  'nobody-may-approve': 'nobody may approve the change',
  observed: 'observe mode, so that nothing is offered',
  'nobody-decided': 'nobody decided in time',
  'execution-failed': 'the change failed',
  'not-genuine': 'what was to be carried out is not genuine',
  'not-verified': 'recovery not proven',
  'investigation-failed': 'the investigation failed',
  'environment-removed': 'its environment was removed from the configuration',
};

/** A rule's title; its id where a stored incident names one that is gone. */
export function ruleTitle(rule: string): string {
  const known = ruleNames.find((name) => name === rule);
  return known === undefined ? rule : ruleNamed(known).title;
}

/** "45 s", "4 min", "1 h 10 min". */
export function durationWords(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 120) return `${whole} s`;
  const minutes = Math.round(whole / 60);
  if (minutes < 120) return `${minutes} min`;
  const rest = minutes % 60;
  return rest === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${rest} min`;
}

export const elapsedWords = (from: Instant, to: Instant): string => durationWords(secondsBetween(from, to));

export function costWords(usdPerMonth: number | 'unknown'): string {
  if (usdPerMonth === 'unknown') return 'not known';
  if (usdPerMonth === 0) return 'none';
  const amount = Math.abs(usdPerMonth).toFixed(2);
  return usdPerMonth > 0 ? `$${amount} more a month` : `$${amount} less a month`;
}

export const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

/** A detail that was written to follow a colon, standing by itself. */
export const sentence = (text: string): string => stopped(capital(text));

/** What others wrote at the end of a sentence of ours: it may be a sentence with a full stop of its own. */
export const stopped = (text: string): string => (/[.!?…]$/.test(text) ? text : `${text}.`);
