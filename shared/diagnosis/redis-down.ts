import type { ObservedDatabase } from '../evidence/database.ts';
import type { LogsObservation } from '../evidence/logs.ts';
import { GOING_WITHOUT_BRINGS_ABOUT } from './cut-off.ts';
import { factLine, isRedis, LINES_MIN, lineLine, linesFrom, servicesOf, total } from './database-facts.ts';
import { judgeDown } from './database-unreachable.ts';
import { isRecent } from './recent.ts';
import { type Conclusion, type Context, rule, standingOfEach } from './rule.ts';

/**
 * A Redis is away: repaired, in maintenance, failing over, or hung; or what its clients are connected to is a replica now, and takes no writes.
 * Sees what Memorystore says of it, PING from inside the VPC, and what those who use it print.
 * Silent when a probe inside the VPC reaches it: then the way to it is broken; and when nobody who uses it complains.
 */
export const redisDown = rule({
  layer: 'infrastructure',
  title: 'Redis down',
  needs: ['database', 'logs'],
  explains: [...GOING_WITHOUT_BRINGS_ABOUT, 'database-connections-exhausted'],
  diagnose: ({ database: { databases }, logs }, context) => {
    const judged = databases.filter(isRedis).map((one) => judge(one, { databases, logs }, context));
    return standingOfEach(judged, 'no Redis is known here');
  },
});

function judge(database: ObservedDatabase, seen: Parameters<typeof judgeDown>[1], context: Context): Conclusion {
  const down = judgeDown(database, seen, context);
  return down.kind === 'cause' ? down : (demoted(database, seen.logs, context) ?? down);
}

/** After a failover a client goes on speaking to the node that it knows, which answers as well as ever and takes no writes. */
function demoted(database: ObservedDatabase, logs: LogsObservation, context: Context): Conclusion | undefined {
  const lines = linesFrom(database, ['redis-read-only'], logs).filter(({ lastAt }) => isRecent(lastAt, context));
  if (total(lines) < LINES_MIN) return undefined;
  const { name, target, redis } = database;
  return {
    kind: 'cause',
    target,
    claim: `Redis ${name} takes no writes: what its clients are connected to is a replica, which refused ${total(lines)} of them.`,
    confidence: 'likely',
    evidence: [
      ...(redis === undefined ? [] : [factLine(`Memorystore says ${redis.state}.`, database)]),
      ...lines.slice(0, 3).map((line) => ({ text: lineLine(line) })),
    ],
    expects: [],
    services: servicesOf(lines),
  };
}
