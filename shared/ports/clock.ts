/** A moment in domain time, ISO 8601 in UTC with milliseconds: `2026-11-23T03:00:00.000Z`. Sorts as text. */
export type Instant = string & { readonly __unit: 'iso-8601-utc' };

/**
 * Where domain time comes from: due dates, expiry, windows, stamps of metrics and logs.
 * Sockets, TLS, tokens and Slack's signatures keep to machine time and never ask a Clock.
 */
export interface Clock {
  /** The present moment. @throws PlatformFailure when a configured time source does not answer. */
  now(): Promise<Instant>;
  /** Resolves once domain time has reached `at`; rejects with the signal's reason when aborted first. */
  sleepUntil(at: Instant, abort: AbortSignal): Promise<void>;
}

/** @throws RangeError when `text` is not a date. */
export function instant(text: string | number | Date): Instant {
  // Sound: toISOString always gives the form that Instant names.
  return new Date(text).toISOString() as Instant;
}

export const plusSeconds = (at: Instant, seconds: number): Instant => instant(Date.parse(at) + seconds * 1000);

/** Seconds from `from` to `to`; negative when `to` is earlier. */
export const secondsBetween = (from: Instant, to: Instant): number => (Date.parse(to) - Date.parse(from)) / 1000;

export const latest = (a: Instant, b: Instant): Instant => (a > b ? a : b);

export const earliest = (a: Instant, b: Instant): Instant => (a < b ? a : b);
