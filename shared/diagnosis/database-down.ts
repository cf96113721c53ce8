import { GOING_WITHOUT_BRINGS_ABOUT } from './cut-off.ts';
import { isRedis } from './database-facts.ts';
import { judgeDown } from './database-unreachable.ts';
import { rule, standingOfEach } from './rule.ts';

/**
 * A SQL database is away: stopped, suspended, in maintenance, failing over, hung, or back with its clients' connections gone.
 * Sees what Cloud SQL says of it, its metric `up`, handshakes from inside the VPC, and what those who use it print.
 * Silent when a probe inside the VPC reaches it: then the way to it is broken, a connector for one; and when nobody who uses it complains.
 */
export const databaseDown = rule({
  layer: 'infrastructure',
  title: 'Database down',
  needs: ['database', 'logs'],
  explains: [...GOING_WITHOUT_BRINGS_ABOUT, 'database-connections-exhausted', 'cloud-sql-socket-failing'],
  diagnose: ({ database: { databases }, logs }, context) => {
    const judged = databases.filter((one) => !isRedis(one)).map((one) => judgeDown(one, { databases, logs }, context));
    return standingOfEach(judged, 'no SQL database is known here');
  },
});
