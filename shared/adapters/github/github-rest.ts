import { z } from 'zod';
import { PlatformFailure } from '../../ports/platform-failure.ts';
import { call, READ_RETRIES_MAX, requestSignal } from '../google/call.ts';
import { failureCode } from '../google/failure-code.ts';

export interface GithubOptions {
  /** Fine-grained, of the repositories alone whose tests are run, with "Actions: write" and nothing else. */
  readonly token: string;
  /** https://api.github.com, or a GitHub Enterprise Server's /api/v3. */
  readonly apiUrl: string;
}

export interface GithubRequest {
  readonly method: 'GET' | 'POST';
  /** From `repos/` on, its parts encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** One request to GitHub's REST API; answers the parsed JSON, undefined for 204. Reads are asked again where that helps; nothing else is. */
export type GithubRest = (request: GithubRequest, abort: AbortSignal) => Promise<unknown>;

const TIMEOUT_MS = 15_000;
/** Names the shapes that are parsed here. GitHub answers each version for two years and more after the next (docs.github.com, API versions, read 2026-12-01). */
const API_VERSION = '2022-11-28';

const refusal = z.object({ message: z.string() });

export function githubRest({ token, apiUrl }: GithubOptions): GithubRest {
  const headers = {
    accept: 'application/vnd.github+json',
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    'user-agent': 'runmedic',
    'x-github-api-version': API_VERSION,
  };
  return ({ method, path, query = {}, body }, abort) => {
    const url = `${apiUrl.replace(/\/$/, '')}/${path}?${new URLSearchParams(query)}`;
    const retriesMax = method === 'GET' ? READ_RETRIES_MAX : 0;
    const json = body === undefined ? {} : { body: JSON.stringify(body) };
    return call({ method: `github ${method}`, resource: path, timeoutMs: TIMEOUT_MS, retriesMax, abort }, async () => {
      // A token is sent to no other host: what redirects is refused.
      const response = await fetch(url, {
        method,
        headers,
        redirect: 'error',
        signal: requestSignal.getStore() ?? abort,
        ...json,
      });
      if (!response.ok) throw refused(response, `github ${method} on ${path}`, await response.text());
      return response.status === 204 ? undefined : response.json();
    });
  };
}

/** Beyond its rate limit GitHub answers 403 or 429, and says when to come back (docs.github.com, rate limits for the REST API, read 2026-12-01). */
function refused({ status, headers }: Response, tried: string, text: string): PlatformFailure {
  const retryAfter = Number(headers.get('retry-after') ?? Number.NaN);
  const limited = headers.get('x-ratelimit-remaining') === '0' || Number.isFinite(retryAfter);
  const code = status === 403 && limited ? 'rate-limited' : failureCode(status, undefined);
  return new PlatformFailure(
    status === 422 ? 'invalid-argument' : code,
    `${tried}: ${status}: ${messageIn(text)}`,
    Number.isFinite(retryAfter) ? { retryAfterSeconds: retryAfter } : {},
  );
}

function messageIn(text: string): string {
  try {
    return refusal.parse(JSON.parse(text)).message;
  } catch {
    // Not GitHub's own JSON: what stands before it answered.
    return 'no reason was given';
  }
}
