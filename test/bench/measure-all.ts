import type { Result } from './results.ts';
import { HEAD, lineOf } from './table.ts';

export interface Measurement {
  readonly what: string;
  readonly measure: () => Promise<Result>;
}

export interface MeasuringOptions {
  readonly measurements: readonly Measurement[];
  /** What is measured by then is all there is. */
  readonly withinMs: number;
  /** Takes a row of the table. */
  readonly print: (line: string) => void;
  /** Takes what goes on, in pieces of a line: a silent minute looks like one that hangs. */
  readonly tell: (words: string) => void;
}

/** What came of all of them: the numbers of those that were made, and which were not. */
export interface Measured {
  readonly summary: Readonly<Record<string, unknown>>;
  readonly unmeasured: readonly string[];
}

/** One measurement after the other; each prints what it came to as soon as that is known, so that one that fails or takes too long costs only itself. */
export async function measureAll({ measurements, withinMs, print, tell }: MeasuringOptions): Promise<Measured> {
  const { promise: late, resolve } = Promise.withResolvers<'late'>();
  const timer = setTimeout(() => resolve('late'), withinMs);
  const made = new Map<string, Result['summary']>();
  print(lineOf(HEAD));
  for (const { what, measure } of measurements) {
    const startedMs = performance.now();
    tell(`measuring ${what} ... `);
    const result = await Promise.race([late, measure().catch((error: unknown) => String(error))]);
    if (result === 'late') {
      tell(`not over after ${withinMs / 1000} s in all: this machine is too busy to measure the rest\n`);
      break;
    }
    tell(typeof result === 'string' ? `${result}\n` : `${((performance.now() - startedMs) / 1000).toFixed(1)} s\n`);
    if (typeof result === 'string') continue;
    made.set(what, result.summary);
    for (const row of result.rows) print(lineOf(row));
  }
  clearTimeout(timer);
  return {
    summary: Object.assign({}, ...made.values()),
    unmeasured: measurements.flatMap(({ what }) => (made.has(what) ? [] : [what])),
  };
}
