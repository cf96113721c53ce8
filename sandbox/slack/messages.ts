import type { Block } from './blocks/normalize-blocks.ts';

/** A message in a channel. `ts` is its id there, and the moment (world time) at which it was posted. */
export interface Message {
  readonly ts: string;
  readonly channel: string;
  readonly user: string;
  readonly botId: string | undefined;
  readonly text: string;
  readonly blocks: readonly Block[];
  readonly threadTs: string | undefined;
  /** A reply that the channel shows too. */
  readonly broadcast: boolean;
  readonly editedTs: string | undefined;
  readonly metadata: unknown;
  /** Whom alone it is shown to; undefined for everybody. */
  readonly onlyFor: string | undefined;
}

export interface Messages {
  /** Oldest first, ephemeral ones among them. */
  list(): readonly Message[];
  find(channel: string, ts: string): Message | undefined;
  post(message: Omit<Message, 'ts' | 'editedTs'>): Message;
  /** Puts `after` in the place of the message with the same ts, marked as edited where asked. */
  replace(after: Message, mark: 'edited' | 'unmarked'): Message;
  remove(channel: string, ts: string): void;
}

/** More than a long session writes; beyond it the oldest are forgotten, as free workspaces do. */
const MESSAGES_KEPT = 5000;

/** @param worldNowMs the world's time, which stamps messages. */
export function createMessages(worldNowMs: () => number): Messages {
  let messages: readonly Message[] = [];
  let lastMicros = 0;

  /** Seconds and microseconds; never the same twice, never backwards. */
  function nextTs(): string {
    lastMicros = Math.max(lastMicros + 1, Math.floor(worldNowMs() * 1000));
    return `${Math.floor(lastMicros / 1e6)}.${String(lastMicros % 1e6).padStart(6, '0')}`;
  }

  return {
    list: () => messages,
    find: (channel, ts) => messages.find((message) => message.channel === channel && message.ts === ts),
    post(message) {
      const posted = { ...message, ts: nextTs(), editedTs: undefined };
      messages = [...messages, posted].slice(-MESSAGES_KEPT);
      return posted;
    },
    replace(after, mark) {
      const replaced = mark === 'edited' ? { ...after, editedTs: nextTs() } : after;
      messages = messages.map((message) =>
        message.ts === after.ts && message.channel === after.channel ? replaced : message,
      );
      return replaced;
    },
    remove(channel, ts) {
      messages = messages.filter((message) => message.channel !== channel || message.ts !== ts);
    },
  };
}

/** A message in the form in which the Web API and interaction payloads carry it. */
export function messageJson(message: Message, team: string, app: string): Readonly<Record<string, unknown>> {
  return {
    type: 'message',
    user: message.user,
    ts: message.ts,
    ...(message.botId === undefined ? {} : { bot_id: message.botId, app_id: app }),
    text: message.text,
    team,
    ...(message.threadTs === undefined ? {} : { thread_ts: message.threadTs }),
    ...(message.editedTs === undefined ? {} : { edited: { user: message.user, ts: message.editedTs } }),
    ...(message.metadata === undefined ? {} : { metadata: message.metadata }),
    ...(message.blocks.length === 0 ? {} : { blocks: message.blocks }),
  };
}
