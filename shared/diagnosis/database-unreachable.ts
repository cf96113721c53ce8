import type { ObservedDatabase } from '../evidence/database.ts';
import type { LogsObservation } from '../evidence/logs.ts';
import { secondsBetween } from '../ports/clock.ts';
import type { SqlOperation } from '../ports/databases.ts';
import {
  cutOffBehind,
  factLine,
  failingUsers,
  isAlive,
  lineLine,
  linesFrom,
  lookLine,
  naming,
  seenFromVpc,
  servicesOf,
  sinceTrouble,
  total,
} from './database-facts.ts';
import type { Conclusion, Context } from './rule.ts';

// Whether a database is down, for PostgreSQL, MySQL and Redis alike.

/** Of Cloud SQL's operations, those that take an instance away for a while. Source: sqladmin v1, SqlOperationType (read 2026-11-23). */
const TAKES_AWAY: readonly string[] = [
  'RESTART',
  'MAINTENANCE',
  'FAILOVER',
  'SELF_SERVICE_MAINTENANCE',
  'RESTORE_VOLUME',
];
/**
 * A pool that still hands out connections from before a restart does so for as long as it recycles them: minutes (Flowminder/FlowKit#7284: about
 * five). Half an hour is our own choice: recycling times of 1800 s are common, and later a restart explains nothing.
 */
const STALE_SECONDS_MAX = 1800;
/** Of `up`, which is 0 or 1 and averaged over a minute. Our own choice: down for most of the minute is down. */
const UP_MIN = 0.5;

/** Judges one database. Not the connector: where a probe by Direct VPC egress reaches it, it is up, whoever cannot. */
export function judgeDown(
  database: ObservedDatabase,
  { databases, logs }: { readonly databases: readonly ObservedDatabase[]; readonly logs: LogsObservation },
  { until }: Context,
): Conclusion {
  const { name, target } = database;
  const complaints = linesFrom(database, COMPLAINTS, logs);
  const harmed = [...new Set([...servicesOf(complaints), ...failingUsers(database, logs)])].sort();
  const says = platformSays(database);
  const seen = seenFromVpc(database, databases);
  const away =
    says ?? (seen === undefined || isAlive(seen) ? undefined : `does not answer from inside the VPC (${seen.outcome})`);
  // A probe alone may have a reason of its own: a firewall rule that lets the services in and not it.
  if (says === undefined && away !== undefined && total(complaints) === 0)
    return {
      kind: 'inconclusive',
      reason: `${name} ${away}, and none that uses it complains`,
      settles: 'not-by-itself',
    };
  if (away !== undefined && (says === undefined || seen === undefined || !isAlive(seen)))
    return cause(database, away, harmed, complaints, says !== undefined && seen !== undefined ? 'certain' : 'likely');
  const stale = staleSince(database, logs, until);
  if (stale !== undefined) return stale;
  if (seen !== undefined) return { kind: 'ruled-out', reason: aliveReason(database, seen.detail) };
  const refused = naming(database, linesFrom(database, ['private-connection-refused'], logs));
  const down = isDownByMetric(database, logs);
  if (total(refused) > 0 || down === 'yes')
    return cause(
      database,
      down === 'yes' ? 'is down: its process does not run' : 'refuses connections',
      harmed,
      complaints,
      down === 'yes' ? 'certain' : 'likely',
    );
  const silent = complaints.filter(({ signature }) => signature === 'private-connection-timed-out');
  if (total(silent) === 0 || down === 'no') {
    const why = total(silent) === 0 ? 'none that uses it complains' : 'it was up in the last minute that was measured';
    return { kind: 'ruled-out', reason: `${name}: ${why}` };
  }
  return {
    kind: 'inconclusive',
    reason: `${name}: ${total(silent)} private connections timed out, and nothing here can tell whether it or the way to it is why`,
    settles: database.sql === undefined ? 'not-by-itself' : 'soon',
    about: { target, services: harmed },
    nextCheck: `Connect to ${name}${database.address === undefined ? '' : ` at ${database.address}`} from a machine in the VPC, past the connector.`,
  };
}

/** What its clients print while it is away. */
const COMPLAINTS = [
  'private-connection-timed-out',
  'private-connection-refused',
  'database-not-ready',
  'database-connection-lost',
  'cloud-sql-socket-closed',
  'cloud-sql-socket-failing',
  'no-space-left',
] as const;

