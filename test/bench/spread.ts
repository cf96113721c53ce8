/** What several rounds of one measurement came to; one unit throughout, which the name of the field that holds it says. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly rounds: number;
}

/** @throws Error when nothing was measured: a bench without rounds has no result. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const [min] = sorted;
  const max = sorted.at(-1);
  const middle = sorted.slice(Math.floor((sorted.length - 1) / 2), Math.floor(sorted.length / 2) + 1);
  if (min === undefined || max === undefined) throw new Error('nothing was measured');
  return {
    median: rounded(middle.reduce((sum, value) => sum + value, 0) / middle.length),
    min: rounded(min),
    max: rounded(max),
    rounds: sorted.length,
  };
}

/** Three significant digits are more than a busy machine gives. */
export const rounded = (value: number): number => Number(value.toPrecision(3));
