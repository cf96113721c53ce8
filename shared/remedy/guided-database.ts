import type { Cause } from '../diagnosis/rule.ts';
import { lastOf } from '../ports/resource-name.ts';
import { byHand, type Instructions } from './by-hand.ts';
import { redisAway, redisFull } from './guide-redis.ts';
import { sqlAway } from './guide-sql-away.ts';
import { connectionsFreed, loginAdmitted, queriesEnded } from './guide-sql-sessions.ts';
import { socketReachable } from './guide-sql-socket.ts';
import { type Or, refused } from './new-revision.ts';

/**
 * Guides people through a database: one that is away, full, slow, out of connections, or turns a service away. A bot touches nobody's data.
 * API: none, people make it.
 * Silent (refuses) where the database was not observed.
 * Source of the commands: gcloud sql instances, operations and users, gcloud redis instances, PostgreSQL 16, 9.27 (signals) and 28.2.3
 * (pg_stat_activity), MySQL 8.0, 15.7.7.29 and 15.7.8.4 (SHOW PROCESSLIST, KILL), read 2026-11-30.
 */
export const guidedDatabase = byHand({
  title: 'Mend the database',
  answers: [
    'database-down',
    'database-slow',
    'database-connections-exhausted',
    'database-login-refused',
    'cloud-sql-socket-failing',
    'redis-down',
    'redis-full',
  ],
  needs: [],
  considers: ['database', 'cloud-run', 'changes', 'logs'],
  guide: (input): Or<{ readonly guide: Instructions }> => {
    const { cause, seen, mark } = input;
    const services = seen['cloud-run']?.services ?? [];
    if (isOfSocket(cause)) {
      const service = services.find(({ name }) => name === cause.target);
      return service === undefined
        ? refused(`service ${cause.target} was not observed`)
        : { kind: 'found', guide: socketReachable(service, seen.logs) };
    }
    const database = seen.database?.databases.find(({ target }) => target === cause.target);
    if (database === undefined) return refused(`database ${lastOf(cause.target)} was not observed`);
    const { project, region } = input.environment;
    const about = { database, project, region, services, changes: seen.changes, harmed: cause.services, mark };
    switch (cause.rule) {
      case 'redis-down':
        return { kind: 'found', guide: redisAway(about) };
      case 'redis-full':
        return redisFull(about);
      case 'database-connections-exhausted':
        return { kind: 'found', guide: connectionsFreed(about) };
      case 'database-login-refused':
        return { kind: 'found', guide: loginAdmitted(about, cause.claim) };
      case 'database-slow':
        return { kind: 'found', guide: queriesEnded(about) };
      default:
        return { kind: 'found', guide: sqlAway(about) };
    }
  },
});

const isOfSocket = ({ rule }: Cause): boolean => rule === 'cloud-sql-socket-failing';
