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
  // Of one end two lines may tell: what Cloud Run says of the container, and what its first generation's kernel says of the program. Texts of
  // chainguard-dev/terraform-infra-common#526 and of public post-mortems, read 2026-11-25. 15 asks to stop, as Cloud Run does of what it needs no
  // more; 9 leaves no choice, as when memory runs out.
  { signature: 'container-stopped', pattern: /(Container terminated on signal|Uncaught signal:) 15\b/ },
  { signature: 'container-killed', pattern: /Container terminated on signal 9\b/ },
  { signature: 'container-crashed', pattern: /Container terminated on signal \d+/ },
  { signature: 'signal-uncaught', pattern: /Uncaught signal: \d+/ },
  { signature: 'program-not-runnable', pattern: /exec format error|failed to resolve binary path/i },
  { signature: 'request-timed-out', pattern: /reached the maximum request timeout/ },
  {
    signature: 'response-malformed',
    pattern: /the HTTP response was malformed or connection to the instance had an error/,
  },
  { signature: 'response-truncated', pattern: /Truncated response body/ },
  { signature: 'not-authenticated', pattern: /The request was not authenticated/ },
  { signature: 'secret-unavailable', pattern: /Could not fetch secret "\S+" for environment variable/ },
  { signature: 'connector-missing', pattern: /VPC connector \S+ does not exist|Problem connecting to VPC Connector/i },
  // Of the request log and of clients alike: cloud.google.com/sql/docs/mysql/connect-auth-proxy, and post-mortems of 2026-10, read 2026-11-25.
  {
    signature: 'quota-exceeded',
    pattern: /Quota exceeded for|Error 429: Quota exceeded|exceeded its quota limit for|rateLimitExceeded/,
  },
  { signature: 'connector-unhealthy', pattern: /VPC Access connector failed to get healthy/ },
  // Application lines of databases: before those of any private address, since some speak of time-outs too.
  // Real text: nozomi-koborinai/terradart#232, moonklabs/sprintable#3645, dev.to/alachaum, majong-app-staging, and Cloud SQL's own connectors.
  {
    signature: 'cloud-sql-socket-failing',
    pattern:
      /Cloud ?SQL connection failed|connection to Cloud SQL instance at \S+ failed|\/cloudsql\/\S+ failed: (No such file|Connection refused)|ENOENT \/cloudsql\/|ECONNREFUSED \/cloudsql\/|failed to connect to instance .*(Dial|Config) error|dial tcp \S+:3307/i,
  },
  { signature: 'cloud-sql-socket-closed', pattern: /\/cloudsql\/\S+ failed: server closed the connection/ },
  {
    signature: 'database-slots-exhausted',
    pattern: /remaining connection slots are reserved|too many (clients|connections)|max number of clients reached/i,
  },
  // SQLAlchemy, Prisma, HikariCP, node-postgres, knex, psycopg, ActiveRecord, pgx, Npgsql, sqlx, r2d2, Tomcat, SqlClient, Sequelize, each in its own words.
  {
    signature: 'database-pool-exhausted',
    pattern:
      /QueuePool limit of size|Timed out fetching a new connection from the connection pool|Connection is not available, request timed out after|timeout exceeded when trying to connect|Timeout acquiring a connection|couldn't get a connection after|could not obtain a (database )?connection (from the pool )?within|all pooled connections were in use|connection pool (is |has been )?exhausted|PoolTimeout|pool timed out while waiting for an open connection|timed out waiting for connection|Pool empty\. Unable to fetch a connection|prior to obtaining a connection from the pool|ConnectionAcquireTimeout/i,
  },
  {
    signature: 'database-not-ready',
    pattern:
      /the database system is (starting up|shutting down|in recovery|not yet accepting)|terminating connection due to administrator command/i,
  },
  {
    signature: 'database-connection-lost',
    pattern:
      /Lost connection to MySQL server|MySQL server has gone away|server closed the connection unexpectedly|Connection terminated unexpectedly|connection already closed|SSL connection has been closed unexpectedly|SSL SYSCALL error: EOF detected|Communications link failure(?![\s\S]*has not received any packets)/i,
  },
  {
    signature: 'database-query-slow',
    pattern:
      /canceling statement due to (statement|lock) timeout|Lock wait timeout exceeded|deadlock detected|maximum statement execution time exceeded/i,
  },
  { signature: 'redis-out-of-memory', pattern: /OOM command not allowed when used memory/ },
  { signature: 'redis-read-only', pattern: /READONLY You can't write against a read only (replica|slave)/i },
  { signature: 'no-space-left', pattern: /No space left on device|ENOSPC/ },
  {
    signature: 'database-login-refused',
    pattern: /password authentication failed|Access denied for user|WRONGPASS|NOAUTH|no pg_hba\.conf entry/i,
  },
  { signature: 'subnetwork-full', pattern: /insufficient free IP addresses in the subnetwork/ },
  // What runtimes print of a heap that is full, whatever room their container has.
  {
    signature: 'heap-exhausted',
    pattern: /JavaScript heap out of memory|java\.lang\.OutOfMemoryError|fatal error: runtime: out of memory/,
  },
  // gunicorn, of a worker that it ends for not having answered in time.
  { signature: 'worker-timed-out', pattern: /\bWORKER TIMEOUT\b/ },
  // MySQL's clients tell how by the number of the system's error alone: 111 is ECONNREFUSED (Linux, errno.h), before those that time out.
  { signature: 'private-connection-refused', pattern: /Can't connect to MySQL server on [^(]*\((\[Errno )?111\b/i },
  // Application lines: what a client of a private address prints when nothing comes back. Prisma does not tell whether anything did. libpq, libmysql,
  // PyMySQL, PDO, redis-py, go-redis (which waits for what hangs), lettuce, ioredis and Npgsql in their own words (their sources and public issues, read 2026-11-30); 110 is ETIMEDOUT.
  {
    signature: 'private-connection-timed-out',
    pattern:
      /ETIMEDOUT|i\/o timeout|Connection timed out|connect(ion)? timed? ?out|context deadline exceeded|initialization timeout after|ping timeout after|Can't reach database server at|Communications link failure|failed: timeout expired|Can't connect to MySQL server on [^(]*\((timed out|110\b|\[Errno 110\])|SQLSTATE\[[0-9A-Z]+\] \[2002\] (Connection|Operation) timed out|redis: connection pool timeout|redis\S*TimeoutError: Timeout (connecting to|reading from)|RedisCommandTimeoutException|Reached the max retries per request limit|NpgsqlException.*(time-?out|timed out)/i,
  },
  {
    signature: 'name-not-resolved',
    pattern:
      /ENOTFOUND|EAI_AGAIN|no such host|could not translate host name|Name or service not known|UnknownHostException/,
  },
  { signature: 'no-route', pattern: /EHOSTUNREACH|ENETUNREACH|no route to host|network is unreachable/i },
  {
    signature: 'private-connection-refused',
    pattern: /ECONNREFUSED|connection refused|Connection to \S+:\d+ refused/i,
  },
  { signature: 'health-check-failed', pattern: /GET \S*\/(health|ready|live)\S* -> 5\d\d|Health check failing/i },
  {
    signature: 'certificate-refused',
    pattern:
      /CERT_HAS_EXPIRED|certificate has expired|certificate verify failed|ERR_TLS_CERT_ALTNAME_INVALID|UNABLE_TO_VERIFY_LEAF_SIGNATURE|unable to verify the first certificate|x509: certificate|before secure TLS connection was established/i,
  },
  { signature: 'upstream-failed', pattern: /upstream connect error|upstream \S+ failed: HTTP [45]\d\d/ },
  // Of axios, got and Spring, where they do not say whom they asked: with a URL it is a host that failed.
  {
    signature: 'upstream-failed',
    pattern:
      /^(?![\s\S]*https?:\/\/)[\s\S]*(?:Request failed with status code 5\d\d|Response code 5\d\d \(|HttpServerErrorException)/,
  },
  { signature: 'module-missing', pattern: /ModuleNotFoundError|Cannot find module|ClassNotFoundException/ },
  {
    signature: 'setting-missing',
    pattern:
      /Missing \S+ for|environment variable \S+ (is )?(required|not set|missing)|missing (required )?(environment|env) variables?\b|required (environment|env) variables? .*(missing|not set)|Could not resolve placeholder '/i,
  },
  // Python's word for any key that is not there. A variable's, where os.environ was asked, or where it is named as they are: in upper case (POSIX.1-2017,
  // volume XBD, 8.1). Four letters at least: in a document, a currency or a country is a key in upper case too (ISO 4217 and 3166: two or three).
  {
    signature: 'setting-missing',
    pattern:
      /KeyError: '[A-Z][A-Z0-9_]{3,}'|key not found: "[A-Z][A-Z0-9_]{3,}" \(KeyError\)|(?:os\.environ|<frozen os>)[\s\S]*KeyError: '/,
  },
  { signature: 'key-missing', pattern: /KeyError: '/ },
] as const satisfies readonly { signature: string; pattern: RegExp }[];

export type LogSignature = (typeof logSignatures)[number]['signature'] | 'outside-host-failed' | 'unknown';

/** What a failed call to a public host looks like too: the host decides. */
const SHARED_WITH_OUTSIDE: readonly string[] = ['private-connection-timed-out', 'private-connection-refused'];

export function signatureOf(text: string): LogSignature {
  const found = logSignatures.find(({ pattern }) => pattern.test(text))?.signature;
  if (found !== undefined && !SHARED_WITH_OUTSIDE.includes(found)) return found;
  return outsideFailureOf(text) === undefined ? (found ?? 'unknown') : 'outside-host-failed';
}
