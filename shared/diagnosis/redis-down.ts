import { GOING_WITHOUT_BRINGS_ABOUT } from './cut-off.ts';
import { isRedis } from './database-facts.ts';
import { judgeDown } from './database-unreachable.ts';
import { rule, standingOfEach } from './rule.ts';

/**
 * A Redis is away: repaired, in maintenance, failing over, or hung.
 * Sees what Memorystore says of it, PING from inside the VPC, and what those who use it print.
 * Silent when a probe inside the VPC reaches it: then the way to it is broken; and when nobody who uses it complains.
 */
export const redisDown = rule({
  layer: 'infrastructure',
  title: 'Redis down',
  needs: ['database', 'logs'],
  explains: [...GOING_WITHOUT_BRINGS_ABOUT, 'database-connections-exhausted'],
  diagnose: ({ database: { databases }, logs }, context) => {
    const judged = databases.filter(isRedis).map((one) => judgeDown(one, { databases, logs }, context));
    return standingOfEach(judged, 'no Redis is known here');
  },
});
