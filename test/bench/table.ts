import type { Spread } from './spread.ts';

/** One line of the table: what was measured, what it came to, how far the rounds lay apart, and what it should be. */
export type Row = readonly [what: string, value: string, spread: string, aim: string];

export const HEAD: Row = ['', 'median', 'least to most', 'aim'];

/** Wide enough for every row there is; fixed, as each is printed when it is known. */
const WIDTHS = { what: 58, value: 10, spread: 52 } as const;

export const lineOf = ([what, value, spread, aim]: Row): string =>
  `${what.padEnd(WIDTHS.what)}  ${value.padStart(WIDTHS.value)}  ${spread.padEnd(WIDTHS.spread)}  ${aim}`.trimEnd();

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
