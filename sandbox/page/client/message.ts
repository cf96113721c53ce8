import { html } from 'htm/preact';
import type { VNode } from 'preact';
import type { MessageOnPage } from '../page-state.ts';
import { BlockView } from './blocks.ts';
import type { Desk } from './desk.ts';
import { dayOf, msOfTs, timeOf } from './format.ts';
import { formatted, nameOf } from './text.ts';

export interface MessageProps {
  readonly message: MessageOnPage;
  readonly desk: Desk;
  /** Replies below it; none within a thread. */
  readonly replies?: readonly MessageOnPage[];
  readonly onThread?: (ts: string) => void;
  /** Follows closely on a message of the same author: Slack then leaves out who it is. */
  readonly follows?: boolean;
}

/** Messages of one author within this time stand together. */
const TOGETHER_MS = 5 * 60_000;

/** Whether `message` stands together with the one before it. */
export function followsOn(message: MessageOnPage, before: MessageOnPage | undefined): boolean {
  if (before === undefined || before.user !== message.user) return false;
  const isPlain = message.onlyFor === undefined && before.onlyFor === undefined && !message.broadcast;
  return isPlain && msOfTs(message.ts) - msOfTs(before.ts) < TOGETHER_MS;
}

/** One message with its author, its blocks, and the way into its thread. */
export function MessageView({ message, desk, replies, onThread, follows = false }: MessageProps): VNode {
  const isApp = message.user === desk.slack.app.userId;
  const name = nameOf(message.user, desk.slack);
  const ms = msOfTs(message.ts);
  const place = { kind: 'message', channel: desk.slack.channel.id, ts: message.ts } as const;
  const onlyMine = message.onlyFor !== undefined;
  const time = html`<time dateTime=${new Date(ms).toISOString()} title=${dayOf(ms)}>${timeOf(ms)}</time>`;
  const fromThread = message.broadcast && onThread !== undefined ? message.threadTs : undefined;
  return html`
    <article class=${`message ${onlyMine ? 'ephemeral' : ''} ${follows ? 'follows' : ''}`} aria-label=${`${name}, ${timeOf(ms)}`} data-ts=${message.ts}>
      ${
        follows
          ? html`<div class="gutter">${time}</div>`
          : html`<div class=${`avatar ${isApp ? 'app' : ''}`} aria-hidden="true">${isApp ? '✚' : name.slice(0, 1)}</div>`
      }
      <div class="message-body">
        ${onlyMine ? html`<p class="only-you"><span aria-hidden="true">◉</span> Only visible to you</p>` : undefined}
        ${
          follows
            ? undefined
            : html`<div class="byline">
              <strong>${name}</strong>${isApp ? html`<span class="app-badge">APP</span>` : undefined} ${time}
            </div>`
        }
        ${
          fromThread === undefined
            ? undefined
            : html`<button type="button" class="from-thread" onClick=${() => onThread?.(fromThread)}>replied to a thread</button>`
        }
        <div class="blocks">
          ${
            message.blocks.length === 0
              ? formatted(message.text, 'mrkdwn', desk.slack)
              : message.blocks.map(
                  (block) => html`<${BlockView} key=${block.block_id} block=${block} place=${place} desk=${desk} />`,
                )
          }
          ${message.edited ? html`<span class="edited">(edited)</span>` : undefined}
        </div>
        ${replies === undefined || replies.length === 0 ? undefined : html`<${ThreadLink} replies=${replies} onOpen=${() => onThread?.(message.ts)} />`}
      </div>
    </article>`;
}

function ThreadLink({ replies, onOpen }: { replies: readonly MessageOnPage[]; onOpen: () => void }): VNode {
  const last = replies.at(-1);
  return html`<button type="button" class="thread-link" onClick=${onOpen}>
    <strong>${replies.length} ${replies.length === 1 ? 'reply' : 'replies'}</strong>
    <span class="muted">last ${last === undefined ? '' : timeOf(msOfTs(last.ts))}</span>
  </button>`;
}
