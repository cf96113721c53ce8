import { describe, expect, it } from 'vitest';
import { type Inline, parseInline } from '../../../sandbox/page/client/inline.ts';
import { parseParagraphs } from '../../../sandbox/page/client/paragraphs.ts';

/** Inline parts in one line, so that a case reads at a glance. */
const told = (parts: readonly Inline[]): string => parts.map(toldPart).join('');

function toldPart(part: Inline): string {
  switch (part.kind) {
    case 'text':
      return part.text;
    case 'bold':
    case 'italic':
    case 'strike':
      return `{${part.kind} ${told(part.children)}}`;
    case 'code':
      return `{code ${part.text}}`;
    case 'link':
      return `{link ${part.url} ${part.label}}`;
    case 'user':
    case 'usergroup':
    case 'channel':
      return `{${part.kind} ${part.id}${part.label === '' ? '' : ` ${part.label}`}}`;
    case 'broadcast':
      return `{broadcast ${part.range}}`;
    case 'date':
      return `{date ${part.epochSeconds} ${part.format} ${part.fallback}}`;
  }
}

describe('mrkdwn', () => {
  it.each([
    ['*bold* _italic_ ~gone~ `code`', '{bold bold} {italic italic} {strike gone} {code code}'],
    ['*bold _and italic_*', '{bold bold {italic and italic}}'],
    ['2*3*4 and snake_case_name', '2*3*4 and snake_case_name'],
    ['* not bold *', '* not bold *'],
    ['`*no style in code* &lt;b&gt;`', '{code *no style in code* <b>}'],
    ['a &amp; b &lt; c &gt; d', 'a & b < c > d'],
    ['&amp;lt; stays', '&lt; stays'],
    ['<https://a.test/?x=1&amp;y=2|the console>', '{link https://a.test/?x=1&y=2 the console}'],
    ['<https://a.test>', '{link https://a.test https://a.test}'],
    ['<javascript:alert(1)|click>', 'click'],
    ['<@U0ANN> and <@U0BEN|ben>', '{user U0ANN} and {user U0BEN ben}'],
    [
      '<!subteam^S0ONCALL> <!here> <#C0STAGING|staging>',
      '{usergroup S0ONCALL} {broadcast here} {channel C0STAGING staging}',
    ],
    ['<!date^1700000000^{time}|22:13 UTC>', '{date 1700000000 {time} 22:13 UTC}'],
    ['<!date^soon^{time}|22:13 UTC>', '22:13 UTC'],
    [':white_check_mark: :no_such_emoji: 12:30:45', '✅ :no_such_emoji: 12:30:45'],
    ['<script>alert(1)</script>', 'scriptalert(1)/script'],
    ['unclosed *bold and `code', 'unclosed *bold and `code'],
  ])('%s', (source, expected) => {
    expect(told(parseInline(source, 'mrkdwn'))).toBe(expected);
  });
});

describe('markdown', () => {
  it.each([
    ['**bold** *italic* ~~gone~~ `code`', '{bold bold} {italic italic} {strike gone} {code code}'],
    ['[the console](https://a.test/x)', '{link https://a.test/x the console}'],
    ['[click](javascript:alert)', 'click'],
  ])('%s', (source, expected) => {
    expect(told(parseInline(source, 'markdown'))).toBe(expected);
  });

  it('knows headings, lists, quotes and fences', () => {
    const source = '# Title\nwords\n- a\n- b\n1. c\n> said\n```\ncode *as is*\n```\nend';
    expect(parseParagraphs(source, 'markdown').map(({ kind }) => kind)).toEqual([
      'heading',
      'lines',
      'list',
      'list',
      'quote',
      'preformatted',
      'lines',
    ]);
  });
});

describe('paragraphs of mrkdwn', () => {
  it('groups quotes, keeps line breaks, and leaves bullets to the text', () => {
    expect(parseParagraphs('one\n• two\n&gt; said\n> and said', 'mrkdwn')).toEqual([
      { kind: 'lines', inline: [{ kind: 'text', text: 'one\n• two' }] },
      { kind: 'quote', inline: [{ kind: 'text', text: 'said\nand said' }] },
    ]);
  });

  it('shows what is fenced as it is', () => {
    expect(parseParagraphs('see\n```exit 3\n*no*```', 'mrkdwn')[1]).toEqual({
      kind: 'preformatted',
      text: 'exit 3\n*no*',
    });
  });
});
