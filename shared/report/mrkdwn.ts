import type { Instant } from '../ports/clock.ts';
import { cut } from './limits.ts';

/** Text that Slack reads as mrkdwn. What others wrote comes in through `foreign` or `code` only. */

/** What a platform or a person wrote, harmless: & < > escaped as Slack asks, on one line, at most `max` characters. @see https://docs.slack.dev/messaging/formatting-message-text#escaping */
export const foreign = (text: string, max: number): string => cut(escaped(oneLine(text)), max);

/** The same as a code span; a backtick in it would end it. */
export const code = (text: string, max: number): string =>
  `\`${cut(escaped(oneLine(text).replaceAll('`', "'")), max - 2)}\``;

/** The same as a block of code. */
export const codeBlock = (text: string, max: number): string =>
  `\`\`\`${cut(escaped(oneLine(text).replaceAll('`', "'")), max - 6)}\`\`\``;

/** Several lines as a block of code: ours, with foreign names in them, so that line ends and blanks stay and nothing else does. */
export const codeLines = (text: string, max: number): string =>
  `\`\`\`${cut(
    text
      .split('\n')
      .map((line) => escaped(line.split(' ').map(oneLine).join(' ').replaceAll('`', "'")))
      .join('\n'),
    max - 6,
  )}\`\`\``;

/** A link where there is an address, the words alone where there is none or one that is no web address. */
export function link(words: string, url: string | undefined, max: number): string {
  const shown = foreign(words, max).replaceAll('|', '/');
  if (url === undefined || !/^https:\/\/[^\s<>|]+$/.test(url)) return shown;
  const token = `<${url.replaceAll('&', '&amp;')}|${shown}>`;
  return token.length <= LINK_MAX ? token : shown;
}

/** A link takes part of its block's 3,000; a console address with its filters is a few hundred. */
const LINK_MAX = 1200;

/** A moment in each reader's own time zone; readers without Slack see UTC. @see https://docs.slack.dev/messaging/formatting-message-text#date-formatting */
export const moment = (at: Instant): string =>
  `<!date^${Math.floor(Date.parse(at) / 1000)}^{date_short_pretty} at {time}|${at.slice(0, 16).replace('T', ' ')} UTC>`;

/** The time of day alone, for lines that stand close together. */
export const timeOfDay = (at: Instant): string =>
  `<!date^${Math.floor(Date.parse(at) / 1000)}^{time_secs}|${at.slice(11, 19)} UTC>`;

export const user = (id: string): string => `<@${idOnly(id)}>`;
export const usergroup = (id: string): string => `<!subteam^${idOnly(id)}>`;

/** Names joined as one says them: "a, b and c". */
export function listed(words: readonly string[], joint: 'and' | 'or' = 'and'): string {
  const last = words.at(-1);
  if (last === undefined) return '';
  return words.length === 1 ? last : `${words.slice(0, -1).join(', ')} ${joint} ${last}`;
}

export const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** Control characters and line ends become one space each: nothing foreign starts a line of its own. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
export const oneLine = (text: string): string => text.replace(/[\s\u0000-\u001f\u007f\u2028\u2029]+/g, ' ').trim();

const idOnly = (id: string): string => id.replace(/[^A-Za-z0-9]/g, '');
