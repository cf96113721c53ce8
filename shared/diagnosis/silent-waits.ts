import type { ServiceObservation } from '../evidence/cloud-run.ts';
import type { ObservedDatabase } from '../evidence/database.ts';
import type { LogSignature } from '../evidence/log-signatures.ts';
import { servicePage } from './console-links.ts';
import { DEPENDENCY_LINES, linesOf } from './own-lines.ts';
import { recentValues } from './recent.ts';
import type { Conclusion, Context, Seen } from './rule.ts';
import { ANSWERS_MIN, slowness, spokenMs } from './slowness.ts';
import { FAILED_REQUESTS_MIN } from './symptoms.ts';
import { type Waiting, waitsInside } from './waits-inside.ts';

type SeenHere = Seen<'cloud-run' | 'logs', 'metrics' | 'database'>;

/** Lines that name what a service waits for: then it does not wait in silence, and what they name is judged by its own rule. */
const NAMES_IT: readonly LogSignature[] = [
  ...DEPENDENCY_LINES,
  'cloud-sql-socket-failing',
  'database-pool-exhausted',
  'database-not-ready',
  'database-connection-lost',
  'database-query-slow',
  'database-login-refused',
  'redis-out-of-memory',
  'name-not-resolved',
  'no-route',
  'quota-exceeded',
];

interface Silent {
  readonly service: ServiceObservation;
  readonly waiting: Waiting;
}

/**
 * Services that wait inside for something that no line of theirs names. What one alone waits for, while the databases that it uses answer others as ever,
 * is something that it alone calls; where others are slow too, or nobody tells of a database, it may be what they share, or one of them, and a person has to look.
 */
export function silentWaits(seen: SeenHere, context: Context): readonly Conclusion[] {
  const { 'cloud-run': run, logs, metrics, database } = seen;
  if (metrics === undefined) return [];
  const silent = run.services.flatMap((service): Silent[] => {
    const waiting = waitsInside(service, metrics, context);
    const named = linesOf(service.shortName, NAMES_IT, logs, context) >= FAILED_REQUESTS_MIN;
    return waiting === undefined || named ? [] : [{ service, waiting }];
  });
  const [first] = silent;
  if (first === undefined) return [];
  const alone = metrics.services.every(
    (one) => one.service === first.service.shortName || slowness(one, context) === undefined,
  );
  const own = database?.databases.filter(({ users }) => users.some((user) => user.service === first.service.shortName));
  const vouched = own?.flatMap((one) => {
    const user = quickUser(one, seen, context);
    return user === undefined ? [] : [`${one.name} answers ${user}`];
  });
  return alone && vouched !== undefined && vouched.length === own?.length
    ? [waitsForSomething(first, vouched)]
    : [undecided(first, silent, own)];
}

/** Somebody else whom a database answers as quickly as ever: then it is well. */
const quickUser = ({ users }: ObservedDatabase, { metrics }: SeenHere, context: Context): string | undefined =>
  users
    .map(({ service }) => service)
    .find((name) => {
      const one = metrics?.services.find(({ service }) => service === name);
      const answers = one === undefined ? [] : recentValues(one.requests, context);
      return (
        one !== undefined &&
        slowness(one, context) === undefined &&
        answers.reduce((sum, n) => sum + n, 0) >= ANSWERS_MIN
      );
    });

const inWords = ({ service: { shortName, template }, waiting }: Silent): string =>
  `${Math.min(Math.round(waiting.held), template.concurrency)} of ${template.concurrency} requests are in each of ${waiting.instances} instances of ${shortName} at ${Math.round(waiting.cpu * 100)} % CPU, and its slowest twentieth of answers takes ${spokenMs(waiting.slow.nowMs)} instead of ${spokenMs(waiting.slow.ordinaryMs)}`;

const waitsForSomething = (one: Silent, quick: readonly string[]): Conclusion => ({
  kind: 'cause',
  target: one.service.name,
  claim: `${one.service.shortName} waits for something outside that none of its lines names: ${inWords(one)}.`,
  confidence: 'possible',
  evidence: [
    {
      text: `It serves ${one.waiting.traffic.toFixed(1)} times its ordinary traffic, and no revision of it is new: neither load nor a release.`,
      url: servicePage(one.service.name, 'metrics'),
    },
    ...(quick.length === 0 ? [] : [{ text: `It is none of its databases: ${quick.join(', ')} as quickly as ever.` }]),
    {
      text: `A trace of a slow request of ${one.service.shortName}, or a line with the time that each call takes, tells which.`,
    },
  ],
  expects: [],
  services: [one.service.shortName],
});

function undecided(
  { service: { name: target } }: Silent,
  silent: readonly Silent[],
  databases: readonly ObservedDatabase[] | undefined,
): Conclusion {
  const names = silent.map(({ service }) => service.shortName);
  const known = (databases ?? []).map(({ name }) => name);
  return {
    kind: 'inconclusive',
    reason: `${silent.map(inWords).join('; ')}: it waits for something that no line names`,
    settles: 'not-by-itself',
    about: { target, services: names },
    nextCheck: `Look at a trace of a slow request of ${names.join(' or ')}, and at what queries wait for in ${known.length === 0 ? 'its database' : known.join(' and ')}: SELECT pid, wait_event_type, wait_event, query FROM pg_stat_activity WHERE state = 'active'.`,
  };
}
