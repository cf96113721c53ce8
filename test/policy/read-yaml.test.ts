import { describe, expect, it } from 'vitest';
import { readYaml } from '../../shared/policy/read-yaml.ts';

describe('a place in the file', () => {
  it.each<[readonly (string | number)[], number | undefined]>([
    [[], undefined],
    [['missing'], undefined],
    [['a'], 1],
    [['a', 'deeper', 0], 1],
    [['list'], 2],
    [['list', 1], 4],
    [['list', 1, 'key'], 5],
    [['list', 7], 2],
    [['list', 'key'], 2],
    [[5], 6],
    [['empty', 'inside'], 7],
    [['? complex'], undefined],
    [['again'], 11],
  ])('%j is on line %s', (path, line) => {
    const read = readYaml(
      'a: 1\nlist:\n  - x\n  - name: y\n    key: z\n5: five\nempty:\n? [complex]\n: value\nagain: 1\nagain: 2\n',
    );
    expect(read.ok && [read.lineOf(path)]).toEqual([line]);
  });
});

describe('a key that is written twice', () => {
  it.each([
    ['none', 'a: 1\nb: { a: 1 }\n', []],
    ['at the top', 'a: 1\nb: 2\na: 3\n', [{ path: ['a'], line: 3, firstLine: 1 }]],
    [
      'three times',
      'a: 1\na: 2\na: 3\n',
      [
        { path: ['a'], line: 2, firstLine: 1 },
        { path: ['a'], line: 3, firstLine: 1 },
      ],
    ],
    ['in a list', 'l:\n  - a: 1\n  - { a: 1,\n      a: 2 }\n', [{ path: ['l', 1, 'a'], line: 4, firstLine: 3 }]],
    ['as number and as text', '5: a\n"5": b\n', [{ path: ['5'], line: 2, firstLine: 1 }]],
    ['behind an anchor, told of once', 'a: &x\n  b: 1\n  b: 2\nc: *x\n', [{ path: ['a', 'b'], line: 3, firstLine: 2 }]],
    ['beside broken YAML', 'a: 1\na: 2\nb: ]\n', [{ path: ['a'], line: 2, firstLine: 1 }]],
    ['where keys are no text', '? [a]\n: 1\n? [a]\n: 2\n', []],
  ])('%s', (_, text, repeats) => {
    expect(readYaml(text).repeats).toEqual(repeats);
  });

  it('counts as it was written last', () => {
    expect(readYaml('a: 1\nb: 2\na: 3\n')).toMatchObject({ ok: true, data: { a: 3, b: 2 } });
  });
});
