import type { KeyObject } from 'node:crypto';
import {
  APPROVAL_HOLDS_SECONDS,
  approvalOf,
  approversForAll,
  type Grounds,
  possibleGrounds,
} from '../incident/approval.ts';
import type { Incident, IncidentIn } from '../incident/incident.ts';
import { type Clock, type Instant, plusSeconds } from '../ports/clock.ts';
import { PlatformFailure } from '../ports/platform-failure.ts';
import { planFault } from '../remedy/plan-fault.ts';
import type { Chat } from '../report/chat.ts';
import { type Click, type DecisionClick, digestPrefix } from '../report/click.ts';
import {
  anotherPlan,
  dialogNotOpened,
  expired,
  meanwhile,
  noEnvironment,
  noMember,
  notDecidable,
  notGenuine,
  notNamed,
  onlyObserved,
  unknownIncident,
} from '../report/refusals.ts';
import { reasonModal, refusedModal } from '../report/reject-modal.ts';
import { advance, environmentIn, type Shell } from './advance.ts';
import { checkAgain } from './check-again.ts';
import { handOver } from './hand-over.ts';

export interface DecisionShell extends Shell {
  readonly chat: Chat;
  readonly clock: Clock;
  /** Ed25519; readable by chat's identity alone. */
  readonly approvalKey: KeyObject;
  /** Ed25519, investigate's: only a plan that it signed is decided on. */
  readonly planPublicKey: KeyObject;
}

/** What a click came to. `asked`: the dialog now asks for the reason. `looking`: a look was asked for. `words` is what the person was told, mrkdwn. */
export type Decided =
  | { readonly kind: 'approved' | 'asked' | 'rejected' | 'looking' }
  | { readonly kind: 'refused'; readonly words: string };

/** Failures that pass: the queue delivers the click again. */
const PASSING: readonly PlatformFailure['code'][] = ['unavailable', 'rate-limited', 'timed-out', 'conflict'];

/**
 * Settles one click, from the store and the policy and never from what the button carried. Nobody's click ends in silence: who may not, or comes
 * late, is told what happened and who can, where only they see it. Safe to deliver twice.
 */
export async function decide(click: Click, shell: DecisionShell): Promise<Decided> {
  try {
    return click.kind === 'check-again' ? await checkAgain(click, shell) : await settle(click, shell);
  } catch (error) {
    if (!(error instanceof PlatformFailure) || PASSING.includes(error.code)) throw error;
    return refuse(click, notDecidable(error.message), shell);
  }
}

async function settle(click: DecisionClick, shell: DecisionShell): Promise<Decided> {
  const at = await shell.clock.now();
  const judged = await judge(click, at, shell);
  if (judged.kind === 'refused') return refuse(click, judged.words, shell);
  const { incident, grounds } = judged;
  switch (click.kind) {
    case 'approve':
      return approve(click, { incident, grounds, at }, shell);
    case 'reject-opened':
      if (click.view === undefined) return refuse(click, dialogNotOpened(click.unopened ?? 'too-late'), shell);
      // 'gone': they closed the dialog, and so decided nothing.
      await shell.chat.updateModal(click.view, reasonModal(incident, click.channel));
      return { kind: 'asked' };
    case 'reject-submitted':
      return reject(click, { incident, at }, shell);
  }
}

interface Refused {
  readonly kind: 'refused';
  readonly words: string;
}
type Offered = { readonly kind: 'offered'; readonly incident: IncidentIn<'awaiting-approval'> } | Refused;
type Judged =
  | { readonly kind: 'may'; readonly incident: IncidentIn<'awaiting-approval'>; readonly grounds: Grounds }
  | Refused;

const refused = (words: string): Refused => ({ kind: 'refused', words });

