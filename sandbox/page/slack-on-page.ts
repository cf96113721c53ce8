import { textOf } from '../slack/elements.ts';
import type { Message } from '../slack/messages.ts';
import type { SlackState } from '../slack/slack-state.ts';
import type { View } from '../slack/views.ts';
import type { User, Workspace } from '../slack/workspace.ts';
import type { MessageOnPage, Person, SlackOnPage, ViewOnPage } from './page-state.ts';

/** Messages of the one channel that the page shows; older ones scroll away for good. */
const MESSAGES_SHOWN = 300;

/** The workspace as the page shows it. @throws Error for a workspace without a channel. */
export function slackOnPage({ workspace, messages, views }: SlackState): SlackOnPage {
  const [channel] = workspace.channels;
  if (channel === undefined) throw new Error('the workspace has no channel to show');
  const shown = messages.list().filter((message) => message.channel === channel.id);
  return {
    channel: { id: channel.id, name: channel.name },
    app: { name: workspace.app.name, userId: workspace.app.botUserId },
    people: workspace.users.filter(({ isBot }) => !isBot).map((user) => person(user, workspace)),
    usergroups: workspace.usergroups.map(({ id, handle }) => ({ id, handle })),
    messages: shown.slice(-MESSAGES_SHOWN).map(messageOnPage),
    views: views.list().map(viewOnPage),
  };
}

const person = (user: User, workspace: Workspace): Person => ({
  id: user.id,
  name: user.name,
  realName: user.realName,
  role: roleOf(user, workspace),
});

function roleOf(user: User, { usergroups }: Workspace): string {
  if (user.isRestricted || user.isUltraRestricted) return 'guest';
  const group = usergroups.find(({ users }) => users.includes(user.id));
  return group === undefined ? user.title.toLowerCase() : `${user.title.toLowerCase()}, @${group.handle}`;
}

const messageOnPage = (message: Message): MessageOnPage => ({
  ts: message.ts,
  user: message.user,
  text: message.text,
  blocks: message.blocks,
  threadTs: message.threadTs,
  broadcast: message.broadcast,
  edited: message.editedTs !== undefined,
  onlyFor: message.onlyFor,
});

const viewOnPage = ({ id, user, type, given, blocks }: View): ViewOnPage => ({
  id,
  user,
  type,
  title: textOf(given['title']),
  submit: textOf(given['submit']),
  close: textOf(given['close']) || 'Cancel',
  blocks,
});
