import { expect, it } from 'vitest';
import { fillsUp } from '../../shared/remedy/fills-up.ts';
import { points } from '../builders/evidence.ts';

it.each([
  ['a leak that ends in requests piling up', [0.4, 0.4, 0.5, 0.6, 0.7, 0.9, 1], [1, 1, 1, 1, 1, 20, 40], true],
  ['a leak in an instance that has no more to do', [0.4, 0.4, 0.5, 0.6, 0.7], [2, 2, 2, 2, 2], true],
  ['jobs that land on one instance', [0.66, 0.66, 0.66, 0.72, 0.88, 1.06], [3, 3, 3, 3.5, 5.1, 10.6], false],
  ['as much more as an ordinary evening brings', [0.4, 0.4, 0.4, 0.4, 0.6], [2, 2, 2, 2, 3], true],
  ['more than an ordinary evening brings', [0.4, 0.4, 0.4, 0.4, 0.6], [2, 2, 2, 2, 3.01], false],
  ['just as much as is no noise', [0.5, 0.5, 0.5, 0.65], [2, 2, 2, 2], true],
  ['just as much as is noise', [0.5, 0.5, 0.5, 0.64], [2, 2, 2, 2], false],
  ['a chart that hides the one that was killed', [0.2, 0.2, 0.2, 0.2], [2, 2, 2, 2], false],
  ['no word of what was asked', [0.4, 0.5, 0.6, 0.9], [], false],
  ['no points of memory', [], [2, 2, 2, 2], false],
] as const)('%s', (_, memory, concurrency, expected) => {
  expect(fillsUp(points([...memory]), points([...concurrency]))).toBe(expected);
});
