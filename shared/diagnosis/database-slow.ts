import type { ObservedDatabase } from '../evidence/database.ts';
import type { LogsObservation } from '../evidence/logs.ts';
import type { MetricsObservation, ServiceMetrics } from '../evidence/metrics.ts';
import {
  factLine,
  failingUsers,
  isRedis,
  LINES_MIN,
  lineLine,
  linesFrom,
  lookLine,
  saysElse,
  seenFromVpc,
  servicesOf,
  sinceTrouble,
  total,
} from './database-facts.ts';
import { CPU_IDLE_RATIO } from './load-levels.ts';
import { linesOf } from './own-lines.ts';
import { middleOf, recentValues } from './recent.ts';
import { type Conclusion, type Context, rule, standingOfEach } from './rule.ts';
import { slowness } from './slowness.ts';

/** Queries queue for a CPU: at nine tenths busy the wait is about ten times what it is when idle. Our own choice: below it a busy hour would be a fault. */
const BUSY_RATIO = 0.9;
/** Minutes in a row. Our own choice: one or two may be a backup, and more would delay the first look. */
const BUSY_POINTS = 3;
/** SELECT 1 reads nothing; within a region it takes milliseconds. Our own choice: a hundred times that. */
const SLOW_HANDSHAKE_MS = 1000;
/** One service that waits may wait for anything; what two wait for at once is what they share. Our own choice. */
const WAITING_MIN = 2;

/**
 * A SQL database answers too slowly: its CPU is used up, or queries wait for locks or lost indexes.
 * Sees CPU minute by minute, how long SELECT 1 takes from inside the VPC, and queries cancelled for their time in the logs of those who use it.
 * Silent when it is busy and nobody who uses it fails. Cannot tell yet where pools run empty before it and its CPU has not arrived. Where several that use it become slow together, idle themselves, it cannot tell: who waits for a
 * lock uses no CPU and is cancelled by nobody.
 */
export const databaseSlow = rule({
  layer: 'infrastructure',
  title: 'Database slow',
  needs: ['database', 'logs'],
  considers: ['metrics'],
  explains: [
    'connection-pool-exhausted',
    'database-connections-exhausted',
    'crash-after-ready',
    'instance-ceiling-reached',
    'request-timeout-exceeded',
    'concurrency-mismatched',
    'memory-exhausted',
    'external-dependency-failing',
    'traffic-surge',
  ],
  diagnose: ({ database: { databases }, logs, metrics }, context) => {
    const judged = databases
      .filter((one) => !isRedis(one))
      .map((one) => {
        const conclusion = judge(one, databases, logs);
        return conclusion.kind === 'ruled-out'
          ? unlessAllWait(conclusion, one, { logs, metrics }, context)
          : conclusion;
      });
    return standingOfEach(judged, 'no SQL database is known here');
  },
});

function judge(database: ObservedDatabase, databases: readonly ObservedDatabase[], logs: LogsObservation): Conclusion {
  const { name, target, cpuRatio, looks } = database;
  const cancelled = linesFrom(database, ['database-query-slow'], logs);
  const waited = linesFrom(database, ['database-pool-exhausted', 'private-connection-timed-out'], logs);
  const cpu = sinceTrouble(cpuRatio, BUSY_POINTS, database, logs);
  const quietest = cpu === undefined ? undefined : Math.min(...cpu);
  const isBusy = quietest !== undefined && quietest >= BUSY_RATIO;
  const seen = seenFromVpc(database, databases);
  const isLate = seen?.outcome === 'answered' && seen.totalMs >= SLOW_HANDSHAKE_MS;
  const harmed = isBusy || isLate ? failingUsers(database, logs) : servicesOf(cancelled);
  const saysSo = total(cancelled) >= LINES_MIN;
  const busy = quietest === undefined ? 'CPU unknown since the trouble began' : `CPU at ${percent(quietest)} or more`;
  if (!saysSo && (harmed.length === 0 || !(isBusy || isLate))) {
    const late = seen === undefined ? lateCpu(database, logs) : undefined;
    if (late !== undefined) return late;
    return {
      kind: 'ruled-out',
      reason: `${name}: ${busy}, and ${total(cancelled)} queries were cancelled for their time`,
    };
  }
  const tooLong = total(cancelled) === 0 ? '' : `, and ${total(cancelled)} queries took too long`;
  return {
    kind: 'cause',
    target,
    claim: `Database ${name} is slow: ${busy}${isBusy ? ` for ${BUSY_POINTS} minutes` : ''}${isLate ? `, SELECT 1 took ${Math.round(seen.totalMs)} ms` : ''}${tooLong}.`,
    confidence: isBusy && (saysSo || total(waited) >= LINES_MIN) ? 'certain' : 'likely',
    evidence: [
      factLine(
        `CPU of the last minutes: ${
          cpuRatio
            .slice(-BUSY_POINTS)
            .map(({ value }) => percent(value))
            .join(', ') || 'no points'
        }.`,
        database,
      ),
      ...looks.map((look) => ({ text: lookLine(look) })),
      ...[...cancelled, ...waited].slice(0, 3).map((line) => ({ text: lineLine(line) })),
    ],
    expects: [
      { text: 'requests that wait for it', seen: total([...cancelled, ...waited]) >= LINES_MIN ? 'yes' : 'no' },
    ],
    services: harmed,
  };
}

