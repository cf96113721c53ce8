import { boolean, type Check, list, number, object, oneOf, string, typed } from './check.ts';
import { blockId } from './text.ts';

const style = object({
  optional: {
    bold: boolean,
    italic: boolean,
    strike: boolean,
    underline: boolean,
    code: boolean,
    highlight: boolean,
    client_highlight: boolean,
    unlink: boolean,
  },
});

const leaf = (type: string, required: Record<string, Check>, optional: Record<string, Check> = {}): Check =>
  object({ required: { type: oneOf(type), ...required }, optional: { style, ...optional } });

const inline = typed({
  broadcast: leaf('broadcast', { range: oneOf('here', 'channel', 'everyone') }),
  channel: leaf('channel', { channel_id: string({ min: 1 }) }),
  color: leaf('color', { value: string({ min: 1 }) }),
  date: leaf('date', { timestamp: number, format: string({ min: 1 }) }, { url: string(), fallback: string() }),
  emoji: leaf('emoji', { name: string({ min: 1 }) }, { unicode: string(), skin_tone: number, url: string() }),
  link: leaf('link', { url: string({ min: 1 }) }, { text: string(), unsafe: boolean }),
  team: leaf('team', { team_id: string({ min: 1 }) }),
  text: leaf('text', { text: string({ min: 1 }) }),
  user: leaf('user', { user_id: string({ min: 1 }) }),
  usergroup: leaf('usergroup', { usergroup_id: string({ min: 1 }) }),
});

const section = object({ required: { type: oneOf('rich_text_section'), elements: list(inline) } });

const parts = typed({
  rich_text_section: section,
  rich_text_list: object({
    required: {
      type: oneOf('rich_text_list'),
      style: oneOf('bullet', 'ordered'),
      elements: list(section),
    },
    optional: { indent: number, offset: number, border: number },
  }),
  rich_text_preformatted: object({
    required: { type: oneOf('rich_text_preformatted'), elements: list(inline) },
    optional: { border: number, language: string() },
  }),
  rich_text_quote: object({
    required: { type: oneOf('rich_text_quote'), elements: list(inline) },
    optional: { border: number },
  }),
});

/** @see https://docs.slack.dev/reference/block-kit/blocks/rich-text-block */
export const richText = object({
  required: { type: oneOf('rich_text'), elements: list(parts) },
  optional: { block_id: blockId },
});
