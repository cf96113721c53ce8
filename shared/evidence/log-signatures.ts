/**
 * What Cloud Run and its clients print, and what each line speaks for. Verbatim fragments, collected from Google's documentation and public
 * threads (2026-11-23). The first that matches names the line.
 */
export const logSignatures = [
  // Platform lines: run.googleapis.com/requests and varlog/system.
  { signature: 'no-available-instance', pattern: /no available instance/ },
  { signature: 'instance-did-not-start', pattern: /the instance could not start successfully/ },
  { signature: 'readiness-check-failed', pattern: /the instance failed the readiness check/ },
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
  { signature: 'not-authenticated', pattern: /The request was not authenticated/ },
  { signature: 'connector-missing', pattern: /VPC connector \S+ does not exist/ },
  // Of the request log and of clients alike: cloud.google.com/sql/docs/mysql/connect-auth-proxy, and post-mortems of 2026-10, read 2026-11-25.
  {
    signature: 'quota-exceeded',
    pattern: /Quota exceeded for|Error 429: Quota exceeded|exceeded its quota limit for|rateLimitExceeded/,
  },
  // Application lines: what a client of a private address prints when nothing comes back.
  {
    signature: 'private-connection-timed-out',
    pattern:
      /ETIMEDOUT|i\/o timeout|Connection timed out|connect(ion)? timed? ?out|context deadline exceeded|initialization timeout after|ping timeout after/i,
  },
  { signature: 'private-connection-refused', pattern: /ECONNREFUSED|connection refused/i },
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

export type LogSignature = (typeof logSignatures)[number]['signature'] | 'unknown';

export const signatureOf = (text: string): LogSignature =>
  logSignatures.find(({ pattern }) => pattern.test(text))?.signature ?? 'unknown';
