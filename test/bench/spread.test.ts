import { describe, expect, it } from 'vitest';
import { rounds } from './rounds.ts';
import { spreadOf } from './spread.ts';

describe('what several rounds came to', () => {
  it('is the middle one of an odd number', () => {
    expect(spreadOf([9, 1, 4])).toEqual({ median: 4, min: 1, max: 9, rounds: 3 });
  });

  it('is between the two in the middle of an even number', () => {
    expect(spreadOf([40, 10, 20, 30])).toEqual({ median: 25, min: 10, max: 40, rounds: 4 });
  });

  it('has three significant digits', () => {
    expect(spreadOf([1234.5, 0.98765])).toEqual({ median: 618, min: 0.988, max: 1230, rounds: 2 });
  });

  it('is nothing without a round', () => {
    expect(() => spreadOf([])).toThrow('nothing was measured');
  });
});

describe('rounds', () => {
  const counted = async (limits: { times: number; withinMs: number }): Promise<number> =>
    (await rounds(limits, async () => 1)).length;

  it('are as many as asked for where there is time', async () => {
    expect(await counted({ times: 7, withinMs: 60_000 })).toBe(7);
  });

  it('are three at least where there is none', async () => {
    expect(await counted({ times: 7, withinMs: 0 })).toBe(3);
  });
});
