import type { Effect } from '../incident/effect.ts';
import { calledForTestsSince } from '../incident/end-to-end.ts';
import type { Incident } from '../incident/incident.ts';
import type { Policy } from '../policy/policy.ts';
import type { Instant } from '../ports/clock.ts';
import { escalationMessage } from '../report/escalation-message.ts';
import { environmentIn, loaded } from './advance.ts';
import type { AnnouncementShell } from './announce.ts';
import { withCard } from './card-lease.ts';
import { channelOf } from './channel-of.ts';

/**
 * Calls the people of one escalation level, once, in a new message: an edited one notifies nobody. Nobody is called about an incident
 * that is over, unless its end-to-end tests failed, or in which a plan is decided on or made; one that is looked at once more goes on calling. A crash between posting and writing it down calls them once more, which is better than never.
 */
export async function escalate(
  { incident: id, level }: Extract<Effect, { type: 'escalate' }>,
  shell: AnnouncementShell,
): Promise<void> {
  const { store, chat, clock } = shell;
  const incident = await loaded(id, store);
  const since = calledSince(incident);
  if (since === undefined) return;
  // An incident may escalate for one reason, be looked at again, and escalate for another: each has its own calls.
  const key = `escalation/${id}/${since}/${level}`;
  if (await store.spent(key)) return;
  const callable = environmentIn(incident, shell.policy) ?? withoutEnvironment(shell.policy);
  await withCard({ id, channel: channelOf(incident, await store.card(id), shell.policy) }, shell, async (held) => {
    if (await store.spent(key)) return;
    const { channel, ts } = held.card();
    const message = escalationMessage(incident, { level, since }, callable);
    await chat.post(message, ts === undefined ? { channel } : { channel, thread: ts, broadcast: 'to-channel' });
    await store.spend(key, await clock.now());
  });
}

/** The levels of escalation went with the environment. */
const withoutEnvironment = ({ top }: Policy) => ({
  approvers: top?.approvers ?? { users: [], usergroups: [] },
  escalation: [],
});

function calledSince(incident: Incident): Instant | undefined {
  if (incident.status === 'escalated') return incident.since;
  if (incident.status === 'closed') return calledForTestsSince(incident.endToEnd);
  return incident.status === 'investigating' ? incident.paged?.since : undefined;
}