/** What the platform itself says is wrong with it. */
function platformSays({ sql, redis, diskRatio }: ObservedDatabase): string | undefined {
  if (sql !== undefined) {
    if (sql.state !== 'RUNNABLE') return `is ${sql.state}${reasons(sql.suspensionReasons)}`;
    if (sql.activationPolicy === 'NEVER')
      return `was stopped${byWhom(sql.operations.find(({ type }) => type === 'UPDATE'))}`;
    const running = sql.operations.find(({ type, status }) => TAKES_AWAY.includes(type) && status === 'running');
    if (running !== undefined)
      return `is away for ${running.type}, since ${running.startedAt ?? 'a while'}${byWhom(running)}`;
    const full = diskRatio.at(-1)?.value ?? 0;
    if (full >= DISK_FULL_RATIO && !sql.storageAutoResize) return `has no disk left (${Math.round(full * 100)} %)`;
  }
  if (redis !== undefined && !SERVES.includes(redis.state))
    return `is ${redis.state}${reasons([redis.statusMessage ?? ''])}`;
  return undefined;
}

/** "Cloud SQL stops taking writes when the disk is full"; Google's own alert stands at 90 %. Source: Cloud SQL, manage disk usage (read 2026-11-23). */
const DISK_FULL_RATIO = 0.99;
/** States of redis v1 in which it answers. */
const SERVES: readonly string[] = ['READY', 'UPDATING', 'UNKNOWN'];

const reasons = (given: readonly string[]): string => {
  const said = given.filter((reason) => reason !== '');
  return said.length === 0 ? '' : ` (${said.join(', ')})`;
};
const byWhom = (operation: SqlOperation | undefined): string =>
  operation?.by === undefined ? '' : ` by ${operation.by}`;

function cause(
  database: ObservedDatabase,
  away: string,
  harmed: readonly string[],
  complaints: ReturnType<typeof linesFrom>,
  confidence: 'certain' | 'likely',
): Conclusion {
  const { name, target, looks, sql, redis } = database;
  const number = total(complaints);
  return {
    kind: 'cause',
    target,
    claim: `Database ${name} ${away}; ${number} connections of ${harmed.length === 0 ? 'nobody' : harmed.join(', ')} came to nothing.`,
    confidence,
    evidence: [
      ...(sql === undefined
        ? []
        : [factLine(`Cloud SQL says ${sql.state}, activation policy ${sql.activationPolicy}.`, database)]),
      ...(redis === undefined ? [] : [factLine(`Memorystore says ${redis.state}.`, database)]),
      ...looks.map((look) => ({ text: lookLine(look) })),
      ...complaints.slice(0, 3).map((line) => ({ text: lineLine(line) })),
    ],
    expects: [{ text: 'those who use it complain', seen: number > 0 ? 'yes' : 'no' }],
    services: harmed,
  };
}

/** It is back, and those who use it still hold connections from before. */
function staleSince(
  database: ObservedDatabase,
  logs: LogsObservation,
  until: Context['until'],
): Conclusion | undefined {
  const [ended] = (database.sql?.operations ?? []).flatMap(({ type, startedAt, endedAt }) =>
    TAKES_AWAY.includes(type) && endedAt !== undefined && secondsBetween(endedAt, until) <= STALE_SECONDS_MAX
      ? [{ type, startedAt, endedAt }]
      : [],
  );
  if (ended === undefined) return undefined;
  const lost = linesFrom(database, ['database-connection-lost'], logs).filter(({ lastAt }) => lastAt >= ended.endedAt);
  const harmed = servicesOf(lost);
  if (harmed.length === 0) return undefined;
  return {
    kind: 'cause',
    target: database.target,
    claim: `Database ${database.name} was away for ${ended.type} until ${ended.endedAt}, and ${harmed.join(', ')} still hold connections from before: ${total(lost)} were lost.`,
    confidence: 'likely',
    evidence: [
      factLine(`${ended.type} from ${ended.startedAt ?? 'an unknown time'} to ${ended.endedAt}.`, database),
      ...lost.slice(0, 3).map((line) => ({ text: lineLine(line) })),
    ],
    expects: [{ text: 'it answers again', seen: 'yes' }],
    services: harmed,
  };
}

function aliveReason(database: ObservedDatabase, detail: string): string {
  const connectors = cutOffBehind(database);
  const but = connectors.length === 0 ? '' : `; not so behind ${connectors.join(', ')}, which is why it seems down`;
  return `${database.name} answers from inside the VPC (${detail})${but}`;
}

/** Of the metric `up`; unknown where it has no points since the trouble began: they arrive up to 165 s late. */
function isDownByMetric(database: ObservedDatabase, logs: LogsObservation): 'yes' | 'no' | 'unknown' {
  const [last] = sinceTrouble(database.up, 1, database, logs) ?? [];
  if (last === undefined) return 'unknown';
  return last < UP_MIN ? 'yes' : 'no';
}
