import { z } from 'zod';

const SECONDS_PER_UNIT = { s: 1, m: 60, h: 3600, d: 86_400 } as const;
const UNITS = Object.entries(SECONDS_PER_UNIT).reverse();
const PATTERN = /^([1-9][0-9]{0,6})(s|m|h|d)$/;

/** A duration in seconds, written as a number of seconds or as text: 90, "90s", "30m", "1h", "2d". */
export function duration({ minSeconds, maxSeconds }: { readonly minSeconds: number; readonly maxSeconds: number }) {
  const error = `a duration from ${durationText(minSeconds)} to ${durationText(maxSeconds)}: seconds, or text such as 90s, 30m or 1h`;
  const number = z.int({ error }).min(minSeconds, { error }).max(maxSeconds, { error });
  const text = z.string({ error }).regex(PATTERN, { error });
  return z
    .union([number, text], { error })
    .transform((value) => (typeof value === 'number' ? value : secondsOf(value)))
    .pipe(z.number().min(minSeconds, { error }).max(maxSeconds, { error }));
}

/** Seconds in the largest unit that divides them: 1800 is "30m". */
export function durationText(seconds: number): string {
  const [unit, size] = UNITS.find(([, each]) => seconds % each === 0) ?? ['s', 1];
  return `${seconds / size}${unit}`;
}

function secondsOf(text: string): number {
  const unit = text.slice(-1);
  // Sound: PATTERN has let through only text that ends in one of the units.
  return Number(text.slice(0, -1)) * SECONDS_PER_UNIT[unit as keyof typeof SECONDS_PER_UNIT];
}
