import type { ChangesObservation } from '../evidence/changes.ts';
import type { ServiceObservation } from '../evidence/cloud-run.ts';
import type { ObservedDatabase } from '../evidence/database.ts';
import { isAbout, spokenOf } from '../evidence/database-spoken-of.ts';
import type { LogsObservation, SignatureCount } from '../evidence/logs.ts';
import { secretNames } from '../evidence/secret-states.ts';
import { earliest, type Instant, secondsBetween } from '../ports/clock.ts';
import { lastOf, parseName } from '../ports/resource-name.ts';
import { servicePage } from './console-links.ts';
import { counted } from './counted.ts';
import { failingUsers, isAlive, LINES_MIN, lookLine, servicesOf, total } from './database-facts.ts';
import { clock } from './deploys.ts';
import { isRecent } from './recent.ts';
import { SKEW_SECONDS } from './revisions.ts';
import { type Conclusion, type EvidenceLine, rule, type Seen, standingOfEach } from './rule.ts';
import { whoChanged } from './who-changed.ts';

/**
 * A database answers, and turns a service away: its password is no longer the one that the service has, or its user, or its address is not admitted.
 * Sees the database's own words in the logs of those who use it, what the probes inside the VPC were answered, and who changed users of Cloud SQL or
 * versions of a secret before.
 * Silent while nobody is turned away, about what a secret holds, and about users that were changed by SQL, which no audit log tells.
 */
export const databaseLoginRefused = rule({
  layer: 'configuration',
  title: 'Database login refused',
  needs: ['cloud-run', 'logs'],
  considers: ['database', 'changes'],
  explains: [
    'crash-after-ready',
    'connection-pool-exhausted',
    'instance-ceiling-reached',
    'concurrency-mismatched',
    'request-timeout-exceeded',
    'memory-exhausted',
    'health-endpoint-overloading',
    'traffic-surge',
  ],
  diagnose: (seen, context) => {
    const databases = seen.database?.databases ?? [];
    const lines = seen.logs.signatures.filter(
      ({ signature, lastAt }) => signature === 'database-login-refused' && isRecent(lastAt, context),
    );
    const groups = Map.groupBy(lines, (line) => meantBy(line, databases) ?? line.service);
    const judged = [...groups].map(([by, own]) => judge(by, own, seen));
    const unsaid = databases.filter((one) => !groups.has(one)).map((one) => judgeUnsaid(one, seen.logs));
    return standingOfEach([...judged, ...unsaid], 'no line speaks of a login that was refused');
  },
});

/** The database that a line is about: the one that it names, or the only one that its service uses and that it may mean. */
function meantBy({ sample, service }: SignatureCount, databases: readonly ObservedDatabase[]) {
  const spoken = spokenOf(sample);
  const named = databases.filter((one) => isAbout(spoken, one) === 'yes');
  const used = databases.filter(
    (one) => one.users.some((user) => user.service === service) && isAbout(spoken, one) !== 'no',
  );
  const [only, ...others] = named.length > 0 ? named : used;
  return others.length === 0 ? only : undefined;
}

type Looked = Seen<'cloud-run' | 'logs', 'database' | 'changes'>;

/** @param by The database, or the short name of a service of which nobody knows where it logs in. */
function judge(by: ObservedDatabase | string, lines: readonly SignatureCount[], seen: Looked): Conclusion {
  const { 'cloud-run': run, logs, changes } = seen;
  const database = typeof by === 'string' ? undefined : by;
  const name = database === undefined ? `A database of ${by}` : `Database ${database.name}`;
  const count = total(lines);
  const harmed = servicesOf(lines);
  if (harmed.length === 0) return { kind: 'ruled-out', reason: `${name} refused ${count} logins` };
  const services = run.services.filter(({ shortName }) => harmed.includes(shortName));
  const first = lines.map(({ firstAt }) => firstAt).reduce(earliest);
  const looks = database?.looks ?? [];
  const users = [...new Set(lines.flatMap(({ sample }) => USER.exec(sample)?.[1] ?? []))];
  const times = counted({ count, noun: 'connection', from: 'application' }, logs);
  return {
    kind: 'cause',
    target: database?.target ?? services[0]?.name ?? harmed.join(', '),
    claim: `${name} refuses the login of ${harmed.join(', ')}${users.length === 0 ? '' : ` as ${users.join(', ')}`}: ${times} turned away since ${clock(first)}.`,
    confidence: 'certain',
    evidence: [
      ...lines.slice(0, 2).map(({ sample, service, count: some }) => ({
        text: `${service}: ${some} x "${sample}"`,
        ...logsOf(service, run.services),
      })),
      ...looks.map((look) => ({ text: lookLine(look) })),
      ...changedBefore(first, { database, services, changes }),
    ],
    expects: [
      {
        text: 'the database itself answers',
        seen: looks.length === 0 ? 'unknown' : looks.some(isAlive) ? 'yes' : 'no',
      },
    ],
    services: harmed,
  };
}

/** `user "backend"` of PostgreSQL, `for user 'backend'` of MySQL. */
const USER = /\buser ["']([^"']+)["']/;

function logsOf(service: string, services: readonly ServiceObservation[]): { readonly url?: string } {
  const name = services.find(({ shortName }) => shortName === service)?.name;
  return name === undefined ? {} : { url: servicePage(name, 'logs') };
}

/** Users of the instance, and versions of the secrets that those who are turned away refer to. */
function changedBefore(
  first: Instant,
  {
    database,
    services,
    changes,
  }: {
    readonly database: ObservedDatabase | undefined;
    readonly services: readonly ServiceObservation[];
    readonly changes: ChangesObservation | undefined;
  },
): readonly EvidenceLine[] {
  const secrets = services.flatMap(({ name, template }) =>
    secretNames(template, parseName(name).project).map((one) => `/secrets/${one.split('/')[3]}`),
  );
  const isBefore = (at: Instant) => secondsBetween(at, first) >= -SKEW_SECONDS;
  return [
    ...whoChanged(
      changes,
      ({ at, thing, method, resource }) =>
        isBefore(at) && thing === 'database' && method.startsWith('users.') && lastOf(resource) === database?.sql?.name,
    ),
    ...whoChanged(
      changes,
      ({ at, thing, resource }) =>
        isBefore(at) && thing === 'secret' && secrets.some((secret) => `${resource}/`.includes(`${secret}/`)),
    ),
  ];
}

/** Nobody says that it was turned away, and yet a probe was: the probe's own password may be wrong, or everybody's. */
function judgeUnsaid(database: ObservedDatabase, logs: LogsObservation): Conclusion {
  const { name, target, looks } = database;
  const refused = looks.find(({ outcome }) => outcome === 'wrong-password');
  const failing = failingUsers(database, logs);
  if (refused === undefined || failing.length === 0)
    return { kind: 'ruled-out', reason: `${name}: fewer than ${LINES_MIN} of those who use it were turned away` };
  return {
    kind: 'inconclusive',
    reason: `${name} refuses the login of probe ${refused.probe}, and ${failing.join(', ')} fail without saying why`,
    settles: 'not-by-itself',
    about: { target, services: failing },
    nextCheck: `Log in to ${name} as ${failing.join(', ')} would, with the password that they have, and see whether it is still the right one.`,
  };
}
