import { html } from 'htm/preact';
import type { VNode } from 'preact';
import type { SlackOnPage } from '../page-state.ts';
import { emojiOf } from './emoji.ts';
import { slackDate } from './format.ts';
import type { Dialect, Inline } from './inline.ts';
import { type Paragraph, parseParagraphs } from './paragraphs.ts';

/** Who is who, for mentions. */
export type Names = Pick<SlackOnPage, 'people' | 'usergroups' | 'app' | 'channel'>;

/** A text object as Slack shows it. */
export function textObject(value: unknown, names: Names): VNode | string {
  const { type, text } = asText(value);
  return type === 'mrkdwn' ? formatted(text, 'mrkdwn', names) : withEmoji(text);
}

/** What a text object says, without mark-up. */
export const plainTextOf = (value: unknown): string => asText(value).text;

export const withEmoji = (text: string): string =>
  text.replaceAll(/:([a-z0-9_+-]+):/g, (_whole, name: string) => emojiOf(name));

export function formatted(text: string, dialect: Dialect, names: Names): VNode {
  return html`<div class="text">${parseParagraphs(text, dialect).map((part) => paragraph(part, names))}</div>`;
}

function asText(value: unknown): { readonly type: string; readonly text: string } {
  if (typeof value !== 'object' || value === null || !('text' in value)) return { type: 'plain_text', text: '' };
  return { type: 'type' in value ? String(value.type) : 'plain_text', text: String(value.text) };
}

function paragraph(part: Paragraph, names: Names): VNode {
  switch (part.kind) {
    case 'lines':
      return html`<p>${inline(part.inline, names)}</p>`;
    case 'quote':
      return html`<blockquote>${inline(part.inline, names)}</blockquote>`;
    case 'heading':
      return html`<p class="heading">${inline(part.inline, names)}</p>`;
    case 'preformatted':
      return html`<pre><code>${part.text}</code></pre>`;
    case 'list': {
      const items = part.items.map((item) => html`<li>${inline(item, names)}</li>`);
      return part.style === 'ordered' ? html`<ol>${items}</ol>` : html`<ul>${items}</ul>`;
    }
  }
}

const inline = (parts: readonly Inline[], names: Names): readonly (VNode | string)[] =>
  parts.map((part) => inlinePart(part, names));

function inlinePart(part: Inline, names: Names): VNode | string {
  switch (part.kind) {
    case 'text':
      return part.text;
    case 'bold':
      return html`<strong>${inline(part.children, names)}</strong>`;
    case 'italic':
      return html`<em>${inline(part.children, names)}</em>`;
    case 'strike':
      return html`<s>${inline(part.children, names)}</s>`;
    case 'code':
      return html`<code>${part.text}</code>`;
    case 'link':
      return html`<a href=${part.url} target="_blank" rel="noreferrer noopener">${withEmoji(part.label)}</a>`;
    case 'user':
      return mention(`@${part.label || nameOf(part.id, names)}`);
    case 'usergroup':
      return mention(
        `@${(part.label || names.usergroups.find(({ id }) => id === part.id)?.handle) ?? part.id}`.replace('@@', '@'),
      );
    case 'channel':
      return mention(`#${part.label || names.channel.name}`);
    case 'broadcast':
      return mention(`@${part.range}`);
    case 'date':
      return html`<time title=${part.fallback}>${slackDate(part.epochSeconds, part.format)}</time>`;
  }
}

export const mention = (label: string): VNode => html`<span class="mention">${label}</span>`;

export function nameOf(id: string, names: Names): string {
  if (id === names.app.userId) return names.app.name;
  return names.people.find((person) => person.id === id)?.realName ?? id;
}
