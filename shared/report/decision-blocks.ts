import { approversForAll } from '../incident/approval.ts';
import type { Approval, Attempt, Incident, IncidentIn } from '../incident/incident.ts';
import { offeredPlan } from '../incident/offered-plan.ts';
import type { AuditEntry } from '../incident/store.ts';
import type { Approvers, Environment } from '../policy/policy.ts';
import { lastOf } from '../ports/resource-name.ts';
import { anyAction } from '../remedy/actions.ts';
import { isByHand, type Plan } from '../remedy/plan.ts';
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
  if (environment.observe !== undefined)
    return needed(context(`*Nobody can decide this:* ${observing(environment.observe)}`));
  const deciders = approversForAll(plan.steps, environment);
  if (deciders.users.length + deciders.usergroups.length === 0)
    return needed(context(`*Nobody may approve this:* ${nobodyNamed(environment)}`));
  const value = referenceText({ incident: id, digest: plan.digest });
  const yes = isByHand(plan)
    ? { text: 'Done', confirm: whatDoneDoes(plan) }
    : { text: 'Approve', confirm: whatApprovingDoes(plan) };
  const buttons = [
    button({ actionId: APPROVE_ACTION, ...yes, value, style: 'primary' }),
    button({ actionId: REJECT_ACTION, text: 'Reject', value, style: 'danger' }),
  ];
  const until = `until ${moment(expiresAt)}; then it escalates.`;
  const words = isByHand(plan)
    ? `runmedic changes nothing here. When it is done, ${deciderWords(deciders)} may say so ${until}`
    : `${deciderWords(deciders)} may decide ${until}`;
  return needed(actions(`decide/${id}/${digestPrefix(plan.digest)}`, buttons), context(words));
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
  const { summary, risk } = first.prospect;
  const more = steps.length > 1 ? ` And ${steps.length - 1} more steps, as on the card.` : '';
  const isFinal = steps.every(({ prospect }) => prospect.undo.kind === 'none');
  const back = isFinal ? 'It cannot be undone.' : 'It is undone if things get worse.';
  return confirmation({
    title: summary.title,
    text: `${short(lastOf(first.target))}: ${short(summary.before)} → ${short(summary.after)}.${more} Risk ${risk}. ${back}`,
    confirm: 'Approve',
    deny: 'Not yet',
  });
}

const whatDoneDoes = ({ steps: [{ prospect }] }: Plan) =>
  confirmation({
    title: prospect.summary.title,
    text: 'I have done this; check whether users are served.',
    confirm: 'Done',
    deny: 'Not yet',
  });

/** Short enough that whether there is a way back is never what is cut off. */
const short = (text: string): string => cut(oneLine(text), 60);

export const deciderWords = ({ users, usergroups }: Approvers): string =>
  listed([...users.map(user), ...usergroups.map(usergroup)], 'or');

export const observing = (setting: string): string =>
  `${code(setting, 120)} is true: plans are shown here and not made. Who maintains runmedic.yaml can lift it.`;

export const nobodyNamed = ({ name }: Environment): string =>
  `${code(`environments.${name}.approvers`, 120)} in the configuration names nobody.`;

/** Who decided, and when: of the present plan, or the last one before it. */
export function decided(incident: Incident, trail: readonly AuditEntry[]): Weighed[] {
  if (incident.status === 'closed' && incident.outcome.kind === 'declined') return [];
  const approval = ('approval' in incident ? incident.approval : undefined) ?? lastApproval(trail);
  if (approval === undefined) return [];
  const plan = offeredPlan(trail, approval.digest);
  const how = plan !== undefined && isByHand(plan) ? 'Done by hand by' : 'Approved by';
  return needed(context(`${how} ${user(approval.approver)}${viaWords(approval)} ${moment(approval.issuedAt)}.`));
}

const lastApproval = (trail: readonly AuditEntry[]): Approval | undefined =>
  trail.flatMap(({ event }) => (event.type === 'approved' ? [event.approval] : [])).at(-1);

const viaWords = ({ via }: Approval): string => (via === 'user' ? '' : ` (of ${usergroup(via)})`);

const RESULTS: Readonly<Record<Attempt['result'], string>> = {
  failed: 'it failed',
  'not-verified': 'recovery was not proven',
  worse: 'it made things worse',
};
/** runmedic undoes nothing that people did. */
const RESULTS_BY_HAND: Readonly<Record<Attempt['result'], string>> = {
  failed: 'done by hand, and not checked',
  'not-verified': 'done by hand, recovery was not proven',
  worse: 'done by hand, and things got worse',
};
const UNDONE: Readonly<Record<Attempt['undone'], string>> = {
  yes: 'undone',
  no: 'not undone',
  'not-possible': 'cannot be undone',
};

/** What was tried before and what came of it. */
export function tried({ attempts }: Incident): Weighed[] {
  if (attempts.length === 0) return [];
  const lines = attempts.map(({ action, target, result, undone }) => {
    const { title, madeBy } = anyAction(action);
    const came = madeBy === 'people' ? RESULTS_BY_HAND[result] : `${RESULTS[result]}, ${UNDONE[undone]}`;
    return `• ${escaped(title)} on ${foreign(lastOf(target), 80)}: ${came}`;
  });
  return needed(context(`*Tried before:*\n${lines.join('\n')}`));
}
