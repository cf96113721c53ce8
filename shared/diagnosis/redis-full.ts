import type { ObservedDatabase } from '../evidence/database.ts';
import type { LogsObservation } from '../evidence/logs.ts';
import { factLine, isRedis, LINES_MIN, lineLine, linesFrom, servicesOf, total } from './database-facts.ts';
import { type Conclusion, rule, standingOfEach } from './rule.ts';

/** Of its maxmemory: what is measured once a minute stands a little below what a write meets. Our own choice. */
const FULL_RATIO = 0.97;
/** Where nothing is refused yet. Source: Memorystore for Redis, memory management best practices: act at 80 % (read 2026-11-23); above it by a margin, since many run there. */
const LOOMING_RATIO = 0.9;
/** With these it throws keys away rather than refuse. */
const EVICTS_ANYTHING = /^allkeys-/;

/**
 * A Redis has no memory left and refuses writes.
 * Sees its memory against maxmemory, its eviction policy, and "OOM command not allowed" in the logs of those who use it.
 * Silent when it may throw away any key (allkeys-*): then it is a full cache, which is what caches are.
 */
export const redisFull = rule({
  layer: 'infrastructure',
  title: 'Redis full',
  needs: ['database', 'logs'],
  explains: [
    'database-slow',
    'connection-pool-exhausted',
    'instance-ceiling-reached',
    'request-timeout-exceeded',
    'concurrency-mismatched',
    'crash-after-ready',
    'external-dependency-failing',
    'traffic-surge',
  ],
  diagnose: ({ database: { databases }, logs }) => {
    const judged = databases.filter(isRedis).map((one) => judge(one, logs));
    return standingOfEach(judged, 'no Redis is known here');
  },
});

function judge(database: ObservedDatabase, logs: LogsObservation): Conclusion {
  const { name, target, memoryRatio, redis } = database;
  const lines = linesFrom(database, ['redis-out-of-memory'], logs);
  const ratio = memoryRatio.at(-1)?.value;
  const policy = redis?.evictionPolicy;
  const mayEvict = policy !== undefined && EVICTS_ANYTHING.test(policy);
  const used = ratio === undefined ? 'memory unknown' : `${Math.round(ratio * 100)} % of its memory used`;
  const isRefusing = total(lines) >= LINES_MIN;
  if (!isRefusing && (ratio === undefined || ratio < LOOMING_RATIO || mayEvict))
    return { kind: 'ruled-out', reason: `${name}: ${used}, and ${total(lines)} writes were refused` };
  const rules = policy === undefined ? '' : ` under ${policy}`;
  return {
    kind: 'cause',
    target,
    claim: isRefusing
      ? `Redis ${name} is full${rules}: ${used}, and ${total(lines)} writes were refused.`
      : `Redis ${name} will be full${rules}: ${used}, and it may not throw everything away.`,
    confidence: (ratio ?? 0) >= FULL_RATIO ? 'certain' : 'likely',
    evidence: [
      factLine(
        `Memory: ${used}${redis?.memorySizeGb === undefined ? '' : ` of ${redis.memorySizeGb} GB`}${rules}.`,
        database,
      ),
      ...lines.slice(0, 3).map((line) => ({ text: lineLine(line) })),
    ],
    expects: [
      {
        text: 'memory at its limit',
        seen: ratio === undefined ? 'unknown' : ratio >= LOOMING_RATIO ? 'yes' : 'no',
      },
    ],
    services: servicesOf(lines),
    ...(isRefusing ? {} : { harm: 'soon' as const }),
  };
}
