/** How a call to a host on the internet failed, as the line of the client that made it says. */
export interface OutsideFailure {
  readonly host: string;
  readonly how: 'rate-limited' | 'server-error' | 'name-not-found' | 'refused' | 'reset' | 'timed-out';
}

/** Where clients name the host that they called: a URL, a pool, a dialled address, a name that did not resolve. The first that matches counts. */
const HOST_AT: readonly RegExp[] = [
  /https?:\/\/(?:[^\s/@]*@)?([\w.-]+)(?::(\d+))?/i,
  /host=['"]([\w.-]+)['"],? port=(\d+)/i,
  /(?:ENOTFOUND|EAI_AGAIN|lookup) ([\w.-]+)/,
  /(?:ETIMEDOUT|ECONNREFUSED|ECONNRESET|EHOSTUNREACH|dial tcp) ([\w.-]+):(\d+)/,
  /Connection to ([\w.-]+\.[\w.-]+) timed out/i,
  /upstream ([\w.-]+) failed/i,
];

/** The first that matches names it: a rate limit is told by its number, whatever else the line says. */
const HOW: readonly (readonly [RegExp, OutsideFailure['how']])[] = [
  [/\b429\b|too many requests|rate ?limit/i, 'rate-limited'],
  [
    /\b5\d\d (?:server error|internal server error|bad gateway|service unavailable|gateway time-?out)|\bstatus(?: code)?:? 5\d\d\b|\bHTTP 5\d\d\b/i,
    'server-error',
  ],
  [/ENOTFOUND|EAI_AGAIN|no such host|name or service not known|name resolution/i, 'name-not-found'],
  [/ECONNREFUSED|connection refused/i, 'refused'],
  [/ECONNRESET|socket hang up|connection reset/i, 'reset'],
  [/ETIMEDOUT|EHOSTUNREACH|i\/o timeout|timed? ?out|timeout of \d+ ?ms|deadline exceeded/i, 'timed-out'],
];

/** undefined for a line that names no public host, or no failure of a call to it. */
export function outsideFailureOf(text: string): OutsideFailure | undefined {
  const named = HOST_AT.map((pattern) => pattern.exec(text)).find((match) => match !== null);
  const [, host = '', port] = named ?? [];
  if (!isPublic(host) || !isWeb(port)) return undefined;
  const how = HOW.find(([pattern]) => pattern.test(text))?.[1];
  return how === undefined ? undefined : { host: host.toLowerCase(), how };
}

/** A database that is reached by a public name is not what is meant here. */
const isWeb = (port: string | undefined): boolean => port === undefined || port === '443' || port === '80';

/** RFC 1918, 6598, 3927 and loopback; among names, those that the internet's DNS does not have. */
const PRIVATE =
  /^(?:10|127)\.|^192\.168\.|^169\.254\.|^172\.(?:1[6-9]|2\d|3[01])\.|^100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\./;
const INTERNAL = /\.(?:internal|local|localhost|svc|cluster)\.?$/i;

const isPublic = (host: string): boolean => host.includes('.') && !PRIVATE.test(host) && !INTERNAL.test(host);
