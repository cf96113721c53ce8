import { type Dialect, type Inline, parseInline } from './inline.ts';

/** A text taken apart into what stands below one another. */
export type Paragraph =
  | { readonly kind: 'lines'; readonly inline: readonly Inline[] }
  | { readonly kind: 'quote'; readonly inline: readonly Inline[] }
  | { readonly kind: 'heading'; readonly level: number; readonly inline: readonly Inline[] }
  | { readonly kind: 'list'; readonly style: 'bullet' | 'ordered'; readonly items: readonly (readonly Inline[])[] }
  | { readonly kind: 'preformatted'; readonly text: string };

interface LineKind {
  readonly pattern: RegExp;
  readonly kind: 'quote' | 'heading' | 'bullet' | 'ordered';
}

const quote: LineKind = { pattern: /^(?:>|&gt;) ?(.*)$/, kind: 'quote' };

/** Slack's own mark-up knows quotes only: its lists are lines that begin with a bullet. */
const lineKinds: Readonly<Record<Dialect, readonly LineKind[]>> = {
  mrkdwn: [quote],
  markdown: [
    quote,
    { pattern: /^#{1,6} +(.*)$/, kind: 'heading' },
    { pattern: /^\s*[-*+] +(.*)$/, kind: 'bullet' },
    { pattern: /^\s*\d+[.)] +(.*)$/, kind: 'ordered' },
  ],
};

export function parseParagraphs(source: string, dialect: Dialect): readonly Paragraph[] {
  return source.split('```').flatMap((part, index, parts): readonly Paragraph[] => {
    if (index % 2 === 1) return [{ kind: 'preformatted', text: part.replace(/^[a-z]*\n/, '').replace(/\n$/, '') }];
    // The line breaks around a fence belong to the fence.
    const begin = index > 0 && part.startsWith('\n') ? 1 : 0;
    const text = index < parts.length - 1 ? part.slice(begin).replace(/\n$/, '') : part.slice(begin);
    return text === '' ? [] : group(text.split('\n'), dialect);
  });
}

interface Group {
  readonly kind: LineKind['kind'] | 'lines';
  readonly level: number;
  readonly lines: string[];
}

/** Neighbouring lines of one kind stand together. */
function group(lines: readonly string[], dialect: Dialect): readonly Paragraph[] {
  const groups: Group[] = [];
  for (const line of lines) {
    const found = lineKinds[dialect].find(({ pattern }) => pattern.test(line));
    const kind = found?.kind ?? 'lines';
    const text = found === undefined ? line : (found.pattern.exec(line)?.[1] ?? '');
    const last = groups.at(-1);
    if (last?.kind === kind && kind !== 'heading') last.lines.push(text);
    else groups.push({ kind, level: /^#*/.exec(line)?.[0].length ?? 0, lines: [text] });
  }
  return groups.map((entry) => paragraph(entry, dialect));
}

function paragraph({ kind, level, lines }: Group, dialect: Dialect): Paragraph {
  switch (kind) {
    case 'lines':
    case 'quote':
      return { kind, inline: parseInline(lines.join('\n'), dialect) };
    case 'heading':
      return { kind, level, inline: parseInline(lines.join(' '), dialect) };
    case 'bullet':
    case 'ordered':
      return { kind: 'list', style: kind, items: lines.map((item) => parseInline(item, dialect)) };
  }
}
