import type { Incident, IncidentIn } from '../incident/incident.ts';
import { unreachable } from '../incident/unreachable.ts';
import type { Approvers, Environment } from '../policy/policy.ts';
import { isByHand } from '../remedy/plan.ts';
import type { Person } from './chat.ts';
import { deciderWords, nobodyNamed, observing } from './decision-blocks.ts';
import { code, escaped, foreign, moment, user } from './mrkdwn.ts';
import { escalationWords, stopped } from './words.ts';

/** What somebody is told whose click came to nothing: what happened, and who can. All mrkdwn. */

export const unknownIncident = (id: string): string =>
  `runmedic knows no incident ${code(id, 80)}. Nothing was changed; the card may come from another installation.`;

export const anotherPlan = (incident: IncidentIn<'awaiting-approval'>): string =>
  `The plan that this button was for is no longer offered: what was seen changed, and another one is on the card until ${moment(incident.expiresAt)}. Nothing was decided.`;

export const expired = (incident: IncidentIn<'awaiting-approval'>): string =>
  `The offer ended ${moment(incident.expiresAt)}. Nothing was decided; the incident goes to people now.`;

/** What happened instead, to somebody whose click came late. */
export function meanwhile(incident: Exclude<Incident, IncidentIn<'awaiting-approval'>>): string {
  switch (incident.status) {
    case 'investigating':
      return 'There is nothing to decide now: runmedic is looking at the incident again. Nothing was decided by your click.';
    case 'executing':
      if (isByHand(incident.signed.plan)) return doneBy(incident);
      return `${approvedBy(incident)}, and the change is being ${incident.direction === 'apply' ? 'made' : 'undone'}. Nothing more is to be decided.`;
    case 'verifying':
      if (isByHand(incident.signed.plan)) return doneBy(incident);
      return `${approvedBy(incident)}. The change is made, and recovery is being checked.`;
    case 'escalated':
      return `The offer has ended and the incident went to people (${escalationWords[incident.reason]}, ${moment(incident.since)}). Nothing was decided by your click.`;
    case 'closed': {
      const { outcome, closedAt } = incident;
      if (outcome.kind === 'resolved')
        return `The incident is over: ${outcome.by === 'itself' ? 'it recovered by itself' : 'resolved'} ${moment(closedAt)}. Nothing was decided by your click.`;
      const { approver, at, reason } = outcome.refusal;
      return `${user(approver)} declined it ${moment(at)}: ${foreign(reason, 300)}`;
    }
    default:
      return unreachable(incident);
  }
}

const approvedBy = ({ approval }: IncidentIn<'executing'> | IncidentIn<'verifying'>): string =>
  `${user(approval.approver)} approved it ${moment(approval.issuedAt)}`;

const doneBy = ({ approval }: IncidentIn<'executing'> | IncidentIn<'verifying'>): string =>
  `${user(approval.approver)} said ${moment(approval.issuedAt)} that it is done, and recovery is being checked. Nothing more is to be decided.`;

const STANDINGS: Readonly<Record<Exclude<Person['standing'], 'member' | 'deactivated'>, string>> = {
  guest: 'guests',
  bot: 'bots',
  'other-workspace': 'people of other workspaces',
};

/** @param person undefined: Slack knows nobody of that id. */
export function noMember(person: Person | undefined, deciders: Approvers, environment: Environment): string {
  return `Nothing was decided: ${whyNoMember(person, 'decide')}. ${whoCan(deciders, environment)}`;
}

/** @param wanted what they clicked for. */
export function whyNoMember(person: Person | undefined, wanted: 'decide' | 'ask for a look'): string {
  if (person === undefined || person.standing === 'member') return 'Slack does not know you';
  if (person.standing === 'deactivated') return 'this account is deactivated';
  return `${STANDINGS[person.standing]} may not ${wanted}`;
}

export const notNamed = (deciders: Approvers, environment: Environment): string =>
  `Nothing was decided: you are not among those who may decide this in ${escaped(environment.name)}. ${whoCan(deciders, environment)}`;

const whoCan = (deciders: Approvers, environment: Environment): string =>
  deciders.users.length + deciders.usergroups.length === 0
    ? `Nobody can: ${nobodyNamed(environment)}`
    : `${deciderWords(deciders)} can.`;

export const notGenuine = (fault: string): string =>
  `Nothing was decided, and nobody can: ${stopped(foreign(fault, 300))} What the card says may have been tampered with; find out who can write to runmedic's store. It escalates in time.`;

export const noEnvironment = ({ subject }: Incident): string =>
  `Nothing was decided, and nobody can: ${code(`environments.${subject.environment}`, 120)} is no longer in the configuration. The incident goes to people now.`;

export const onlyObserved = (setting: string): string => `Nothing was decided, and nobody can: ${observing(setting)}`;

export const dialogNotOpened = (why: 'too-late' | 'refused'): string =>
  why === 'too-late'
    ? 'The dialog for your reason could not be opened: Slack gives three seconds for it, and they had passed. Nothing was decided; click Reject again.'
    : "The dialog for your reason could not be opened: Slack did not take it, and runmedic's log says why. Nothing was decided; click Reject again, and if that goes on, tell whoever looks after runmedic.";

export const notDecidable = (detail: string): string =>
  `Your click could not be settled, and nothing was decided: ${stopped(foreign(detail, 300))} Please try again.`;
