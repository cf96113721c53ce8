import type { KeyObject } from 'node:crypto';
import type { Approvers, Environment } from '../policy/policy.ts';
import { type Instant, plusSeconds } from '../ports/clock.ts';
import type { ActionName } from '../remedy/actions.ts';
import type { Plan } from '../remedy/plan.ts';
import { isSignedBy, signed } from '../remedy/signature.ts';
import type { Approval } from './incident.ts';

/** What an approval's signature covers: all of it but the signature. */
export type ApprovalClaim = Omit<Approval, 'signature'>;

/**
 * How long after the click a step may still be written, however little of the offer's time was left: another's change on the resource is waited
 * for up to 480 s, and what a crash interrupted is delivered again after 600 s.
 */
export const APPROVAL_HOLDS_SECONDS = 900;

/** Why an approval allows nothing. 'forged': it is not what chat signed for this plan. 'lapsed': it is, and does not hold (any more). */
export interface ApprovalFault {
  readonly kind: 'forged' | 'lapsed';
  /** In a sentence. */
  readonly detail: string;
}

/** What lets a person decide: being named, or being in a usergroup that is named. */
export type Grounds = 'user' | { readonly usergroup: string };

/** A person's yes, vouched for by chat's key. */
export const approvalOf = (claim: ApprovalClaim, privateKey: KeyObject): Approval => ({
  ...claim,
  signature: signed(claim, privateKey),
});

/**
 * Why an approval does not allow `plan` to be carried out at `at`, undefined when it does.
 * Membership of a usergroup was looked up when the person clicked, and is vouched for by the signature; that the policy (still) names
 * the person or the usergroup for every step is checked here.
 */
export function approvalFault(
  { signature, ...claim }: Approval,
  {
    plan,
    environment,
    at,
    publicKey,
  }: {
    readonly plan: Pick<Plan, 'digest' | 'incident' | 'steps'>;
    readonly environment: Environment;
    readonly at: Instant;
    readonly publicKey: KeyObject;
  },
): ApprovalFault | undefined {
  const { approver, via, issuedAt, expiresAt } = claim;
  if (!isSignedBy(claim, signature, publicKey)) return forged("the approval does not carry chat's signature");
  if (claim.incident !== plan.incident) return forged(`the approval is for incident ${claim.incident}`);
  if (claim.digest !== plan.digest) return forged('the approval is for another plan: its digest differs');
  if (at >= expiresAt) return lapsed(`the approval expired at ${expiresAt}`);
  if (expiresAt > plusSeconds(issuedAt, APPROVAL_HOLDS_SECONDS))
    return lapsed(`the approval lasts longer than the ${APPROVAL_HOLDS_SECONDS / 60} min that one may`);
  const grounds: Grounds = via === 'user' ? 'user' : { usergroup: via };
  const unnamed = plan.steps.find(({ action }) => !isNamed(approver, grounds, approversFor(action, environment)));
  if (unnamed !== undefined)
    return lapsed(
      `environments.${environment.name}.approvers does not name ${approver} (${via}) for ${unnamed.action}`,
    );
  return undefined;
}

const forged = (detail: string): ApprovalFault => ({ kind: 'forged', detail });
const lapsed = (detail: string): ApprovalFault => ({ kind: 'lapsed', detail });

/** Who may decide about one action here. A list of its own replaces the environment's, also when it is empty. */
export const approversFor = (action: ActionName, { approvers }: Environment): Approvers =>
  approvers.byAction[action] ?? approvers;

/** Who may decide about all these steps: named, as a person or as a usergroup, for every one of them. */
export function approversForAll(steps: Plan['steps'], environment: Environment): Approvers {
  const lists = steps.map(({ action }) => approversFor(action, environment));
  const inAll = (kind: keyof Approvers): string[] =>
    [...new Set(lists.flatMap((list) => list[kind]))].filter((id) => lists.every((list) => list[kind].includes(id)));
  return { users: inAll('users'), usergroups: inAll('usergroups') };
}

/** On which grounds somebody may decide about all these steps, the plainest first; each usergroup's membership is still to be looked up. */
export function possibleGrounds(user: string, steps: Plan['steps'], environment: Environment): readonly Grounds[] {
  const lists = steps.map(({ action }) => approversFor(action, environment));
  const usergroups = [...new Set(lists.flatMap((list) => list.usergroups))];
  const candidates: readonly Grounds[] = ['user', ...usergroups.map((usergroup) => ({ usergroup }))];
  return candidates.filter((grounds) => lists.every((approvers) => isNamed(user, grounds, approvers)));
}

/** An empty list names nobody. Membership of a usergroup is taken for granted here. */
function isNamed(user: string, grounds: Grounds, { users, usergroups }: Approvers): boolean {
  if (users.includes(user)) return true;
  return grounds !== 'user' && usergroups.includes(grounds.usergroup);
}
