import { html } from 'htm/preact';
import type { VNode } from 'preact';
import type { Block } from '../../slack/blocks/normalize-blocks.ts';
import type { Place } from '../../slack/people.ts';
import type { Desk } from './desk.ts';
import { Element, isJson, type Json, listOf } from './elements.ts';
import { richText } from './rich-text.ts';
import { formatted, plainTextOf, textObject, withEmoji } from './text.ts';

export interface BlockProps {
  readonly block: Block;
  readonly place: Place;
  readonly desk: Desk;
}

/** One block as Slack shows it. Inputs stand in dialogs only: see modal.ts. */
export function BlockView({ block, place, desk }: BlockProps): VNode {
  const names = desk.slack;
  const element = (entry: Json): VNode =>
    html`<${Element} key=${entry['action_id']} element=${entry} blockId=${block.block_id} place=${place} desk=${desk} />`;
  switch (block.type) {
    case 'header':
      return html`<h3 class="block-header">${withEmoji(plainTextOf(block['text']))}</h3>`;
    case 'section':
      return html`<div class="block-section">
        <div class="section-words">
          ${isJson(block['text']) ? textObject(block['text'], names) : undefined}
          ${fields(block['fields'], desk)}
        </div>
        ${isJson(block['accessory']) ? html`<div class="accessory">${element(block['accessory'])}</div>` : undefined}
      </div>`;
    case 'context':
      return html`<div class="block-context">
        ${listOf(block['elements']).map((entry) => (entry['type'] === 'image' ? element(entry) : html`<div>${textObject(entry, names)}</div>`))}
      </div>`;
    case 'actions':
    case 'context_actions':
      return html`<div class="block-actions">${listOf(block['elements']).map(element)}</div>`;
    case 'divider':
      return html`<hr />`;
    case 'rich_text':
      return richText(block, names);
    case 'markdown':
      return formatted(String(block['text']), 'markdown', names);
    case 'image':
      return picture(block);
    case 'table':
      return table(block, desk);
    case 'plan':
      return html`<div class="block-plan"><p class="heading">${String(block['title'])}</p>${listOf(block['tasks']).map((entry) => task(entry, desk))}</div>`;
    case 'task_card':
      return task(block, desk);
    default:
      return html`<p class="unsupported">A ${block.type} block, which this page does not show.</p>`;
  }
}

function fields(given: unknown, desk: Desk): VNode | undefined {
  const entries = listOf(given);
  if (entries.length === 0) return undefined;
  return html`<div class="fields">${entries.map((field) => html`<div class="field">${textObject(field, desk.slack)}</div>`)}</div>`;
}

/** The page fetches nothing from elsewhere: it shows what stands for the picture, and where that is. */
function picture(block: Json): VNode {
  const title = plainTextOf(block['title']);
  return html`<figure class="block-image">
    ${title === '' ? undefined : html`<figcaption>${title}</figcaption>`}
    <div class="picture" role="img" aria-label=${String(block['alt_text'])}>${String(block['alt_text'])}</div>
  </figure>`;
}

function table(block: Json, desk: Desk): VNode {
  const rows = Array.isArray(block['rows']) ? block['rows'] : [];
  const cell = (entry: Json): VNode | string =>
    entry['type'] === 'rich_text' ? richText(entry, desk.slack) : String(entry['text']);
  const [head, ...body] = rows.map(listOf);
  return html`<div class="block-table"><table>
    <thead><tr>${(head ?? []).map((entry) => html`<th scope="col">${cell(entry)}</th>`)}</tr></thead>
    <tbody>${body.map((row) => html`<tr>${row.map((entry) => html`<td>${cell(entry)}</td>`)}</tr>`)}</tbody>
  </table></div>`;
}

const taskMarks: Readonly<Record<string, string>> = {
  pending: '○ pending',
  in_progress: '◐ in progress',
  complete: '● done',
  error: '✕ failed',
};

function task(entry: Json, desk: Desk): VNode {
  const status = String(entry['status']);
  return html`<div class=${`task ${status}`}>
    <span class="task-status">${taskMarks[status] ?? status}</span>
    <span class="task-title">${String(entry['title'])}</span>
    ${isJson(entry['details']) ? richText(entry['details'], desk.slack) : undefined}
    ${isJson(entry['output']) ? richText(entry['output'], desk.slack) : undefined}
  </div>`;
}
