import { expect, it } from 'vitest';
import { LineCounter, parseDocument } from 'yaml';
import { locate } from '../../shared/policy/locate.ts';

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
])('%j is on line %s', (path, line) => {
  const lines = new LineCounter();
  const document = parseDocument(
    'a: 1\nlist:\n  - x\n  - name: y\n    key: z\n5: five\nempty:\n? [complex]\n: value\n',
    { lineCounter: lines },
  );
  expect(locate(document, lines, path)).toBe(line);
});
