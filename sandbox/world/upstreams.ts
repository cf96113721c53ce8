import type { CauseOf } from '../scenarios/causes.ts';
import type { UpstreamEstate } from '../scenarios/estate.ts';
import { internetFailureRatio } from './network.ts';
import type { RevisionState, WorldState } from './state.ts';

/** A third party on the internet, and what it does to its callers now. */
export interface UpstreamState {
  readonly estate: UpstreamEstate;
  trouble: Pick<CauseOf<'upstream-failing'>, 'how' | 'ratio' | 'seconds'> | undefined;
}

/** What calling third parties does to a request of this revision. */
export interface UpstreamOutlook {
  /** Share of the requests that fail by it. */
  readonly failureRatio: number;
  /** After which they do. */
  readonly failureMs: number;
  /** What all that call take longer. */
  readonly extraMs: number;
  readonly line: string | undefined;
}

const AT_ONCE_MS = 60;
const ANSWERED_MS = 250;

/** The worst of the third parties that this revision's requests call. */
export function upstreamOutlook(state: WorldState, revision: RevisionState): UpstreamOutlook {
  const { upstreams, upstreamRatio, timeoutSeconds } = revision.code.request;
  let worst: UpstreamOutlook = { failureRatio: 0, failureMs: 0, extraMs: 0, line: undefined };
  for (const name of upstreams) {
    const upstream = state.upstreams.get(name);
    if (!upstream) continue;
    const lost = internetFailureRatio(state, revision);
    const one = lost > 0 ? unreachable(upstream.estate, lost, timeoutSeconds) : troubled(upstream, timeoutSeconds);
    if (one.failureRatio + one.extraMs > worst.failureRatio + worst.extraMs) worst = one;
  }
  return { ...worst, failureRatio: worst.failureRatio * upstreamRatio, extraMs: worst.extraMs * upstreamRatio };
}

const unreachable = (estate: UpstreamEstate, ratio: number, seconds: number): UpstreamOutlook => ({
  failureRatio: ratio,
  failureMs: seconds * 1000,
  extraMs: 0,
  line: upstreamLine(estate, 'times-out', seconds),
});

function troubled({ estate, trouble }: UpstreamState, timeoutSeconds: number): UpstreamOutlook {
  const fails = (failureMs: number, how: Trouble): UpstreamOutlook => ({
    failureRatio: trouble?.ratio ?? 0,
    failureMs,
    extraMs: 0,
    line: upstreamLine(estate, how, timeoutSeconds),
  });
  switch (trouble?.how) {
    case undefined:
      return { failureRatio: 0, failureMs: 0, extraMs: 0, line: undefined };
    case 'times-out':
      return fails(timeoutSeconds * 1000, 'times-out');
    case 'refuses':
      return fails(AT_ONCE_MS, 'refuses');
    case 'errors':
    case 'rate-limits':
      return fails(ANSWERED_MS, trouble.how);
    case 'slow':
      // An app whose patience is shorter than that gives up on it, and says so.
      return trouble.seconds < timeoutSeconds
        ? { failureRatio: 0, failureMs: 0, extraMs: trouble.seconds * 1000 * trouble.ratio, line: undefined }
        : fails(timeoutSeconds * 1000, 'read-times-out');
  }
}

type Trouble = 'times-out' | 'read-times-out' | 'refuses' | 'errors' | 'rate-limits';

/**
 * What an HTTP client prints when a call failed, each in its own words. Shapes of python-requests, axios and Go's net/http, as their public issue
 * threads quote them (read 2026-11-23).
 */
export function upstreamLine({ name, address, client, path }: UpstreamEstate, how: Trouble, seconds: number): string {
  const url = `https://${name}${path}`;
  switch (client) {
    case 'requests':
      return {
        'times-out': `requests.exceptions.ConnectTimeout: HTTPSConnectionPool(host='${name}', port=443): Max retries exceeded with url: ${path} (Caused by ConnectTimeoutError('Connection to ${name} timed out. (connect timeout=${seconds})'))`,
        'read-times-out': `requests.exceptions.ReadTimeout: HTTPSConnectionPool(host='${name}', port=443): Read timed out. (read timeout=${seconds})`,
        refuses: `requests.exceptions.ConnectionError: HTTPSConnectionPool(host='${name}', port=443): Max retries exceeded with url: ${path} (Caused by NewConnectionError('Failed to establish a new connection: [Errno 111] Connection refused'))`,
        errors: `requests.exceptions.HTTPError: 503 Server Error: Service Unavailable for url: ${url}`,
        'rate-limits': `requests.exceptions.HTTPError: 429 Client Error: Too Many Requests for url: ${url}`,
      }[how];
    case 'axios':
      return {
        'times-out': `AxiosError: connect ETIMEDOUT ${address}:443 (POST ${url})`,
        'read-times-out': `AxiosError: timeout of ${seconds * 1000}ms exceeded (POST ${url})`,
        refuses: `AxiosError: connect ECONNREFUSED ${address}:443 (POST ${url})`,
        errors: `AxiosError: Request failed with status code 503 (POST ${url})`,
        'rate-limits': `AxiosError: Request failed with status code 429 (POST ${url})`,
      }[how];
    case 'go':
      return {
        'times-out': `Post "${url}": dial tcp ${address}:443: i/o timeout`,
        'read-times-out': `Post "${url}": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`,
        refuses: `Post "${url}": dial tcp ${address}:443: connect: connection refused`,
        errors: `Post "${url}": unexpected status 503 Service Unavailable`,
        'rate-limits': `Post "${url}": unexpected status 429 Too Many Requests`,
      }[how];
  }
}