/** Whether this person may decide about this plan now. Whoever may approve may reject. */
async function judge(click: DecisionClick, at: Instant, shell: DecisionShell): Promise<Judged> {
  const { store, chat, policy, planPublicKey } = shell;
  const offered = offerIn(await store.load(click.incident), click, at);
  if (offered.kind === 'refused') return offered;
  const { incident } = offered;
  const fault = planFault(incident.signed, { incident: incident.id, publicKey: planPublicKey });
  if (fault !== undefined) return refused(notGenuine(fault));
  const { steps } = incident.signed.plan;
  const environment = environmentIn(incident, policy);
  if (environment === undefined) {
    await handOver(incident, shell);
    return refused(noEnvironment(incident));
  }
  if (environment.observe !== undefined) return refused(onlyObserved(environment.observe));
  const deciders = approversForAll(steps, environment);
  const person = await chat.person(click.user);
  if (person?.standing !== 'member') return refused(noMember(person, deciders, environment));
  for (const grounds of possibleGrounds(person.id, steps, environment))
    if (await holds(grounds, person.id, chat)) return { kind: 'may', incident, grounds };
  return refused(notNamed(deciders, environment));
}

/** What the incident offers now, if it is what the click was about. */
function offerIn(incident: Incident | undefined, { incident: id, digest }: DecisionClick, at: Instant): Offered {
  if (incident === undefined) return refused(unknownIncident(id));
  if (incident.status !== 'awaiting-approval') return refused(meanwhile(incident));
  if (digestPrefix(incident.signed.plan.digest) !== digest) return refused(anotherPlan(incident));
  return at >= incident.expiresAt ? refused(expired(incident)) : { kind: 'offered', incident };
}

const holds = async (grounds: Grounds, user: string, chat: Chat): Promise<boolean> =>
  grounds === 'user' || (await chat.usergroupMembers(grounds.usergroup)).includes(user);

async function approve(
  click: DecisionClick,
  found: { readonly incident: IncidentIn<'awaiting-approval'>; readonly grounds: Grounds; readonly at: Instant },
  shell: DecisionShell,
): Promise<Decided> {
  const { incident, grounds, at } = found;
  const claim = {
    incident: incident.id,
    digest: incident.signed.plan.digest,
    approver: click.user,
    via: grounds === 'user' ? 'user' : grounds.usergroup,
    issuedAt: at,
    expiresAt: plusSeconds(at, APPROVAL_HOLDS_SECONDS),
  };
  const approval = approvalOf(claim, shell.approvalKey);
  const { incident: now, changed } = await advance(incident.id, { type: 'approved', at, approval }, shell);
  return changed ? { kind: 'approved' } : tooLate(click, now, at, shell);
}

async function reject(
  click: Extract<Click, { kind: 'reject-submitted' }>,
  { incident, at }: { readonly incident: IncidentIn<'awaiting-approval'>; readonly at: Instant },
  shell: DecisionShell,
): Promise<Decided> {
  const { digest } = incident.signed.plan;
  const refusal = { approver: click.user, reason: click.reason, at };
  const { incident: now, changed } = await advance(incident.id, { type: 'rejected', at, digest, refusal }, shell);
  return changed ? { kind: 'rejected' } : tooLate(click, now, at, shell);
}

/** Somebody else was first, between the look and the save. */
function tooLate(click: DecisionClick, now: Incident, at: Instant, shell: DecisionShell): Promise<Decided> {
  const offered = offerIn(now, click, at);
  // Still offered, and yet not taken: nothing that a person can do about it.
  const words = offered.kind === 'refused' ? offered.words : notDecidable(`incident ${now.id} did not take it`);
  return refuse(click, words, shell);
}

/** Says why, where only this person sees it: in the dialog where one is open, else beside the card. */
async function refuse(click: Click, words: string, { chat }: DecisionShell): Promise<Decided> {
  const view = click.kind === 'reject-opened' ? click.view : undefined;
  const inDialog = view !== undefined && (await chat.updateModal(view, refusedModal(words))) === 'updated';
  if (!inDialog) await chat.whisper(words, click);
  return { kind: 'refused', words };
}
