import type { EventLog } from './event-log.ts';
import { interactiveElements, textOf } from './slack/elements.ts';
import type { Message } from './slack/messages.ts';
import type { SlackEvent } from './slack/slack-state.ts';
import { summarizeBlocks } from './slack/summarize-blocks.ts';

/** Writes what happens in Slack to the log, in words. */
export function logSlack(log: EventLog, event: SlackEvent): void {
  log.append({ source: 'slack', type: event.type, ...fieldsOf(event) });
}

function fieldsOf(event: SlackEvent): Readonly<Record<string, unknown>> {
  switch (event.type) {
    case 'message-posted':
    case 'message-updated':
      return messageFields(event.message);
    case 'message-deleted':
      return { channel: event.channel, ts: event.ts };
    case 'view-opened':
    case 'view-updated':
    case 'view-closed': {
      const { id, user, type, given, blocks } = event.view;
      return { user, view: id, kind: type, title: textOf(given['title']), summary: summarizeBlocks(blocks) };
    }
    case 'clicked':
      return { user: event.user, button: event.label, where: event.where };
    case 'submitted':
      return { user: event.user, view: event.view.id, values: event.values };
    case 'call-refused':
      return { method: event.method, error: event.error, messages: event.messages };
    case 'interaction-failed':
      return { user: event.user, detail: event.detail };
  }
}

function messageFields(message: Message): Readonly<Record<string, unknown>> {
  const buttons = interactiveElements(message.blocks).map(({ element }) => textOf(element['text']));
  return { ...wordsOf(message), ...(buttons.length === 0 ? {} : { buttons }) };
}

const wordsOf = (message: Message): Readonly<Record<string, unknown>> => ({
  channel: message.channel,
  ts: message.ts,
  ...(message.threadTs === undefined ? {} : { threadTs: message.threadTs }),
  ...(message.onlyFor === undefined ? {} : { onlyFor: message.onlyFor }),
  text: message.text,
  summary: summarizeBlocks(message.blocks),
});
