import { outsideFailureOf } from './outside-host.ts';

/**
 * What Cloud Run and its clients print, and what each line speaks for. Verbatim fragments, collected from Google's documentation and public
 * threads (2026-11-23). The first that matches names the line.
 */
export const logSignatures = [
  // Platform lines: run.googleapis.com/requests and varlog/system.
  { signature: 'no-available-instance', pattern: /no available instance/ },
  { signature: 'instance-did-not-start', pattern: /the instance could not start successfully/ },
  { signature: 'readiness-check-failed', pattern: /the instance failed the readiness check/ },
  { signature: 'instance-starting', pattern: /Starting new instance/ },
  { signature: 'startup-probe-succeeded', pattern: /STARTUP \S+ probe succeeded/ },
  { signature: 'startup-probe-failed', pattern: /STARTUP \S+ probe failed/ },
  { signature: 'liveness-probe-failed', pattern: /LIVENESS \S+ probe failed/ },
  { signature: 'port-not-listening', pattern: /failed to start and listen on the port/ },
  {
    signature: 'memory-limit-exceeded',
    pattern: /Memory limit of [\d.]+ ?M(iB)? exceeded|found to be using too much memory/,
  },
  { signature: 'container-exited', pattern: /Container called exit\(\d+\)/ },
  { signature: 'request-timed-out', pattern: /reached the maximum request timeout/ },
  {
    signature: 'response-malformed',
    pattern: /the HTTP response was malformed or connection to the instance had an error/,
  },
  { signature: 'response-truncated', pattern: /Truncated response body/ },
  { signature: 'not-authenticated', pattern: /The request was not authenticated/ },
  { signature: 'connector-missing', pattern: /VPC connector \S+ does not exist/ },
  { signature: 'connector-unhealthy', pattern: /VPC Access connector failed to get healthy/ },
  // Application lines: what a client of a private address prints when nothing comes back.
  {
    signature: 'private-connection-timed-out',
    pattern:
      /ETIMEDOUT|i\/o timeout|Connection timed out|connect(ion)? timed? ?out|context deadline exceeded|initialization timeout after|ping timeout after/i,
  },
  { signature: 'private-connection-refused', pattern: /ECONNREFUSED|connection refused/i },
  { signature: 'health-check-failed', pattern: /GET \S*\/(health|ready|live)\S* -> 5\d\d|Health check failing/i },
  {
    signature: 'database-slots-exhausted',
    pattern: /remaining connection slots are reserved|too many (clients|connections)/i,
  },
  { signature: 'upstream-failed', pattern: /upstream connect error|upstream \S+ failed: HTTP 5\d\d/ },
  { signature: 'cloud-sql-socket-closed', pattern: /\/cloudsql\/\S+ failed: server closed the connection/ },
  { signature: 'module-missing', pattern: /ModuleNotFoundError|Cannot find module|ClassNotFoundException/ },
  {
    signature: 'setting-missing',
    pattern: /Missing \S+ for|environment variable \S+ (is )?(required|not set|missing)|KeyError: '/i,
  },
] as const satisfies readonly { signature: string; pattern: RegExp }[];

export type LogSignature = (typeof logSignatures)[number]['signature'] | 'outside-host-failed' | 'unknown';

/** What a failed call to a public host looks like too: the host decides. */
const SHARED_WITH_OUTSIDE: readonly string[] = ['private-connection-timed-out', 'private-connection-refused'];

export function signatureOf(text: string): LogSignature {
  const found = logSignatures.find(({ pattern }) => pattern.test(text))?.signature;
  if (found !== undefined && !SHARED_WITH_OUTSIDE.includes(found)) return found;
  return outsideFailureOf(text) === undefined ? (found ?? 'unknown') : 'outside-host-failed';
}
