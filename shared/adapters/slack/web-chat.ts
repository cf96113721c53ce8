import type { ModalView } from '@slack/types';
import { WebClient } from '@slack/web-api';
import type { Chat, Message, Person, Place } from '../../report/chat.ts';
import { CALL_TIMEOUT_MS, clientOptions } from './client-options.ts';
import { personOf } from './person-of.ts';
import { refusalCode, slackFailure } from './slack-failure.ts';

export interface WebChatOptions {
  readonly botToken: string;
  /** Ends in `/api/`. */
  readonly apiUrl: string;
  /** Machine time, epoch milliseconds. */
  readonly nowMs: () => number;
}

/** usergroups.users.list allows 20 calls a minute (tier 2), which a handful of clicks would use up; who left a group decides a minute longer at most. */
const MEMBERS_KEPT_MS = 60_000;

/** Nothing of ours stands there (any more): deleted, another app's, or closed to edits by the workspace. */
const GONE = ['message_not_found', 'cant_update_message', 'edit_window_closed'];

/** Chat by Slack's Web API. Scopes: chat:write, users:read, usergroups:read (deploy/slack-manifest.json). */
export class WebChat implements Chat {
  readonly #client: WebClient;
  readonly #nowMs: () => number;
  readonly #members = new Map<string, { readonly users: readonly string[]; readonly untilMs: number }>();
  #team: Promise<string> | undefined;

  constructor({ botToken, apiUrl, nowMs }: WebChatOptions) {
    this.#client = new WebClient(botToken, clientOptions(apiUrl, CALL_TIMEOUT_MS));
    this.#nowMs = nowMs;
  }

  async post(message: Message, to: Parameters<Chat['post']>[1]): Promise<Place> {
    const { channel, thread, broadcast } = to;
    const tried = `chat.postMessage to ${channel}`;
    const reply =
      thread === undefined ? {} : { thread_ts: thread, ...(broadcast === undefined ? {} : { reply_broadcast: true }) };
    const answer = await called(tried, () =>
      this.#client.chat.postMessage({
        channel,
        ...contentOf(message),
        unfurl_links: false,
        unfurl_media: false,
        ...reply,
      }),
    );
    return { channel: answer.channel ?? channel, ts: given(answer.ts, tried) };
  }

  async update({ channel, ts }: Place, message: Message): Promise<'updated' | 'gone'> {
    const tried = `chat.update of ${ts} in ${channel}`;
    return unlessRefused('gone', GONE, tried, async () => {
      await this.#client.chat.update({ channel, ts, ...contentOf(message) });
      return 'updated' as const;
    });
  }

  async whisper(text: string, { channel, user }: Parameters<Chat['whisper']>[1]): Promise<'shown' | 'not-shown'> {
    return unlessRefused('not-shown', ['user_not_in_channel'], `chat.postEphemeral in ${channel}`, async () => {
      await this.#client.chat.postEphemeral({ channel, user, text });
      return 'shown' as const;
    });
  }

  async openModal(trigger: string, view: ModalView): Promise<string> {
    const tried = 'views.open';
    const answer = await called(tried, () => this.#client.views.open({ trigger_id: trigger, view }));
    return given(answer.view?.id, tried);
  }

  async updateModal(id: string, view: ModalView): Promise<'updated' | 'gone'> {
    return unlessRefused('gone', ['not_found'], `views.update of ${id}`, async () => {
      await this.#client.views.update({ view_id: id, view });
      return 'updated' as const;
    });
  }

  async person(user: string): Promise<Person | undefined> {
    const tried = `users.info of ${user}`;
    const found = await unlessRefused(undefined, ['user_not_found', 'user_not_visible'], tried, async () => {
      const { user: info } = await this.#client.users.info({ user });
      return given(info, tried);
    });
    return found && personOf(found, await this.#ownTeam());
  }

  async usergroupMembers(usergroup: string): Promise<readonly string[]> {
    const known = this.#members.get(usergroup);
    if (known !== undefined && known.untilMs > this.#nowMs()) return known.users;
    const users = await unlessRefused([], ['no_such_subteam'], `usergroups.users.list of ${usergroup}`, async () => {
      const answer = await this.#client.usergroups.users.list({ usergroup });
      return answer.users ?? [];
    });
    this.#members.set(usergroup, { users, untilMs: this.#nowMs() + MEMBERS_KEPT_MS });
    return users;
  }

  /** The workspace that the token belongs to; it never changes. */
  #ownTeam(): Promise<string> {
    this.#team ??= called('auth.test', () => this.#client.auth.test()).then(({ team_id }) =>
      given(team_id, 'auth.test'),
    );
    this.#team.catch(() => {
      // Whoever asked is told; the next one asks again.
      this.#team = undefined;
    });
    return this.#team;
  }
}

/** On an update, blocks that are left out stay: an empty list clears them. @see https://docs.slack.dev/reference/methods/chat.update */
const contentOf = ({ text, blocks }: Message) => ({ text, blocks: [...blocks] });

async function called<T>(tried: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw slackFailure(tried, error);
  }
}

/** `otherwise` where Slack refuses with one of `codes`: an answer, not a failure. */
async function unlessRefused<const Otherwise, T>(
  otherwise: Otherwise,
  codes: readonly string[],
  tried: string,
  call: () => Promise<T>,
): Promise<Otherwise | T> {
  try {
    return await call();
  } catch (error) {
    if (codes.includes(refusalCode(error) ?? '')) return otherwise;
    throw slackFailure(tried, error);
  }
}

function given<T>(value: T | undefined, tried: string): T {
  if (value === undefined) throw slackFailure(tried, new Error('Slack answered without what the method promises'));
  return value;
}
