import { approversForAll } from '../incident/approval.ts';
import type { Approval, Attempt, Incident, IncidentIn } from '../incident/incident.ts';
import type { AuditEntry } from '../incident/store.ts';
import type { Approvers, Environment } from '../policy/policy.ts';
import { parseName } from '../ports/resource-name.ts';
import { actions as actionsNamed } from '../remedy/actions.ts';
import type { Plan } from '../remedy/plan.ts';
import { actions, button, confirmation, context } from './blocks.ts';
import { APPROVE_ACTION, digestPrefix, REJECT_ACTION, referenceText } from './click.ts';
import { cut, needed, type Weighed } from './limits.ts';
import { code, escaped, foreign, listed, moment, oneLine, user, usergroup } from './mrkdwn.ts';
import { stopped } from './words.ts';

/** The buttons, and who may use them until when. Without anybody to use them there are none. */
export function decision(
  { id, signed, expiresAt }: IncidentIn<'awaiting-approval'>,
  environment: Environment,
): Weighed[] {
  const { plan } = signed;
  const deciders = approversForAll(plan.steps, environment);
  if (deciders.users.length + deciders.usergroups.length === 0)
    return needed(context(`*Nobody may approve this:* ${nobodyNamed(environment)}`));
  const value = referenceText({ incident: id, digest: plan.digest });
  const buttons = [
    button({ actionId: APPROVE_ACTION, text: 'Approve', value, style: 'primary', confirm: whatApprovingDoes(plan) }),
    button({ actionId: REJECT_ACTION, text: 'Reject', value, style: 'danger' }),
  ];
  return needed(
    actions(`decide/${id}/${digestPrefix(plan.digest)}`, buttons),
    context(`${deciderWords(deciders)} may decide until ${moment(expiresAt)}; then it escalates.`),
  );
}

/** In place of the buttons, where the plan is not the one that was signed. */
export const notToBeDecided = (fault: string): Weighed[] =>
  needed(
    context(
      `*Nobody can decide this:* ${stopped(foreign(fault, 300))} What stands above may have been tampered with; find out who can write to runmedic's store. It escalates in time.`,
    ),
  );

/** In place of buttons and checks, until people are called in a moment. */
export const withoutEnvironment = ({ subject }: Incident): Weighed[] =>
  needed(
    context(
      `*Nothing goes on here:* ${code(`environments.${subject.environment}`, 120)} is no longer in the configuration. People are called.`,
    ),
  );

/** Said in plain text: target, effect, and whether there is a way back. */
function whatApprovingDoes({ steps }: Plan) {
  const [first] = steps;
  const { summary, risk, undo } = first.prospect;
  const more = steps.length > 1 ? ` And ${steps.length - 1} more steps, as on the card.` : '';
  const back = undo.kind === 'none' ? 'It cannot be undone.' : 'It is undone if things get worse.';
  return confirmation({
    title: summary.title,
    text: `${short(parseName(first.target).id)}: ${short(summary.before)} → ${short(summary.after)}.${more} Risk ${risk}. ${back}`,
    confirm: 'Approve',
    deny: 'Not yet',
  });
}

/** Short enough that whether there is a way back is never what is cut off. */
const short = (text: string): string => cut(oneLine(text), 60);

export const deciderWords = ({ users, usergroups }: Approvers): string =>
  listed([...users.map(user), ...usergroups.map(usergroup)], 'or');

export const nobodyNamed = ({ name }: Environment): string =>
  `${code(`environments.${name}.approvers`, 120)} in the configuration names nobody.`;

/** Who decided, and when: of the present plan, or the last one before it. */
export function decided(incident: Incident, trail: readonly AuditEntry[]): Weighed[] {
  if (incident.status === 'closed' && incident.outcome.kind === 'declined') return [];
  const approval = ('approval' in incident ? incident.approval : undefined) ?? lastApproval(trail);
  if (approval === undefined) return [];
  return needed(context(`Approved by ${user(approval.approver)}${viaWords(approval)} ${moment(approval.issuedAt)}.`));
}

const lastApproval = (trail: readonly AuditEntry[]): Approval | undefined =>
  trail.flatMap(({ event }) => (event.type === 'approved' ? [event.approval] : [])).at(-1);

const viaWords = ({ via }: Approval): string => (via === 'user' ? '' : ` (of ${usergroup(via)})`);

const RESULTS: Readonly<Record<Attempt['result'], string>> = {
  failed: 'it failed',
  'not-verified': 'recovery was not proven',
  worse: 'it made things worse',
};
const UNDONE: Readonly<Record<Attempt['undone'], string>> = {
  yes: 'undone',
  no: 'not undone',
  'not-possible': 'cannot be undone',
};

/** What was tried before and what came of it. */
export function tried({ attempts }: Incident): Weighed[] {
  if (attempts.length === 0) return [];
  const lines = attempts.map(
    ({ action, target, result, undone }) =>
      `• ${escaped(actionsNamed[action].title)} on ${foreign(parseName(target).id, 80)}: ${RESULTS[result]}, ${UNDONE[undone]}`,
  );
  return needed(context(`*Tried before:*\n${lines.join('\n')}`));
}