/**
 * Pools run empty before a slow database, and its CPU arrives up to 165 s late (Google's metric list, read 2026-11-23): what was measured before the
 * trouble rules out nothing, unless a minute since has been idle, or a handshake from inside the VPC was quick.
 */
function lateCpu(database: ObservedDatabase, logs: LogsObservation): Conclusion | undefined {
  const { name, target, cpuRatio } = database;
  const waited = linesFrom(database, ['database-pool-exhausted'], logs);
  const services = servicesOf(waited);
  const since = sinceTrouble(cpuRatio, 1, database, logs);
  const isMeasured = sinceTrouble(cpuRatio, BUSY_POINTS, database, logs) !== undefined;
  if (services.length === 0 || isMeasured || (since !== undefined && Math.max(...since) < BUSY_RATIO)) return undefined;
  return {
    kind: 'inconclusive',
    reason: `${name}: ${total(waited)} requests of ${services.join(', ')} waited for a connection, and its CPU since then has not arrived yet`,
    // Only Cloud SQL's CPU is measured; of others it never comes.
    settles: cpuRatio.length > 0 ? 'soon' : 'not-by-itself',
    about: { target, services },
    nextCheck:
      cpuRatio.length > 0
        ? `Look again in three minutes: the CPU of ${name} arrives up to 165 s late.`
        : `Look at the CPU of ${name}, and at its slowest queries: nothing here measures them.`,
  };
}

interface Seen {
  readonly logs: LogsObservation;
  readonly metrics: MetricsObservation | undefined;
}

/** Neither an idle CPU nor the want of cancelled queries rules out that they wait for it. */
function unlessAllWait(
  ruledOut: Extract<Conclusion, { kind: 'ruled-out' }>,
  database: ObservedDatabase,
  seen: Seen,
  context: Context,
): Conclusion {
  const services = database.users
    .map(({ service }) => service)
    .filter((name) => waits(name, database, seen, context))
    .sort();
  if (services.length < WAITING_MIN) return ruledOut;
  const { name, target, kind } = database;
  return {
    kind: 'inconclusive',
    reason: `${ruledOut.reason}; yet ${services.join(' and ')}, which use it, wait for something at once, as for a lock, which costs no CPU`,
    settles: 'not-by-itself',
    about: { target, services },
    nextCheck: `Ask ${name} what its sessions wait for, and who holds it: ${kind === 'mysql' ? MYSQL_WAITS : POSTGRESQL_WAITS}.`,
  };
}

/** Source: PostgreSQL 16, 28.2.3 pg_stat_activity and 9.26 pg_blocking_pids; MySQL 8.0, 28.4.3.28 sys.innodb_lock_waits (read 2026-11-25). */
const POSTGRESQL_WAITS =
  "SELECT pid, wait_event_type, wait_event, pg_blocking_pids(pid), query FROM pg_stat_activity WHERE state <> 'idle'";
const MYSQL_WAITS = 'SELECT * FROM sys.innodb_lock_waits';

/** For a connection of its pool, or so long for answers while it has little to do itself; not for the way there, and for nothing that it names. */
function waits(name: string, database: ObservedDatabase, { logs, metrics }: Seen, context: Context): boolean {
  if (linesOf(name, ['private-connection-timed-out'], logs, context) >= LINES_MIN) return false;
  if (linesOf(name, ['database-pool-exhausted'], logs, context) >= LINES_MIN) return true;
  const own = metrics?.services.find(({ service }) => service === name);
  return own !== undefined && isIdleAndSlow(own, context) && !saysElse(name, database, logs);
}

const isIdleAndSlow = (own: ServiceMetrics, context: Context): boolean =>
  slowness(own, context) !== undefined &&
  (middleOf(recentValues(own.cpuRatio, context)) ?? Number.POSITIVE_INFINITY) < CPU_IDLE_RATIO;

const percent = (ratio: number): string => `${Math.round(ratio * 100)} %`;
