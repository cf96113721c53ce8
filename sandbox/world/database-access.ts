import { connectionNameOf, isFull, poolLoad } from './databases.ts';
import { dependencyLine } from './log-texts.ts';
import { databaseFailure } from './network.ts';
import type { DatabaseState, RevisionState, WorldState } from './state.ts';
import { isJson, socketsOf } from './template.ts';

/** Share of new connections, or of requests, that come to nothing; after how long, and what the app prints where its code does not say. */
export interface AccessFailure {
  readonly ratio: number;
  readonly how: 'slowly' | 'at-once';
  /** undefined: the app's own words about a dependency that does not answer. */
  readonly line: string | undefined;
  /** Where it is neither at once nor the app's usual patience. */
  readonly afterSeconds?: number;
}

const NONE: AccessFailure = { ratio: 0, how: 'slowly', line: undefined };
const WRITES_RATIO = 0.6; // Of the requests that touch a Redis, this share writes to it.

/** What a new connection from this revision to a database may expect. */
export function connectionFailure(state: WorldState, revision: RevisionState, name: string): AccessFailure {
  const database = state.databases.get(name);
  if (database === undefined) return NONE;
  const bySocket = usesSocket(state, revision, database);
  if (bySocket) {
    const failure = socketFailure(state, revision, database);
    if (failure !== undefined) return failure;
  }
  const reached = bySocket ? beyondTheSocket(state, database) : databaseFailure(state, revision, name);
  if (reached.ratio > 0) return { line: undefined, ...reached };
  if (database.refuses.has(revision.service)) return { ratio: 1, how: 'at-once', line: loginLine(database, revision) };
  if (database.refusedRatio > 0) return { ratio: database.refusedRatio, how: 'at-once', line: slotsLine(database) };
  return NONE;
}

/** Of an instance that has one and does not say which. */
const PUBLIC_ADDRESS = '34.72.10.20';

/**
 * The socket ends at the instance itself, whatever lies between: at the port of the proxy on its side, which is 3307. Words of Cloud Run's own proxy, as
 * public post-mortems have them (majong-app-staging, headhunter-ai-0088; read 2026-11-30).
 */
function beyondTheSocket(
  { scenario }: WorldState,
  { state, estate }: DatabaseState,
): Pick<AccessFailure, 'ratio' | 'how' | 'line'> {
  if (state === 'up') return NONE;
  const { project, region } = scenario.estate;
  const host = estate.cloudSql.publicAddress ? PUBLIC_ADDRESS : estate.address.replace(/:\d+$/, '');
  const how = state === 'refuses' ? 'at-once' : 'slowly';
  const why =
    how === 'at-once'
      ? `dial tcp ${host}:3307: connect: connection refused`
      : `connection to Cloud SQL instance at ${host}:3307 failed: timed out after 10s`;
  return {
    ratio: 1,
    how,
    line: `Cloud SQL connection failed. Please see https://cloud.google.com/sql/docs/mysql/connect-run, https://cloud.google.com/sql/docs/postgres/connect-run, or https://cloud.google.com/sql/docs/sqlserver/connect-run for additional details: dial error: failed to dial (connection name = "${connectionNameOf(estate, project, region)}"): ${why}`,
  };
}

/** What a request that begins now may expect of a database that it needs: a connection, one from the pool, one that lives, and an answer in time. */
export function requestFailure(state: WorldState, revision: RevisionState, name: string): AccessFailure {
  const connection = connectionFailure(state, revision, name);
  const database = state.databases.get(name);
  if (database === undefined) return connection;
  const refused = database.refuses.get(revision.service);
  // What stands goes on standing: only what a pool opens anew is turned away.
  if (connection.ratio > 0 && refused !== undefined && database.state === 'up')
    return { ...connection, ratio: Math.min(1, (state.nowMs - refused.sinceMs) / refused.recycleMs) };
  if (connection.ratio > 0) return connection;
  const { request } = revision.code;
  if (isFull(database)) return { ratio: WRITES_RATIO, how: 'at-once', line: FULL_LINE };
  const staleMs = state.nowMs - database.restartedMs;
  if (staleMs < request.staleSeconds * 1000)
    return { ratio: 1 - staleMs / (request.staleSeconds * 1000), how: 'at-once', line: request.staleLine };
  const load = poolLoad(database, revision);
  if (load > 1) {
    const afterSeconds = request.poolTimeoutSeconds;
    return { ratio: 1 - 1 / load, how: 'slowly', line: request.poolTimeoutLine, afterSeconds };
  }
  // Times of queries spread as waiting times do: some take many times the mean.
  const late = Math.exp((-request.timeoutSeconds * 1000) / (request.queryMs * database.slowness));
  return late < 0.001 ? NONE : { ratio: late, how: 'slowly', line: SLOW_LINE };
}

