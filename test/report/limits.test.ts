import { describe, expect, it } from 'vitest';
import { divider, section } from '../../shared/report/blocks.ts';
import { cut, fitted, MESSAGE_BLOCKS_MAX, needed, spare } from '../../shared/report/limits.ts';

describe('cut', () => {
  it.each([
    ['what is short enough stays', 'four', 4, 'four'],
    ['the end is an ellipsis', 'fives', 4, 'fiv…'],
    ['an entity is not split', 'ab&amp;cd', 6, 'ab…'],
    ['nor one that would just begin', 'abcd&amp;cd', 6, 'abcd…'],
    ['a whole entity stays', 'ab&amp;cdef', 9, 'ab&amp;c…'],
    ['an ampersand that is no entity is only a character', 'a & b and more', 8, 'a & b a…'],
    ['a link is not split', 'see <https://x.example|words> now', 20, 'see …'],
    ['a whole link stays', 'see <https://x.example|words> and more', 34, 'see <https://x.example|words> and…'],
    ['a code span is closed', 'a `long span of code` here', 12, 'a `long sp…`'],
    ['a block of code is closed', 'a ```long block of code``` here', 15, 'a ```long b…```'],
    ['a surrogate pair is not split', 'ab😀cd', 4, 'ab…'],
    ['a whole pair stays', 'ab😀cdef', 6, 'ab😀c…'],
  ])('%s', (_, text, max, expected) => {
    expect(cut(text, max)).toBe(expected);
    expect(cut(text, max).length).toBeLessThanOrEqual(max);
  });

  it('keeps to its limit whatever it cuts', () => {
    const text = 'a&amp;b <https://x.example|`w`> ```code & more``` `span` 😀 &lt;tail&gt; '.repeat(3);
    for (let max = 8; max < text.length; max += 1) {
      const short = cut(text, max);
      expect(short.length).toBeLessThanOrEqual(max);
      expect(short.isWellFormed()).toBe(true);
      expect(short.replaceAll(/&(amp|lt|gt);/g, '')).not.toMatch(/&[a-z]/);
      expect((short.match(/</g) ?? []).length).toBe((short.match(/>/g) ?? []).length);
    }
  });
});

describe('fitted', () => {
  const big = (text: string) => section(`${text} ${'x'.repeat(2900)}`);

  it('keeps everything where there is room', () => {
    const weighed = [...needed(big('a')), ...spare(big('b'))];
    expect(fitted(weighed)).toHaveLength(2);
  });

  it('lets spare blocks go, the last first', () => {
    const weighed = [
      ...needed(big('a')),
      ...spare(big('b'), big('c')),
      ...needed(big('d')),
      ...spare(big('e'), big('f')),
    ];
    const kept = fitted(weighed).map((block) => (block.type === 'section' ? block.text?.text[0] : block.type));
    expect(kept).toEqual(['a', 'b', 'c', 'd']);
  });

  it('lets blocks beyond the fiftieth go', () => {
    expect(fitted([...needed(divider), ...spare(...Array(60).fill(divider))])).toHaveLength(50);
  });

  it('never lets go what is needed', () => {
    const blocks = fitted(needed(...Array(6).fill(big('needed'))));
    expect(blocks).toHaveLength(6);
    expect(JSON.stringify(blocks).length).toBeGreaterThan(MESSAGE_BLOCKS_MAX);
  });
});
