/**
 * Calls that a method takes, per app and workspace.
 * Tiers are what the reference promises at least ("20+ per minute"): here they are what is given at most.
 * @see https://docs.slack.dev/apis/web-api/rate-limits (read 2026-11-23)
 */
export type RateLimit =
  | { readonly kind: 'per-minute'; readonly calls: number }
  /** One call a second for each channel, after a small burst. */
  | { readonly kind: 'per-channel-second'; readonly burst: number };

export const tiers = {
  tier2: { kind: 'per-minute', calls: 20 },
  tier3: { kind: 'per-minute', calls: 50 },
  tier4: { kind: 'per-minute', calls: 100 },
  /** auth.test and chat.getPermalink: "hundreds of requests per minute". */
  special: { kind: 'per-minute', calls: 300 },
  /** chat.postMessage: "one message per second per channel, short bursts above it are allowed". */
  posting: { kind: 'per-channel-second', burst: 4 },
} as const satisfies Record<string, RateLimit>;

export interface RateLimiter {
  /** Seconds to wait, whole and at least 1, or undefined when the call may go on (and is counted). */
  retryAfterSeconds(limit: RateLimit, method: string, channel: string): number | undefined;
}

const MINUTE_MS = 60_000;

/** @param nowMs the time that limits go by: see fasterClock. */
export function createRateLimiter(nowMs: () => number): RateLimiter {
  const recent = new Map<string, readonly number[]>();

  /** Takes a call when fewer than `calls` were taken within `windowMs`. */
  function take(key: string, calls: number, windowMs: number): number | undefined {
    const now = nowMs();
    const within = (recent.get(key) ?? []).filter((at) => at > now - windowMs);
    const oldest = within[0];
    if (oldest !== undefined && within.length >= calls) {
      recent.set(key, within);
      return Math.max(1, Math.ceil((oldest + windowMs - now) / 1000));
    }
    recent.set(key, [...within, now]);
    return undefined;
  }

  return {
    retryAfterSeconds(limit, method, channel) {
      switch (limit.kind) {
        case 'per-minute':
          return take(method, limit.calls, MINUTE_MS);
        case 'per-channel-second':
          return take(`${method} ${channel}`, limit.burst, limit.burst * 1000);
      }
    },
  };
}
