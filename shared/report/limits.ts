import type { KnownBlock } from '@slack/types';

/** Slack's limits on what we build, in characters where nothing else is said. Source: @slack/types 3.2.0 d.ts, and slackblocks spec/limits.json (b881990), both read 2026-11-23. */
export const HEADER_MAX = 150;
export const TEXT_MAX = 3000;
export const FIELD_MAX = 2000;
export const FIELDS_MAX = 10;
export const CONTEXT_ELEMENTS_MAX = 10;
export const BUTTON_TEXT_MAX = 75;
export const BUTTON_VALUE_MAX = 2000;
export const CONFIRM_TITLE_MAX = 100;
export const CONFIRM_TEXT_MAX = 300;
export const CONFIRM_BUTTON_MAX = 30;
export const VIEW_TITLE_MAX = 24;
export const PLACEHOLDER_MAX = 150;
export const BLOCKS_MAX = 50;
/** chat.update refuses more than 4,000 characters of `text` (docs.slack.dev/reference/methods/chat.update, msg_too_long). */
export const MESSAGE_TEXT_MAX = 4000;
/** All blocks of a message together, as JSON: about 13,200 in truth, undocumented (bolt-js issue 2509). */
export const MESSAGE_BLOCKS_MAX = 13_000;

const ELLIPSIS = '…';

/**
 * `text` in at most `max` UTF-16 units (Slack counts code points, which are never more). What is cut ends in an ellipsis and never inside an
 * entity (`&amp;`), a token (`<https://…|words>`), a code span or a surrogate pair.
 */
export function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  const end = wholeUpTo(text, max - ELLIPSIS.length);
  const kept = text.slice(0, end);
  const open = openFence(kept);
  if (open === '') return kept + ELLIPSIS;
  const room = wholeUpTo(text, max - ELLIPSIS.length - open.length);
  return text.slice(0, room) + ELLIPSIS + openFence(text.slice(0, room));
}

/** The last place at or before `end` that is inside nothing. */
function wholeUpTo(text: string, end: number): number {
  const before = text.slice(0, Math.max(0, end));
  const token = before.lastIndexOf('<') > before.lastIndexOf('>') ? before.lastIndexOf('<') : before.length;
  const entity = /&[a-z]{0,3}$/.exec(before.slice(0, token))?.index ?? token;
  const code = text.charCodeAt(entity - 1);
  const isHighSurrogate = code >= 0xd800 && code <= 0xdbff;
  return isHighSurrogate ? entity - 1 : entity;
}

/** What would close a code span or block that is still open at the end. */
function openFence(text: string): string {
  const fences = text.split('```').length - 1;
  if (fences % 2 === 1) return '```';
  const ticks = text.replaceAll('```', '').split('`').length - 1;
  return ticks % 2 === 1 ? '`' : '';
}

/** A block, and whether the message may do without it. */
export interface Weighed {
  readonly block: KnownBlock;
  readonly weight: 'needed' | 'spare';
}

export const needed = (...blocks: readonly KnownBlock[]): Weighed[] =>
  blocks.map((block) => ({ block, weight: 'needed' }));
export const spare = (...blocks: readonly KnownBlock[]): Weighed[] =>
  blocks.map((block) => ({ block, weight: 'spare' }));

/**
 * The blocks that fit into one message. Spare ones go, the last of them first; what is needed stays whatever it costs: Slack then refuses the
 * message, and nobody approves what they were not shown.
 */
export function fitted(weighed: readonly Weighed[]): KnownBlock[] {
  const blocks = weighed.map(({ block }) => block);
  if (blocks.length <= BLOCKS_MAX && JSON.stringify(blocks).length <= MESSAGE_BLOCKS_MAX) return blocks;
  const last = weighed.findLastIndex(({ weight }) => weight === 'spare');
  return last < 0 ? blocks : fitted(weighed.filter((_, index) => index !== last));
}
