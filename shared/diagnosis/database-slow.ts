import type { ObservedDatabase } from '../evidence/database.ts';
import type { LogsObservation } from '../evidence/logs.ts';
import {
  factLine,
  failingUsers,
  isRedis,
  LINES_MIN,
  lineLine,
  linesFrom,
  lookLine,
  seenFromVpc,
  servicesOf,
  sinceTrouble,
  total,
} from './database-facts.ts';
import { type Conclusion, rule, standingOfEach } from './rule.ts';

/** Queries queue for a CPU: at nine tenths busy the wait is about ten times what it is when idle. Our own choice: below it a busy hour would be a fault. */
const BUSY_RATIO = 0.9;
/** Minutes in a row. Our own choice: one or two may be a backup, and more would delay the first look. */
const BUSY_POINTS = 3;
/** SELECT 1 reads nothing; within a region it takes milliseconds. Our own choice: a hundred times that. */
const SLOW_HANDSHAKE_MS = 1000;

/**
 * A SQL database answers too slowly: its CPU is used up, or queries wait for locks or lost indexes.
 * Sees CPU minute by minute, how long SELECT 1 takes from inside the VPC, and queries cancelled for their time in the logs of those who use it.
 * Silent when it is busy and nobody who uses it fails.
 */
export const databaseSlow = rule({
  layer: 'infrastructure',
  title: 'Database slow',
  needs: ['database', 'logs'],
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
  diagnose: ({ database: { databases }, logs }) => {
    const judged = databases.filter((one) => !isRedis(one)).map((one) => judge(one, databases, logs));
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
  if (!saysSo && (harmed.length === 0 || !(isBusy || isLate)))
    return {
      kind: 'ruled-out',
      reason: `${name}: ${busy}, and ${total(cancelled)} queries were cancelled for their time`,
    };
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

const percent = (ratio: number): string => `${Math.round(ratio * 100)} %`;
