import type { ServiceObservation } from '../evidence/cloud-run.ts';
import { RESERVED_CONNECTIONS } from '../evidence/connection-limits.ts';
import type { ObservedDatabase } from '../evidence/database.ts';
import type { LogsObservation } from '../evidence/logs.ts';
import type { MetricsObservation } from '../evidence/metrics.ts';
import {
  factLine,
  failingUsers,
  LINES_MIN,
  lineLine,
  linesFrom,
  lookLine,
  servicesOf,
  total,
} from './database-facts.ts';
import { effectiveCeiling } from './instance-ceiling-reached.ts';
import { type Conclusion, rule, standingOfEach } from './rule.ts';

/** A gauge that is read once a minute misses the peaks between: this near to the limit it has been reached. Our own choice. */
export const NEAR_LIMIT_RATIO = 0.9;
/** Where nobody is refused yet. Source: Cloud SQL, "consider alerting at 80 % of max_connections" (best practices, read 2026-11-23). */
const LOOMING_RATIO = 0.8;

/**
 * A database takes no more connections: the pools of all instances together hold more than its limit.
 * Sees connections against the limit (the flag, or the documented default of its memory), the arithmetic of pools times instances where the
 * configuration tells the pools, "too many connections" from inside the VPC, and what those who use it print.
 * Silent while the limit is far, and when only the app's own pool is empty.
 */
export const databaseConnectionsExhausted = rule({
  layer: 'configuration',
  title: 'Database connections exhausted',
  needs: ['database', 'cloud-run', 'logs'],
  considers: ['metrics'],
  explains: [
    'connection-pool-exhausted',
    'crash-after-ready',
    'instance-ceiling-reached',
    'concurrency-mismatched',
    'request-timeout-exceeded',
    'external-dependency-failing',
    'traffic-surge',
  ],
  diagnose: ({ database: { databases }, 'cloud-run': { services }, logs, metrics }) => {
    const judged = databases.map((one) => judge(one, services, logs, metrics));
    return standingOfEach(judged, 'no database is known here');
  },
});

function judge(
  database: ObservedDatabase,
  services: readonly ServiceObservation[],
  logs: LogsObservation,
  metrics: MetricsObservation | undefined,
): Conclusion {
  const { name, target, limit, connections, looks } = database;
  const lines = linesFrom(database, ['database-slots-exhausted'], logs);
  const told = looks.find(({ outcome }) => outcome === 'too-many-connections');
  const peak = connections.length === 0 ? undefined : Math.max(...connections.map(({ value }) => value));
  const room = (limit?.connections ?? Number.NaN) - RESERVED_CONNECTIONS;
  const ratio = peak === undefined || limit === undefined ? undefined : peak / room;
  const held = `${peak ?? 'an unknown number'} of ${limit?.connections ?? 'an unknown number of'} connections`;
  const pools = poolsOf(database, services, metrics);
  const isRefusing = total(lines) >= LINES_MIN || told !== undefined;
  if (!isRefusing && (ratio === undefined || ratio < LOOMING_RATIO || pools.atCeiling <= room))
    return { kind: 'ruled-out', reason: `${name} holds ${held}, and refused ${total(lines)} of those who use it` };
  const harmed = [
    ...new Set([...servicesOf(lines), ...(told === undefined ? [] : failingUsers(database, logs))]),
  ].sort();
  const beyond = (peak ?? 0) - pools.now;
  const arithmetic = pools.text === '' ? '' : `: ${pools.text}${beyond > 0 ? `, and ${beyond} beyond them` : ''}`;
  return {
    kind: 'cause',
    target,
    claim: isRefusing
      ? `Database ${name} is out of connections: it held ${held} and refused ${total(lines)}${arithmetic}.`
      : `Database ${name} will run out of connections: it held ${held}, and its users may open ${pools.atCeiling}${arithmetic}.`,
    confidence: told !== undefined || (ratio ?? 0) >= NEAR_LIMIT_RATIO ? 'certain' : 'likely',
    evidence: [
      factLine(
        `It held ${held}${limit === undefined ? '' : ` (${limit.source === 'flag' ? 'the flag max_connections' : 'the default of its memory'}; ${RESERVED_CONNECTIONS} are kept for superusers)`}.`,
        database,
      ),
      ...(pools.text === '' ? [] : [{ text: `Pools times instances: ${pools.text}.` }]),
      ...looks.map((look) => ({ text: lookLine(look) })),
      ...lines.slice(0, 3).map((line) => ({ text: lineLine(line) })),
    ],
    expects: [
      {
        text: 'connections at the limit',
        seen: ratio === undefined ? 'unknown' : ratio >= LOOMING_RATIO ? 'yes' : 'no',
      },
    ],
    services: harmed,
    ...(isRefusing ? {} : { harm: 'soon' as const }),
  };
}

interface Pools {
  /** `backend 18 x 4 instances = 72`, one for each whose pool is known, and their sum. */
  readonly text: string;
  readonly now: number;
  /** What they may open with all the instances that they may run. */
  readonly atCeiling: number;
}

/** Pool times instances, of those whose pool the configuration tells. During a deploy both revisions hold theirs, so that it may be more. */
function poolsOf(
  { users }: ObservedDatabase,
  services: readonly ServiceObservation[],
  metrics: MetricsObservation | undefined,
): Pools {
  const known = users.flatMap(({ service, connectionsPerInstance: pool }) => {
    const observed = services.find(({ shortName }) => shortName === service);
    if (pool === undefined || observed === undefined) return [];
    const counted = metrics?.services.find((one) => one.service === service)?.instances ?? [];
    const ceiling = effectiveCeiling(observed);
    const instances = counted.length === 0 ? ceiling : Math.max(...counted.map(({ value }) => value));
    return [{ service, pool, instances, ceiling }];
  });
  const sum = known.reduce((all, { pool, instances }) => all + pool * instances, 0);
  const each = known.map(
    ({ service, pool, instances }) => `${service} ${pool} x ${instances} instances = ${pool * instances}`,
  );
  return {
    text: known.length < 2 ? each.join('') : `${each.join(', ')}, together ${sum}`,
    now: sum,
    atCeiling: known.reduce((all, { pool, ceiling }) => all + pool * ceiling, 0),
  };
}
