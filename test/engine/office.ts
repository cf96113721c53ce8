import { generateKeyPairSync } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { WebChat } from '../../shared/adapters/slack/web-chat.ts';
import { openDatabase } from '../../shared/adapters/sqlite/database.ts';
import { SqliteStore } from '../../shared/adapters/sqlite/store.ts';
import { advance } from '../../shared/engine/advance.ts';
import type { AnnouncementShell } from '../../shared/engine/announce.ts';
import type { DecisionShell } from '../../shared/engine/decide.ts';
import type { Topic } from '../../shared/incident/effect.ts';
import type { IncidentEvent } from '../../shared/incident/event.ts';
import type { Incident } from '../../shared/incident/incident.ts';
import { investigation } from '../../shared/incident/opening.ts';
import type { OutgoingMessage } from '../../shared/incident/queue.ts';
import type { Environment } from '../../shared/policy/policy.ts';
import { type Clock, type Instant, latest } from '../../shared/ports/clock.ts';
import type { Chat } from '../../shared/report/chat.ts';
import { at, context, environment, NOW } from '../builders/evidence.ts';
import { alertNote, planKeys } from '../builders/incident.ts';
import { offered } from '../report/stages.ts';
import { BOT_TOKEN, type ServedSlack, serveSlack } from '../sandbox/slack/serve-slack.ts';

/** One Slack workspace, one store, and chat.ts's shell between them; clocks are turned by the test. */
export interface Office {
  readonly slack: ServedSlack;
  readonly shell: AnnouncementShell & DecisionShell;
  readonly published: { readonly topic: Topic; readonly message: OutgoingMessage }[];
  readonly publicKey: DecisionShell['approvalKey'];
  readonly clock: { now: Instant; nowMs: number };
  readonly id: string;
  /** What happens to the incident, each as its own function would save it. */
  happens(...events: readonly IncidentEvent[]): Promise<Incident>;
  /** What the channel shows to everybody, oldest first: cards and broadcasts. */
  channel(): ReturnType<ServedSlack['slack']['state']['messages']['list']>;
  thread(): ReturnType<ServedSlack['slack']['state']['messages']['list']>;
  /** Texts that only `user` sees. */
  whispers(user: string): readonly string[];
  close(): Promise<void>;
}

export async function openOffice(
  options: {
    readonly environment?: Environment;
    readonly serve?: Parameters<typeof serveSlack>[0];
    /** Puts something between chat.ts and Slack. */
    readonly between?: (chat: Chat) => Chat;
  } = {},
): Promise<Office> {
  const slack = await serveSlack(options.serve);
  const clock = { now: NOW, nowMs: 1_800_000_000_000 };
  const database = openDatabase(':memory:');
  const unread = (fault: Error) => {
    throw fault;
  };
  const store = new SqliteStore(database, { nowMs: () => clock.nowMs, onUnreadable: unread });
  const published: Office['published'] = [];
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const chat = new WebChat({ botToken: BOT_TOKEN, apiUrl: `${slack.url}/api/`, nowMs: () => clock.nowMs });
  const domain: Clock = {
    now: async () => clock.now,
    sleepUntil: () => Promise.reject(new Error('nobody sleeps here')),
  };
  const shell = {
    store,
    queue: {
      publish: async (topic: Topic, messages: readonly OutgoingMessage[]) =>
        void published.push(...messages.map((message) => ({ topic, message }))),
    },
    policy: { ownProject: 'acme-runmedic', environments: [options.environment ?? environment] },
    by: 'chat',
    chat: options.between?.(chat) ?? chat,
    clock: domain,
    nowMs: () => clock.nowMs,
    waitMs: () => setTimeout<void>(5),
    approvalKey: privateKey,
    planPublicKey: planKeys.publicKey,
  };
  const { incident: after, effects } = investigation(context.subject, alertNote(), NOW);
  const { id, status: to } = after;
  const audit = { incident: id, version: 1, at: NOW, by: 'alert', from: 'none', to } as const;
  const event = { type: 'opened', at: NOW, alert: alertNote().key } as const;
  await store.commit({ before: undefined, after, audit: { ...audit, event }, effects, alert: undefined });
  const listed = () => slack.slack.state.messages.list();
  return {
    slack,
    shell,
    published,
    publicKey,
    clock,
    id,
    async happens(...events) {
      let incident: Incident = after;
      for (const each of events) {
        clock.now = latest(each.at, clock.now);
        incident = (await advance(id, each, shell)).incident;
      }
      return incident;
    },
    channel: () => listed().filter(({ threadTs, onlyFor }) => threadTs === undefined && onlyFor === undefined),
    thread: () => listed().filter(({ threadTs }) => threadTs !== undefined),
    whispers: (user) => listed().flatMap(({ onlyFor, text }) => (onlyFor === user ? [text] : [])),
    close: async () => {
      await slack.close();
      database.close();
    },
  };
}

/** An office whose incident awaits approval, five seconds in. */
export async function awaitingOffice(options: Parameters<typeof openOffice>[0] = {}) {
  const office = await openOffice(options);
  await office.happens(offered());
  office.clock.now = at(30);
  return office;
}
