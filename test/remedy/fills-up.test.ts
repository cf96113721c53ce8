import { expect, it } from 'vitest';
import { fillsUp } from '../../shared/remedy/fills-up.ts';
import { points } from '../builders/evidence.ts';

it.each([
  ['a leak', [0.41, 0.41, 0.45, 0.54, 0.6, 0.66, 0.73, 0.8, 0.93, 1.03, 0.97], true],
  ['a leak with pauses', [0.6, 0.66, 0.66, 0.73, 0.9], true],
  ['four minutes without a step down', [0.7, 0.75, 0.8, 0.85, 0.9], true],
  ['three minutes without a step down', [0.5, 0.7, 0.8, 0.85, 0.9], true],
  ['three minutes after a step down', [0.9, 0.7, 0.8, 0.85, 0.89, 0.9].slice(1).toSpliced(0, 1, 0.95), false],
  ['three minutes only', [0.75, 0.8, 0.85, 0.9], false],
  ['jobs that land at once', [0.66, 0.6, 0.66, 0.66, 0.72, 0.66, 0.88, 0.92, 0.13, 0.92], false],
  ['a level that was high all the time', [0.8, 0.82, 0.84, 0.86, 0.9], false],
  ['just as much as noise', [0.76, 0.8, 0.82, 0.86, 0.9], false],
  ['just more than noise', [0.74, 0.8, 0.82, 0.86, 0.9], true],
  ['a chart that hides the one that was killed', [0.2, 0.2, 0.2, 0.2, 0.2, 0.2], false],
  ['just below full', [0.4, 0.5, 0.6, 0.7, 0.89], false],
  ['no points', [], false],
] as const)('%s', (_, values, expected) => {
  expect(fillsUp(points([...values]))).toBe(expected);
});
