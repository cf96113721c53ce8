import type { ServiceObservation } from '../evidence/cloud-run.ts';
import { RESERVED_CONNECTIONS } from '../evidence/connection-limits.ts';
import type { ObservedDatabase } from '../evidence/database.ts';
import type { LogsObservation } from '../evidence/logs.ts';
import type { MetricsObservation } from '../evidence/metrics.ts';
import { servicePage } from './console-links.ts';
import { NEAR_LIMIT_RATIO } from './database-connections-exhausted.ts';
import { LINES_MIN, total } from './database-facts.ts';
import { type Conclusion, rule, standingOfEach } from './rule.ts';

/**
 * Requests wait in vain for a connection from the app's own pool, while the database has room for more.
 * Sees pool time-outs in the logs, beside what the databases hold and may hold, and pool times instances where the configuration tells the pool.
 * Silent when the database itself refuses (database-connections-exhausted), and when no pool says that it is empty.
 */
export const connectionPoolExhausted = rule({
  layer: 'configuration',
  title: 'Connection pool exhausted',
  needs: ['cloud-run', 'logs'],
  considers: ['database', 'metrics'],
  explains: ['instance-ceiling-reached', 'request-timeout-exceeded', 'concurrency-mismatched', 'traffic-surge'],
  diagnose: ({ 'cloud-run': { services }, logs, database, metrics }) => {
    const judged = services.map((service) => judge(service, logs, database?.databases ?? [], metrics));
    return standingOfEach(judged, 'no service is watched');
  },
});

function judge(
  { shortName, name }: ServiceObservation,
  { signatures }: LogsObservation,
  databases: readonly ObservedDatabase[],
  metrics: MetricsObservation | undefined,
): Conclusion {
  const lines = signatures.filter(
    ({ service, signature }) => service === shortName && signature === 'database-pool-exhausted',
  );
  const count = total(lines);
  if (count < LINES_MIN) return { kind: 'ruled-out', reason: `${shortName}: its pool was empty ${count} times` };
  const own = databases.filter(
    ({ kind, users }) => kind !== 'redis' && users.some(({ service }) => service === shortName),
  );
  const room = own.map(roomIn);
  const instances = metrics?.services.find(({ service }) => service === shortName)?.instances.at(-1)?.value;
  const pool = own.flatMap(({ users }) =>
    users.flatMap((user) => (user.service === shortName ? (user.connectionsPerInstance ?? []) : [])),
  )[0];
  const size =
    pool === undefined ? '' : `, ${pool} connections for each of ${instances ?? 'an unknown number of'} instances`;
  return {
    kind: 'cause',
    target: name,
    claim: `The connection pool of ${shortName} is empty: ${count} requests waited in vain${size}${room[0] === undefined ? '' : `, while ${room[0].text}`}.`,
    confidence: 'certain',
    evidence: [
      ...lines
        .slice(0, 2)
        .map(({ sample, count: times }) => ({ text: `${times} x "${sample}"`, url: servicePage(name, 'logs') })),
      ...room.map(({ text }) => ({ text: `${text}.` })),
    ],
    expects: [{ text: 'room in the database', seen: room[0]?.isThere ?? 'unknown' }],
    services: [shortName],
  };
}

function roomIn({ name, connections, limit }: ObservedDatabase): {
  readonly text: string;
  readonly isThere: 'yes' | 'no' | 'unknown';
} {
  if (connections.length === 0 || limit === undefined)
    return { text: `nobody knows how many connections ${name} holds`, isThere: 'unknown' };
  const peak = Math.max(...connections.map(({ value }) => value));
  const isFull = peak / (limit.connections - RESERVED_CONNECTIONS) >= NEAR_LIMIT_RATIO;
  return { text: `${name} holds ${peak} of ${limit.connections}`, isThere: isFull ? 'no' : 'yes' };
}
