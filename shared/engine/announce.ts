import type { KeyObject } from 'node:crypto';
import { approversForAll } from '../incident/approval.ts';
import type { Effect } from '../incident/effect.ts';
import type { Incident } from '../incident/incident.ts';
import type { AuditEntry, Card } from '../incident/store.ts';
import type { Approvers, Policy } from '../policy/policy.ts';
import type { Clock } from '../ports/clock.ts';
import type { Plan } from '../remedy/plan.ts';
import { planFault } from '../remedy/plan-fault.ts';
import { section } from '../report/blocks.ts';
import { card } from '../report/card.ts';
import type { Chat, Message } from '../report/chat.ts';
import { peopleIn, threadMessages } from '../report/timeline.ts';
import { environmentIn, loaded } from './advance.ts';
import { type HeldCard, type LeaseShell, withCard } from './card-lease.ts';
import { channelOf } from './channel-of.ts';

/** What showing an incident needs: no queue, no key to sign with, no right on Google Cloud. */
export interface AnnouncementShell extends LeaseShell {
  readonly policy: Policy;
  readonly chat: Chat;
  readonly clock: Clock;
  /** Ed25519, investigate's: only a plan that it signed is shown with buttons. */
  readonly planPublicKey: KeyObject;
}

/** An incident that moves on while it is shown is shown again, this often; each move has an announcement of its own behind it. */
const RENDERS_MAX = 5;

interface Present {
  readonly incident: Incident;
  readonly trail: readonly AuditEntry[];
}

/**
 * Shows the incident as it is now: the one card, posted or edited, and what the thread lacks. Announcements that come after find nothing to do.
 * Posting cannot be done twice without being seen twice, so each post is written down before the next: a crash in between costs at most
 * one stray message. A stray card is harmless: what its buttons may do is read from the store.
 */
export async function announce(
  { incident: id }: Extract<Effect, { type: 'announce' }>,
  shell: AnnouncementShell,
): Promise<void> {
  const { store } = shell;
  const present = await loaded(id, store);
  const shown = await store.card(id);
  if (isShown(present, shown)) return;
  const channel = channelOf(present, shown, shell.policy);
  await withCard({ id, channel }, shell, async (held) => {
    for (let renders = 0; renders < RENDERS_MAX; renders += 1) {
      const incident = await loaded(id, store);
      if (isShown(incident, held.card())) return;
      const now = { incident, trail: await store.audit(id) };
      await show(now, held, shell);
      await tell(now, held, shell);
    }
  });
}

/** Every version has one entry in the trail, saved with it, so that the trail need not be read to see that all of it is told. */
const isShown = ({ version }: Incident, shown: Card | undefined): boolean =>
  shown !== undefined && shown.shown >= version && shown.threaded >= version;

async function show({ incident, trail }: Present, held: HeldCard, shell: AnnouncementShell): Promise<void> {
  const { chat, policy, planPublicKey } = shell;
  const { channel, ts, shown } = held.card();
  if (shown >= incident.version) return;
  const fault =
    incident.status === 'awaiting-approval'
      ? planFault(incident.signed, { incident: incident.id, publicKey: planPublicKey })
      : undefined;
  const message = card({ incident, trail, environment: environmentIn(incident, policy), fault });
  if (ts !== undefined && (await chat.update({ channel, ts }, message)) === 'updated')
    return held.save({ shown: incident.version });
  // Slack wants ids where a message is edited, and the policy may name the channel: what it answers is kept.
  const place = await chat.post(message, { channel });
  return held.save({ ...place, shown: incident.version });
}

async function tell({ incident, trail }: Present, held: HeldCard, { chat, policy }: AnnouncementShell): Promise<void> {
  const { channel, ts, threaded } = held.card();
  if (ts === undefined || threaded >= trail.length) return;
  const names = await namesIn(trail.slice(threaded), chat);
  const environment = environmentIn(incident, policy);
  const deciders = ({ steps }: Plan): Approvers =>
    environment === undefined ? { users: [], usergroups: [] } : approversForAll(steps, environment);
  for (const { text, kind, upTo } of threadMessages(trail, threaded, { names, deciders })) {
    await chat.post(inThread(text), { channel, thread: ts, ...(kind === 'told' ? { broadcast: 'to-channel' } : {}) });
    await held.save({ threaded: upTo });
  }
  if (held.card().threaded < trail.length) await held.save({ threaded: trail.length });
}

const inThread = (text: string): Message => ({ text, blocks: [section(text)] });

async function namesIn(entries: readonly AuditEntry[], chat: Chat): Promise<ReadonlyMap<string, string>> {
  const people = await Promise.all(peopleIn(entries).map((user) => chat.person(user)));
  return new Map(people.flatMap((person) => (person === undefined ? [] : [[person.id, person.name] as const])));
}
