import { healthIncidentPage, STATUS_PAGE } from '../diagnosis/console-links.ts';
import { isAnnounced } from '../diagnosis/platform-incident.ts';
import type { Cause } from '../diagnosis/rule.ts';
import type { EscalationReason, IncidentIn } from '../incident/incident.ts';
import { lookDueAt, PLATFORM_LOOK_EVERY_SECONDS } from '../incident/moves.ts';
import type { Environment } from '../policy/policy.ts';
import { isByHand } from '../remedy/plan.ts';
import { context, section } from './blocks.ts';
import { changeLines, permanentLines, recommendedChange } from './change-blocks.ts';
import { needed, type Weighed } from './limits.ts';
import { foreign, link, moment } from './mrkdwn.ts';
import { escalationWords, sentence } from './words.ts';

const DETAIL_MAX = 1000;

/** Why people are asked to look, what there is for them to do, and when it is looked at again. */
export function escalation(incident: IncidentIn<'escalated'>, environment: Environment | undefined): Weighed[] {
  const { reason, since } = incident;
  const isGoogles = reason === 'platform-incident';
  const lead = isGoogles
    ? 'Nothing to be done here: Google Cloud has an incident.'
    : `Needs people: ${escalationWords[reason]}.`;
  return needed(
    section(`*${lead}*\n${whyAndWhat(incident)}`),
    context(`${isGoogles ? 'Told' : 'Escalated'} ${moment(since)}.${againWords(incident, environment)}`),
  );
}

/** What the incident says of itself, and what to do about it. */
export function whyAndWhat({ reason, detail, diagnosis }: IncidentIn<'escalated'>): string {
  const root = diagnosis?.root;
  const isGoogles =
    root?.rule === 'platform-incident' && (reason === 'platform-incident' || reason === 'no-safe-action');
  const toDo = isGoogles ? googlesOwn(root) : TO_DO[reason];
  return [foreign(sentence(detail), DETAIL_MAX), ...toDo].join(' ');
}

/** Nothing here would help; what there is to do is to wait, and where to read. What nobody has announced may be somebody's own all the same. */
function googlesOwn(root: Cause): readonly string[] {
  const status = link('status.cloud.google.com', STATUS_PAGE, LINK_WORDS_MAX);
  if (!isAnnounced(root))
    return [
      'Nothing that was looked at here explains it, so that runmedic offers no change.',
      `See ${status}, and open a support case where it says nothing.`,
      ANEW,
    ];
  const own = link('Service Health', healthIncidentPage(root.target), LINK_WORDS_MAX);
  return [...TO_DO['platform-incident'], `Google tells how it goes on: ${own}, ${status}.`];
}

const LINK_WORDS_MAX = 60;

const ANEW = '*Check again* on the card has runmedic look anew.';

/** For whoever is called at night and has seen nothing yet. Where the environment is gone the detail has said it all. */
const TO_DO: Readonly<Record<EscalationReason, readonly string[]>> = {
  'no-cause': ['Look for yourselves, and begin with what was seen.', ANEW],
  'no-safe-action': ['runmedic has no change left to offer; what to do is up to you.', ANEW],
  'platform-incident': [
    `Change nothing for it: no change of yours would help, and one made now would have to be taken back. runmedic offers none, and looks again every ${PLATFORM_LOOK_EVERY_SECONDS / 60} min until it is over.`,
  ],
  'nobody-may-approve': ['Name somebody there, or make the change by hand.', ANEW],
  observed: ['What would help stands on the card, with its commands: make it by hand, or decide against it.', ANEW],
  'nobody-decided': [
    '*Check again* on the card has runmedic look anew, and brings the offer back where it finds the same; or make the change by hand.',
  ],
  'execution-failed': ['See what stands now, and finish it or put it back by hand.', ANEW],
  'not-genuine': [
    "Nothing was written. What is stored may have been tampered with; find out who can write to runmedic's store.",
  ],
  'not-verified': ['See for yourselves whether users are served.', ANEW],
  'investigation-failed': [
    "Asked for were services, revisions, connectors, metrics, logs and the checks from outside. runmedic's own log says what kept it; look for yourselves meanwhile.",
  ],
  'environment-removed': [],
};

/** What nobody decided on in time, or was to decide on, and how it is made by hand. */
export function lapsedOffer({ lapsed }: IncidentIn<'escalated'>): Weighed[] {
  if (lapsed === undefined) return [];
  const { signed, expiredAt } = lapsed;
  // What is to be done is the same, whether or not a button asks whether it is done. What is only shown is shown in full.
  if (isByHand(signed.plan) || expiredAt === undefined)
    return [...recommendedChange(signed.plan), ...permanentLines(signed.plan)];
  return [
    ...needed(
      section(`*Was offered until ${moment(expiredAt)}, and is not decided on any more:*\n${changeLines(signed.plan)}`),
    ),
    ...permanentLines(signed.plan),
  ];
}

/** Without its environment the detail has said it all. */
function againWords(incident: IncidentIn<'escalated'>, environment: Environment | undefined): string {
  if (environment === undefined) return '';
  const late = incident.reason === 'investigation-failed' ? ' An answer that comes late counts.' : '';
  const asked = incident.reason === 'environment-removed' ? '' : ' when somebody clicks *Check again*,';
  return ` runmedic looks again${asked} as soon as an alert here opens or closes, and ${moment(lookDueAt(incident, environment))} at the latest.${late} It changes nothing without an approval.`;
}
