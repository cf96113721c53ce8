import { emojiOf } from './emoji.ts';

/** Running text, taken apart. */
export type Inline =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'bold' | 'italic' | 'strike'; readonly children: readonly Inline[] }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'link'; readonly url: string; readonly label: string }
  | { readonly kind: 'user' | 'usergroup' | 'channel'; readonly id: string; readonly label: string }
  | { readonly kind: 'broadcast'; readonly range: string }
  | { readonly kind: 'date'; readonly epochSeconds: number; readonly format: string; readonly fallback: string };

/** Slack's own mark-up, or the common one of markdown blocks. */
export type Dialect = 'mrkdwn' | 'markdown';

interface Rule {
  /** Must match at the start of what is left. */
  readonly pattern: RegExp;
  readonly make: (match: RegExpExecArray, dialect: Dialect) => Inline;
}

const styled =
  (kind: 'bold' | 'italic' | 'strike') =>
  (match: RegExpExecArray, dialect: Dialect): Inline => ({ kind, children: parseInline(match[1] ?? '', dialect) });

const code: Rule = {
  pattern: /^`([^`\n]+)`/,
  make: (match) => ({ kind: 'code', text: decodeEscapes(match[1] ?? '') }),
};
const emoji: Rule = {
  pattern: /^:([a-z0-9_+-]+):/,
  make: (match) => ({ kind: 'text', text: emojiOf(match[1] ?? '') }),
};

const rules: Readonly<Record<Dialect, readonly Rule[]>> = {
  mrkdwn: [
    code,
    { pattern: /^<([^<>\n]+)>/, make: (match) => reference(match[1] ?? '') },
    { pattern: /^\*(?=\S)([^*\n]*[^*\s])\*(?!\w)/, make: styled('bold') },
    { pattern: /^_(?=\S)([^_\n]*[^_\s])_(?!\w)/, make: styled('italic') },
    { pattern: /^~(?=\S)([^~\n]*[^~\s])~(?!\w)/, make: styled('strike') },
    emoji,
  ],
  markdown: [
    code,
    { pattern: /^\*\*(?=\S)(.+?\S|\S)\*\*/, make: styled('bold') },
    { pattern: /^[*_](?=\S)([^*_\n]*[^*_\s])[*_](?!\w)/, make: styled('italic') },
    { pattern: /^~~(?=\S)(.+?)~~/, make: styled('strike') },
    {
      pattern: /^\[([^\]\n]+)\]\(([^()\s]+)\)/,
      make: (match) => link(match[2] ?? '', match[1] ?? ''),
    },
    emoji,
  ],
};

/** Takes one stretch of text apart; line breaks stay in the text. */
export function parseInline(source: string, dialect: Dialect): readonly Inline[] {
  const parts: Inline[] = [];
  let plain = '';
  let at = 0;
  const flush = (): void => {
    if (plain !== '') parts.push({ kind: 'text', text: decodeEscapes(plain) });
    plain = '';
  };
  while (at < source.length) {
    // A style begins at the edge of a word only: 2*3*4 is no bold.
    const insideWord = /\w$/.test(plain) && /^[*_~]/.test(source.slice(at, at + 1));
    const found = insideWord ? undefined : firstMatch(source.slice(at), dialect);
    if (found === undefined) {
      plain += source[at] ?? '';
      at += 1;
    } else {
      flush();
      parts.push(found.part);
      at += found.length;
    }
  }
  flush();
  return parts;
}

function firstMatch(rest: string, dialect: Dialect): { readonly part: Inline; readonly length: number } | undefined {
  for (const { pattern, make } of rules[dialect]) {
    const match = pattern.exec(rest);
    if (match !== null) return { part: make(match, dialect), length: match[0].length };
  }
  return undefined;
}

/** What stands between < and >. @see https://docs.slack.dev/messaging/formatting-message-text */
function reference(inside: string): Inline {
  const bar = inside.indexOf('|');
  const target = bar < 0 ? inside : inside.slice(0, bar);
  const label = decodeEscapes(bar < 0 ? '' : inside.slice(bar + 1));
  const [kind, rest] = [target.slice(0, 1), target.slice(1)];
  if (kind === '@') return { kind: 'user', id: rest, label };
  if (kind === '#') return { kind: 'channel', id: rest, label };
  if (rest.startsWith('subteam^')) return { kind: 'usergroup', id: rest.slice('subteam^'.length), label };
  if (rest.startsWith('date^')) return dateOf(rest, label);
  if (kind === '!') return { kind: 'broadcast', range: rest };
  return link(decodeEscapes(target), label);
}

/** Only addresses that a page may safely offer become links. */
const link = (url: string, label: string): Inline =>
  /^(https?|mailto):/.test(url) ? { kind: 'link', url, label: label || url } : { kind: 'text', text: label || url };

function dateOf(rest: string, fallback: string): Inline {
  const [, epoch, format] = rest.split('^');
  const epochSeconds = Number(epoch);
  if (!Number.isFinite(epochSeconds) || format === undefined) return { kind: 'text', text: fallback };
  return { kind: 'date', epochSeconds, format, fallback };
}

/** Slack escapes exactly these three. */
const decodeEscapes = (text: string): string =>
  text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
