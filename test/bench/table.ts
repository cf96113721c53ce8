import type { Spread } from './spread.ts';

/** One line of the table: what was measured, what it came to, how far the rounds lay apart, and what it should be. */
export type Row = readonly [what: string, value: string, spread: string, aim: string];

const HEAD: Row = ['', 'median', 'least to most', 'aim'];

export function table(rows: readonly Row[]): string {
  const all = [HEAD, ...rows];
  const width = (column: 0 | 1 | 2 | 3): number => Math.max(...all.map((row) => row[column].length));
  const [what, value, spread] = [width(0), width(1), width(2)];
  return all
    .map((row) => `${row[0].padEnd(what)}  ${row[1].padStart(value)}  ${row[2].padEnd(spread)}  ${row[3]}`.trimEnd())
    .join('\n');
}

/** A row of several rounds; `shown` puts the unit to a number. */
export const spreadRow = (
  what: string,
  { median, min, max, rounds }: Spread,
  shown: (value: number) => string,
  aim = '',
): Row => [what, shown(median), `${shown(min)} to ${shown(max)}, ${rounds} rounds`, aim];

/** A row of one measurement. */
export const row = (what: string, value: string, note = '', aim = ''): Row => [what, value, note, aim];

export const inSeconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;
export const inMs = (ms: number): string => `${Math.round(ms)} ms`;
export const inMib = (mib: number): string => `${Math.round(mib)} MiB`;
export const times = (ratio: number): string => `${ratio.toFixed(2)}x`;
export const perSecond = (rate: number): string => `${Math.round(rate)} /s`;
