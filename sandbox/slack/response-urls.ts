import { randomBytes } from 'node:crypto';

/** A response_url takes 5 answers within 30 minutes. @see https://docs.slack.dev/interactivity/handling-user-interaction (read 2026-11-23) */
const USES = 5;
const LIFETIME_MS = 30 * 60_000;
const URLS_KEPT = 500;

/** Where an answer through a response_url goes. */
export interface ResponseTarget {
  readonly channel: string;
  /** The message that was clicked; its channel and ts. */
  readonly ts: string;
  readonly threadTs: string | undefined;
  readonly user: string;
}

export interface ResponseUrls {
  /** The path of a new response_url, below the address of the server. */
  issue(target: ResponseTarget): string;
  use(
    path: string,
  ): { readonly kind: 'granted'; readonly target: ResponseTarget } | { readonly kind: 'unknown' | 'expired' | 'used' };
}

/** @param machineNowMs machine time. */
export function createResponseUrls(team: string, machineNowMs: () => number): ResponseUrls {
  const issued = new Map<string, { target: ResponseTarget; untilMs: number; usesLeft: number }>();
  return {
    issue(target) {
      const path = `/actions/${team}/${Math.floor(machineNowMs())}/${randomBytes(12).toString('base64url')}`;
      issued.set(path, { target, untilMs: machineNowMs() + LIFETIME_MS, usesLeft: USES });
      const oldest = issued.keys().next().value;
      if (issued.size > URLS_KEPT && oldest !== undefined) issued.delete(oldest);
      return path;
    },
    use(path) {
      const found = issued.get(path);
      if (found === undefined) return { kind: 'unknown' };
      if (machineNowMs() > found.untilMs) return { kind: 'expired' };
      if (found.usesLeft === 0) return { kind: 'used' };
      found.usesLeft -= 1;
      return { kind: 'granted', target: found.target };
    },
  };
}