/** What the databases that it needs add to the time of a request that is served. */
export function addedMs(state: WorldState, revision: RevisionState): number {
  const { needs, queryMs, poolTimeoutSeconds } = revision.code.request;
  return needs.reduce((sum, name) => {
    const database = state.databases.get(name);
    if (database === undefined) return sum;
    const waited = poolLoad(database, revision) > 1 ? poolTimeoutSeconds * 700 : 0;
    return sum + queryMs * (database.slowness - 1) + waited;
  }, 0);
}

function usesSocket(state: WorldState, { template }: RevisionState, { estate }: DatabaseState): boolean {
  const { project, region } = state.scenario.estate;
  return socketsOf(template).includes(connectionNameOf(estate, project, region));
}

/** Cloud SQL's own socket passes no connector; where the instance has a private address only, it needs a way into the VPC all the same (moonklabs/sprintable#3645). */
function socketFailure(
  state: WorldState,
  { template }: RevisionState,
  { estate, socket }: DatabaseState,
): AccessFailure | undefined {
  const { project, region } = state.scenario.estate;
  const connectionName = connectionNameOf(estate, project, region);
  const host = estate.address.replace(/:\d+$/, '');
  if (!estate.cloudSql.publicAddress && !isJson(template['vpcAccess']))
    return {
      ratio: 1,
      how: 'slowly',
      line: `failed to connect to instance "${connectionName}": Dial error: failed to dial (connection name = "${connectionName}"): dial tcp ${host}:3307: i/o timeout`,
    };
  switch (socket) {
    case 'works':
      return undefined;
    case 'closes':
      // Real text: message lines collected from public files, 2026-11-23.
      return {
        ratio: 1,
        how: 'at-once',
        line: `connection to server on socket "/cloudsql/${connectionName}/.s.PGSQL.5432" failed: server closed the connection unexpectedly`,
      };
    case 'quota':
      // Real text: dev.to/alachaum, "How to connect to Cloud SQL from Cloud Run", read 2026-11-23.
      return {
        ratio: 0.8,
        how: 'at-once',
        line: `CloudSQL connection failed. Please see https://cloud.google.com/sql/docs/mysql/connect-run for additional details: ensure that the account has access to "${connectionName}". Error during get instance: googleapi: Error 429: Quota exceeded for quota metric 'Queries' and limit 'Queries per user per 100 seconds', rateLimitExceeded`,
      };
    case 'forbidden':
      return {
        ratio: 1,
        how: 'at-once',
        line: `CloudSQL connection failed. Please see https://cloud.google.com/sql/docs/mysql/connect-run for additional details: googleapi: Error 403: boss::NOT_AUTHORIZED: Not authorized to access resource. Possibly missing permission cloudsql.instances.get on resource instances/${connectionName.split(':')[2]}., forbidden`,
      };
  }
}

/** Real text: hushh-labs/hushh-research#5872; MySQL's own error 1040. */
const slotsLine = ({ estate }: DatabaseState): string =>
  estate.kind === 'mysql'
    ? "(1040, 'Too many connections')"
    : 'FATAL: remaining connection slots are reserved for non-replication superuser connections';

/** Redis's own words: src/server.c of Redis 7. */
const FULL_LINE = "OOM command not allowed when used memory > 'maxmemory'.";
/** PostgreSQL's, MySQL's and Redis's own words. */
const loginLine = ({ estate: { kind } }: DatabaseState, { service }: RevisionState): string => {
  if (kind === 'redis') return 'WRONGPASS invalid username-password pair or user is disabled.';
  return kind === 'mysql'
    ? `(1045, "Access denied for user '${service}'@'%' (using password: YES)")`
    : `FATAL: password authentication failed for user "${service}"`;
};
/** PostgreSQL's own words. */
const SLOW_LINE = 'ERROR: canceling statement due to statement timeout';

/** What an app says about a database that fails it, unless its code has words of its own for that. */
export function failureLine(
  state: WorldState,
  name: string,
  { line, how }: AccessFailure,
  own: { readonly timeoutLine: string | undefined; readonly seconds: number },
): string {
  const estate = state.databases.get(name)?.estate;
  return line ?? own.timeoutLine ?? dependencyLine(estate?.kind ?? 'other', estate?.address ?? name, how, own.seconds);
}
