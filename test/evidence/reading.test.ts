import { describe, expect, it } from 'vitest';
import { signatureOf } from '../../shared/evidence/log-signatures.ts';

describe('log signatures', () => {
  // Lines as Cloud Run and its clients print them; sources in test/fixtures/logs/README.md.
  it.each([
    ['The request was aborted because there was no available instance.', 'no-available-instance'],
    ['The request failed because the instance could not start successfully.', 'instance-did-not-start'],
    ['The request failed because the instance failed the readiness check.', 'readiness-check-failed'],
    [
      'Default STARTUP TCP probe failed 1 time consecutively for container "worker" on port 8080. The instance was not started.',
      'startup-probe-failed',
    ],
    [
      'Memory limit of 512 MiB exceeded with 513 MiB used. Consider increasing the memory limit',
      'memory-limit-exceeded',
    ],
    ['Memory limit of 953M exceeded with 967M used', 'memory-limit-exceeded'],
    [
      'While handling this request, the container instance was found to be using too much memory and was terminated.',
      'memory-limit-exceeded',
    ],
    ['Container called exit(3).', 'container-exited'],
    ['Container terminated on signal 11.', 'container-crashed'],
    ['Container terminated on signal 9.', 'container-killed'],
    ['Container terminated on signal 15.', 'container-stopped'],
    ['Uncaught signal: 11, pid=1, tid=12, fault_addr=0.', 'signal-uncaught'],
    ['Uncaught signal: 15, pid=1, tid=1, fault_addr=0.', 'container-stopped'],
    [
      'LIVENESS HTTP probe failed 3 times consecutively for container "auth-1" on path "/healthz". The instance has been shut down.',
      'liveness-probe-failed',
    ],
    ['failed to load /app/server: exec format error', 'program-not-runnable'],
    ['[2026-11-25 10:00:00 +0000] [1] [CRITICAL] WORKER TIMEOUT (pid:12)', 'worker-timed-out'],
    ['FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory', 'heap-exhausted'],
    ['java.lang.OutOfMemoryError: Java heap space', 'heap-exhausted'],
    ["Can't reach database server at `10.20.0.3`:`5432`", 'private-connection-timed-out'],
    [
      'Connection to 10.20.0.3:5432 refused. Check that the hostname and port are correct and that the postmaster is accepting TCP/IP connections.',
      'private-connection-refused',
    ],
    [
      'Communications link failure The last packet sent successfully to the server was 0 milliseconds ago. The driver has not received any packets from the server.',
      'private-connection-timed-out',
    ],
    [
      'Communications link failure The last packet successfully received from the server was 12 milliseconds ago.',
      'database-connection-lost',
    ],
    ["READONLY You can't write against a read only replica.", 'redis-read-only'],
    ['could not extend file "base/16384/1": No space left on device', 'no-space-left'],
    ['psycopg2.OperationalError: SSL connection has been closed unexpectedly', 'database-connection-lost'],
    [
      'Problem connecting to VPC Connector projects/p/locations/l/connectors/c: Serverless VPC Access is not found.',
      'connector-missing',
    ],
    ['The request has been terminated because it has reached the maximum request timeout.', 'request-timed-out'],
    [
      'The request failed because either the HTTP response was malformed or connection to the instance had an error.',
      'response-malformed',
    ],
    [
      'The user-provided container failed to start and listen on the port defined provided by the PORT=8080 environment variable within the allocated timeout.',
      'port-not-listening',
    ],
    ['VPC connector projects/p/locations/l/connectors/bot-trading-connector does not exist', 'connector-missing'],
    [
      'Database initialization timeout after 25.0s in staging environment. This may indicate Cloud SQL connection issues.',
      'private-connection-timed-out',
    ],
    ['Redis ping timeout after 10.0s', 'private-connection-timed-out'],
    ['dial tcp 10.110.0.3:3307: i/o timeout', 'cloud-sql-socket-failing'],
    ['dial tcp 10.110.0.3:5432: i/o timeout', 'private-connection-timed-out'],
    ['CloudSQL connection failed. Please see https://cloud.google.com/sql', 'cloud-sql-socket-failing'],
    ['connect ENOENT /cloudsql/acme:us-central1:db/.s.PGSQL.5432', 'cloud-sql-socket-failing'],
    ["(1040, 'Too many connections')", 'database-slots-exhausted'],
    ['QueuePool limit of size 5 overflow 10 reached, connection timed out, timeout 30.00', 'database-pool-exhausted'],
    ['HikariPool-1 - Connection is not available, request timed out after 30000ms.', 'database-pool-exhausted'],
    ['timeout exceeded when trying to connect', 'database-pool-exhausted'],
    ['FATAL: the database system is starting up', 'database-not-ready'],
    ["OperationalError (2013, 'Lost connection to MySQL server during query')", 'database-connection-lost'],
    ['server closed the connection unexpectedly', 'database-connection-lost'],
    ['ERROR: canceling statement due to statement timeout', 'database-query-slow'],
    ["OOM command not allowed when used memory > 'maxmemory'.", 'redis-out-of-memory'],
    ['FATAL: password authentication failed for user "app"', 'database-login-refused'],
    ['connect ECONNREFUSED 10.20.0.3:5432', 'private-connection-refused'],
    [
      'FATAL: remaining connection slots are reserved for non-replication superuser connections',
      'database-slots-exhausted',
    ],
    [
      'connection to server on socket "/cloudsql/acme-staging:us-central1:db/.s.PGSQL.5432" failed: server closed the connection unexpectedly',
      'cloud-sql-socket-closed',
    ],
    ["ModuleNotFoundError: No module named 'shop_backend.app.services.monitoring'", 'module-missing'],
    ['Missing secret_key_base for production', 'setting-missing'],
    ["KeyError: 'LEDGER_URL'", 'setting-missing'],
    ["KeyError: 'PORT'", 'setting-missing'],
    ['  File "<frozen os>", line 685, in __getitem__\nKeyError: \'region\'', 'setting-missing'],
    ["    region = os.environ['region']\nKeyError: 'region'", 'setting-missing'],
    ["KeyError: 'currency'", 'key-missing'],
    ["KeyError: 'EUR'", 'key-missing'],
    ['Starting new instance. Reason: AUTOSCALING', 'instance-starting'],
    [
      'Default STARTUP TCP probe succeeded after 1 attempt for container "backend-1" on port 8080.',
      'startup-probe-succeeded',
    ],
    [
      'Truncated response body. Usually implies that the request timed out or the application exited before the response was finished.',
      'response-truncated',
    ],
    [
      'Error code 13, message: An internal error occurred: VPC Access connector failed to get healthy. Please check GCE quotas, logs and org policies and recreate.',
      'connector-unhealthy',
    ],
    ['HTTP GET /health -> 503, latency: 13.045507683s', 'health-check-failed'],
    ['upstream connect error or disconnect/reset before headers. reset reason: connection failure', 'upstream-failed'],
    [
      'Cloud SQL connection failed. Please see https://cloud.google.com/sql/docs/mysql/connect-run for additional details: dial error: failed to dial (connection name = "p:r:i"): connection to Cloud SQL instance at 10.103.0.3:3307 failed: timed out after 10s',
      'cloud-sql-socket-failing',
    ],
    // libpq, PyMySQL, libmysql of Ruby, PDO, redis-py, lettuce, ioredis, Npgsql: their sources and public issues, read 2026-11-30.
    [
      'psycopg2.OperationalError: connection to server at "10.40.0.9", port 5432 failed: timeout expired',
      'private-connection-timed-out',
    ],
    [
      `(pymysql.err.OperationalError) (2003, "Can't connect to MySQL server on '10.60.1.7' (timed out)")`,
      'private-connection-timed-out',
    ],
    ["Can't connect to MySQL server on '10.60.1.7:3306' (110)", 'private-connection-timed-out'],
    [`(2003, "Can't connect to MySQL server on '10.60.1.7' ([Errno 110] x)")`, 'private-connection-timed-out'],
    ["Can't connect to MySQL server on '10.60.1.7:3306' (111)", 'private-connection-refused'],
    [`(2003, "Can't connect to MySQL server on '10.60.1.7' ([Errno 111] x)")`, 'private-connection-refused'],
    ["Can't connect to MySQL server on '10.60.1.7' (1105)", 'unknown'],
    ['SQLSTATE[HY000] [2002] Operation timed out', 'private-connection-timed-out'],
    ['SQLSTATE[HY000] [2002] No such file or directory', 'unknown'],
    ['redis.exceptions.TimeoutError: Timeout connecting to server', 'private-connection-timed-out'],
    ['redis.exceptions.TimeoutError: Timeout reading from socket', 'private-connection-timed-out'],
    ['Timeout connecting to server of the partner', 'unknown'],
    [
      'io.lettuce.core.RedisCommandTimeoutException: Command timed out after 10 second(s)',
      'private-connection-timed-out',
    ],
    [
      'MaxRetriesPerRequestError: Reached the max retries per request limit (which is 20).',
      'private-connection-timed-out',
    ],
    ['Npgsql.NpgsqlException (0x80004005): The operation has timed out', 'private-connection-timed-out'],
    ['The connection pool has been exhausted, either raise MaxPoolSize', 'database-pool-exhausted'],
    ['pool timed out while waiting for an open connection', 'database-pool-exhausted'],
    ['r2d2: timed out waiting for connection', 'database-pool-exhausted'],
    [
      'PoolExhaustedException: Timeout: Pool empty. Unable to fetch a connection in 30 seconds',
      'database-pool-exhausted',
    ],
    [
      'Timeout expired. The timeout period elapsed prior to obtaining a connection from the pool.',
      'database-pool-exhausted',
    ],
    ['SequelizeConnectionAcquireTimeoutError: Operation timeout', 'database-pool-exhausted'],
    ['Error: Missing required environment variable: SMTP_URL', 'setting-missing'],
    ['[env] Missing required environment variables: DATABASE_URL, PAYLOAD_SECRET.', 'setting-missing'],
    ['Required env variable SMTP_URL is not set', 'setting-missing'],
    [`Could not resolve placeholder 'smtp.url' in value "\${smtp.url}"`, 'setting-missing'],
    ['key not found: "SMTP_URL" (KeyError)', 'setting-missing'],
    ['key not found: "price" (KeyError)', 'unknown'],
    ['an ordinary line', 'unknown'],
  ])('%s', (text, signature) => {
    expect(signatureOf(text)).toBe(signature);
  });
});
