import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { emojiOf } from './emoji.ts';
import { slackDate } from './format.ts';
import { mention, type Names, nameOf } from './text.ts';

type Json = Readonly<Record<string, unknown>>;

const listOf = (value: unknown): readonly Json[] => (Array.isArray(value) ? value : []);

/** A rich_text block. @see https://docs.slack.dev/reference/block-kit/blocks/rich-text-block */
export function richText(block: Json, names: Names): VNode {
  return html`<div class="text">${listOf(block['elements']).map((part) => section(part, names))}</div>`;
}

function section(part: Json, names: Names): VNode {
  const children = listOf(part['elements']);
  switch (part['type']) {
    case 'rich_text_list': {
      const items = children.map(
        (item) => html`<li>${listOf(item['elements']).map((leaf) => inlineLeaf(leaf, names))}</li>`,
      );
      return part['style'] === 'ordered' ? html`<ol>${items}</ol>` : html`<ul>${items}</ul>`;
    }
    case 'rich_text_preformatted':
      return html`<pre><code>${children.map((leaf) => leaf['text'])}</code></pre>`;
    case 'rich_text_quote':
      return html`<blockquote>${children.map((leaf) => inlineLeaf(leaf, names))}</blockquote>`;
    default:
      return html`<p>${children.map((leaf) => inlineLeaf(leaf, names))}</p>`;
  }
}

function inlineLeaf(leaf: Json, names: Names): VNode | string {
  const styled = style(leaf['style'], words(leaf, names));
  if (leaf['type'] !== 'link' || !/^(https?|mailto):/.test(String(leaf['url']))) return styled;
  return html`<a href=${leaf['url']} target="_blank" rel="noreferrer noopener">${styled}</a>`;
}

function words(leaf: Json, names: Names): VNode | string {
  switch (leaf['type']) {
    case 'link':
      return String(leaf['text'] ?? leaf['url']);
    case 'emoji':
      return emojiOf(String(leaf['name']));
    case 'user':
      return mention(`@${nameOf(String(leaf['user_id']), names)}`);
    case 'usergroup':
      return mention(
        `@${names.usergroups.find(({ id }) => id === leaf['usergroup_id'])?.handle ?? leaf['usergroup_id']}`,
      );
    case 'channel':
      return mention(`#${names.channel.name}`);
    case 'broadcast':
      return mention(`@${leaf['range']}`);
    case 'date':
      return slackDate(Number(leaf['timestamp']), String(leaf['format']));
    default:
      return String(leaf['text'] ?? '');
  }
}

function style(styles: unknown, content: VNode | string): VNode | string {
  const has = (name: string): boolean => typeof styles === 'object' && styles !== null && name in styles;
  let shown: VNode | string = content;
  if (has('code')) shown = html`<code>${shown}</code>`;
  if (has('bold')) shown = html`<strong>${shown}</strong>`;
  if (has('italic')) shown = html`<em>${shown}</em>`;
  if (has('strike')) shown = html`<s>${shown}</s>`;
  return shown;
}
