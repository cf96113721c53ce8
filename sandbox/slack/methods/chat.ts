import type { Message } from '../messages.ts';
import { messageJson } from '../messages.ts';
import { tiers } from '../rate-limits.ts';
import { type Refusal, refuse } from '../refusal.ts';
import type { SlackState } from '../slack-state.ts';
import type { Channel } from '../workspace.ts';
import { readContent, TEXT_OF_BLOCKS_ALONE } from './message-content.ts';
import { type Args, done, flag, type Method, text } from './method.ts';

/** @see https://docs.slack.dev/reference/methods/chat.postMessage */
export const postMessage: Method = {
  scopes: ['chat:write'],
  limit: tiers.posting,
  answer(args, slack) {
    const channel = joinedChannel(args, slack);
    if (channel.kind === 'refused') return channel;
    const thread = threadOf(args, slack, channel.channel);
    if (thread.kind === 'refused') return thread;
    const content = readContent(args, 'msg_blocks_too_long');
    if (content.kind === 'refused') return content;
    if (isEmpty(content)) return refuse('no_text');
    const { app, team } = slack.workspace;
    const message = slack.messages.post({
      channel: channel.channel.id,
      user: app.botUserId,
      botId: app.botId,
      text: content.text ?? TEXT_OF_BLOCKS_ALONE,
      blocks: content.blocks ?? [],
      threadTs: thread.ts,
      broadcast: thread.ts !== undefined && flag(args, 'reply_broadcast'),
      metadata: content.metadata,
      onlyFor: undefined,
    });
    slack.emit({ type: 'message-posted', message });
    return done({ channel: message.channel, ts: message.ts, message: messageJson(message, team.id, app.id) });
  },
};

/** @see https://docs.slack.dev/reference/methods/chat.update: blocks left out stay, an empty list clears them */
export const update: Method = {
  scopes: ['chat:write'],
  limit: tiers.tier3,
  answer(args, slack) {
    const channel = knownChannel(args, slack);
    if (channel.kind === 'refused') return channel;
    const before = slack.messages.find(channel.channel.id, text(args, 'ts') ?? '');
    if (before === undefined || before.onlyFor !== undefined) return refuse('message_not_found');
    if (before.botId !== slack.workspace.app.botId) return refuse('cant_update_message');
    const content = readContent(args, 'msg_too_long');
    if (content.kind === 'refused') return content;
    const blocks = content.blocks ?? before.blocks;
    if (content.text === undefined && blocks.length === 0) return refuse('no_text');
    if (content.text !== undefined && content.text.length > UPDATED_TEXT_MAX) return refuse('msg_too_long');
    const { app, team } = slack.workspace;
    const changed = {
      ...before,
      text: content.text ?? before.text,
      blocks,
      metadata: content.metadata ?? before.metadata,
    };
    const message = slack.messages.replace(changed, 'edited');
    slack.emit({ type: 'message-updated', message });
    return done({
      channel: message.channel,
      ts: message.ts,
      text: message.text,
      message: messageJson(message, team.id, app.id),
    });
  },
};

/** "The `text` field cannot exceed 4,000 characters": the reference's words for msg_too_long of chat.update. */
const UPDATED_TEXT_MAX = 4000;

/** @see https://docs.slack.dev/reference/methods/chat.postEphemeral */
export const postEphemeral: Method = {
  scopes: ['chat:write'],
  limit: tiers.tier4,
  answer(args, slack) {
    const channel = joinedChannel(args, slack);
    if (channel.kind === 'refused') return channel;
    const user = text(args, 'user');
    if (user === undefined || !channel.channel.members.includes(user)) return refuse('user_not_in_channel');
    const thread = threadOf(args, slack, channel.channel);
    if (thread.kind === 'refused') return thread;
    const content = readContent(args, 'msg_too_long');
    if (content.kind === 'refused') return content;
    if (isEmpty(content)) return refuse('no_text');
    const message = slack.messages.post({
      channel: channel.channel.id,
      user: slack.workspace.app.botUserId,
      botId: slack.workspace.app.botId,
      text: content.text ?? TEXT_OF_BLOCKS_ALONE,
      blocks: content.blocks ?? [],
      threadTs: thread.ts,
      broadcast: false,
      metadata: undefined,
      onlyFor: user,
    });
    slack.emit({ type: 'message-posted', message });
    return done({ message_ts: message.ts });
  },
};

/** @see https://docs.slack.dev/reference/methods/chat.getPermalink */
export const getPermalink: Method = {
  scopes: [],
  limit: tiers.special,
  answer(args, slack) {
    const channel = knownChannel(args, slack);
    if (channel.kind === 'refused') return channel;
    const message = slack.messages.find(channel.channel.id, text(args, 'message_ts') ?? '');
    if (message === undefined || message.onlyFor !== undefined) return refuse('message_not_found');
    return done({ channel: message.channel, permalink: permalink(message, slack) });
  },
};

function permalink(message: Message, slack: SlackState): string {
  const thread = message.threadTs === undefined ? '' : `?thread_ts=${message.threadTs}&cid=${message.channel}`;
  const host = `https://${slack.workspace.team.domain}.slack.com`;
  return `${host}/archives/${message.channel}/p${message.ts.replace('.', '')}${thread}`;
}

type Found = { readonly kind: 'found'; readonly channel: Channel } | Refusal;

function knownChannel(args: Args, slack: SlackState): Found {
  const wanted = text(args, 'channel');
  const channel = slack.workspace.channels.find(({ id, name }) => id === wanted || `#${name}` === wanted);
  return channel === undefined ? refuse('channel_not_found') : { kind: 'found', channel };
}

function joinedChannel(args: Args, slack: SlackState): Found {
  const found = knownChannel(args, slack);
  if (found.kind === 'refused') return found;
  if (found.channel.isArchived) return refuse('is_archived');
  return found.channel.members.includes(slack.workspace.app.botUserId) ? found : refuse('not_in_channel');
}

/**
 * The reference lists nothing like "thread not found" for posting; a parent that is unknown, ephemeral or itself a reply
 * gets the listed code that comes nearest.
 */
function threadOf(
  args: Args,
  slack: SlackState,
  channel: Channel,
): { readonly kind: 'thread'; readonly ts: string | undefined } | Refusal {
  const ts = text(args, 'thread_ts');
  if (ts === undefined) return { kind: 'thread', ts };
  const parent = slack.messages.find(channel.id, ts);
  const canHold = parent !== undefined && parent.onlyFor === undefined && parent.threadTs === undefined;
  return canHold ? { kind: 'thread', ts } : refuse('cannot_reply_to_message');
}

const isEmpty = (content: { text: string | undefined; blocks: readonly unknown[] | undefined }): boolean =>
  content.text === undefined && (content.blocks ?? []).length === 0;
