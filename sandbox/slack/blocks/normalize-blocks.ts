import { randomBytes } from 'node:crypto';
import { isObject } from './check.ts';

/** A block as Slack keeps it: every block has an id. */
export interface Block {
  readonly type: string;
  readonly block_id: string;
  readonly [field: string]: unknown;
}

const actionable: ReadonlySet<string> = new Set([
  'button',
  'checkboxes',
  'email_text_input',
  'feedback_buttons',
  'icon_button',
  'number_input',
  'overflow',
  'plain_text_input',
  'radio_buttons',
  'static_select',
  'url_text_input',
]);

/**
 * Blocks as Slack keeps and sends them back: ids given where none were, and the defaults of text objects written out.
 * @param blocks must have passed validateBlocks.
 */
export function normalizeBlocks(blocks: readonly unknown[]): readonly Block[] {
  return blocks.map((block) => {
    const filled = fillDefaults(block);
    const { type, block_id: id, ...rest } = isObject(filled) ? filled : {};
    return { type: String(type), block_id: typeof id === 'string' ? id : shortId(), ...rest };
  });
}

/** Real payloads show `emoji: true` on plain text and `verbatim: false` on mrkdwn (test/fixtures/slack/block-actions-button.json). */
function fillDefaults(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(fillDefaults);
  if (!isObject(value)) return value;
  const filled = Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, fillDefaults(entry)]));
  const type = value['type'];
  if (type === 'plain_text') return { emoji: true, ...filled };
  if (type === 'mrkdwn') return { verbatim: false, ...filled };
  if (typeof type === 'string' && actionable.has(type)) return { action_id: shortId(), ...filled };
  return filled;
}

const shortId = (): string => randomBytes(4).toString('base64url').slice(0, 5);
