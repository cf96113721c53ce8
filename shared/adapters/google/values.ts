import { type Instant, instant } from '../../ports/clock.ts';

/**
 * What Google's APIs send, in either of its two forms: REST's JSON (Timestamp and Duration as text, enums by name) and
 * what Google's clients make of it (objects of seconds and nanos, int64 as text, enums by name or number, '' and null for unset).
 */
export type Fields = Readonly<Record<string, unknown>>;

// Sound: any object may be looked into by key, each value staying unknown.
export const fields = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};

export const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** undefined for unset, which is '' in protobuf. */
export const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

/** Numbers, and int64 as text. */
export function number(value: unknown): number | undefined {
  const found = typeof value === 'string' && value !== '' ? Number(value) : value;
  return typeof found === 'number' && Number.isFinite(found) ? found : undefined;
}

/** A number that protobuf leaves at 0 when it is unset. */
export const positive = (value: unknown): number | undefined => {
  const found = number(value);
  return found === undefined || found <= 0 ? undefined : found;
};

/** An enum's name; `names` in the order of the proto, from 0. */
export const enumName = (value: unknown, names: readonly string[]): string | undefined =>
  typeof value === 'number' ? names[value] : text(value);

/** Seconds of a Duration: `300s`, `1.5s`, or { seconds, nanos }. */
export function durationSeconds(value: unknown): number | undefined {
  if (typeof value === 'string') return /^-?\d+(\.\d+)?s$/.test(value) ? Number(value.slice(0, -1)) : undefined;
  const { seconds, nanos } = fields(value);
  return seconds === undefined && nanos === undefined ? undefined : (number(seconds) ?? 0) + (number(nanos) ?? 0) / 1e9;
}

/** A Timestamp: RFC 3339 text, or { seconds, nanos }. */
export function moment(value: unknown): Instant | undefined {
  const ms = typeof value === 'string' ? Date.parse(value) : (durationSeconds(value) ?? Number.NaN) * 1000;
  return Number.isNaN(ms) ? undefined : instant(Math.floor(ms));
}

/** The last part of a resource name. */
export const shortName = (name: string): string => name.slice(name.lastIndexOf('/') + 1);
