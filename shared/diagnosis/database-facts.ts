import type { ObservedDatabase } from '../evidence/database.ts';
import type { ObservedLook } from '../evidence/database-looks.ts';
import { isAbout, spokenOf } from '../evidence/database-spoken-of.ts';
import type { LogSignature } from '../evidence/log-signatures.ts';
import type { LogsObservation, SignatureCount } from '../evidence/logs.ts';
import { parseName } from '../ports/resource-name.ts';
import type { HandshakeOutcome } from '../ports/vpc-prober.ts';
import { databasePage } from './console-links.ts';
import type { EvidenceLine } from './rule.ts';
import { FAILED_REQUESTS_MIN } from './symptoms.ts';

// What several rules ask of a database and of those that use it.

/** One line may be a hiccup of one connection; three are a pattern. Our own choice. */
export const LINES_MIN = 3;

export const isRedis = ({ kind }: ObservedDatabase): boolean => kind === 'redis';

/**
 * Lines of these kinds from those who use a database, but for those that say themselves that they are about another. Who names its address uses it;
 * where nobody is known to, so may whoever speaks of its kind. */
export function linesFrom(
  database: ObservedDatabase,
  signatures: readonly LogSignature[],
  logs: LogsObservation,
): readonly SignatureCount[] {
  const names = database.users.map(({ service }) => service);
  return logs.signatures.filter(({ service, signature, sample }) => {
    if (!signatures.includes(signature)) return false;
    const spoken = spokenOf(sample);
    const about = isAbout(spoken, database);
    const mayUse = names.length === 0 ? spoken.kinds.length > 0 : names.includes(service);
    return about === 'yes' || (about === 'maybe' && mayUse);
  });
}

/** Those of them that name it by its address. */
export const naming = (database: ObservedDatabase, lines: readonly SignatureCount[]): readonly SignatureCount[] =>
  lines.filter(({ sample }) => isAbout(spokenOf(sample), database) === 'yes');

export const total = (items: readonly { readonly count: number }[]): number =>
  items.reduce((sum, { count }) => sum + count, 0);

/** Services with enough of these lines, in order. */
export const servicesOf = (lines: readonly SignatureCount[]): readonly string[] =>
  [...new Set(lines.map(({ service }) => service))]
    .filter((name) => total(lines.filter(({ service }) => service === name)) >= LINES_MIN)
    .sort();

/** Those who use a database and fail requests now, but for those that say that they fail by something else. */
export const failingUsers = (database: ObservedDatabase, logs: LogsObservation): readonly string[] =>
  database.users
    .map(({ service }) => service)
    .filter((name) => total(logs.failed.filter(({ service }) => service === name)) >= FAILED_REQUESTS_MIN)
    .filter((name) => !saysElse(name, database, logs))
    .sort();

/** What a service says of its own state or of a neighbour's is what it fails by, and not why. */
const SAYS_NOT_WHY: readonly LogSignature[] = ['health-check-failed', 'upstream-failed'];
/** What a client of a database says of it. */
const OF_DATABASES = /^(?:database|redis|private-connection|cloud-sql-socket)-/;

/** Whether the lines of a service tell why it fails, and none of them may be about this database. */
export function saysElse(name: string, database: ObservedDatabase, { signatures, outside }: LogsObservation): boolean {
  const why = signatures.filter(
    ({ service, log, signature }) => service === name && log === 'application' && !SAYS_NOT_WHY.includes(signature),
  );
  const ofIt = why.filter(
    ({ signature, sample }) => OF_DATABASES.test(signature) && isAbout(spokenOf(sample), database) !== 'no',
  );
  const called = outside.filter(({ service }) => service === name);
  return total(ofIt) < LINES_MIN && total(why) - total(ofIt) + total(called) >= LINES_MIN;
}

/** It spoke to the probe, whatever it said. */
const ALIVE: readonly HandshakeOutcome[] = [
  'answered',
  'asks-for-password',
  'wrong-password',
  'too-many-connections',
  'denied',
  'tls',
];
export const isAlive = ({ outcome }: ObservedLook): boolean => ALIVE.includes(outcome);

/**
 * From inside the VPC: by Direct VPC egress where a probe stands there; else from behind a connector that lets something through, be it to another
 * database: behind one that lets nothing through, it is the connector that is seen.
 */
export function seenFromVpc(
  { looks }: ObservedDatabase,
  databases: readonly ObservedDatabase[],
): ObservedLook | undefined {
  const letsThrough = (way: string) =>
    databases.some((one) => one.looks.some((look) => look.through === way && isAlive(look)));
  return (
    looks.find(({ through }) => through === 'direct-vpc') ??
    looks.find(isAlive) ??
    looks.find(({ through }) => letsThrough(through))
  );
}

/** Connectors through which nothing reaches it while it answers by Direct VPC egress: then they are what is broken. */
export function cutOffBehind(database: ObservedDatabase): readonly string[] {
  const direct = database.looks.find(({ through }) => through === 'direct-vpc');
  if (direct === undefined || !isAlive(direct)) return [];
  return database.looks
    .filter((look) => look.through !== 'direct-vpc' && !isAlive(look))
    .map(({ through }) => parseName(through).id);
}

export const lookLine = ({ probe, outcome, detail, totalMs }: ObservedLook): string =>
  `Probe ${probe}, inside the VPC: ${outcome} after ${Math.round(totalMs)} ms (${detail}).`;

export const lineLine = ({ service, count, sample }: SignatureCount): string => `${service}: ${count} x "${sample}"`;

/** The last `count` points, where they were measured since those who use it began to fail; undefined: too few of them have arrived. */
export function sinceTrouble(
  points: ObservedDatabase['up'],
  count: number,
  { users }: ObservedDatabase,
  { onsets }: LogsObservation,
): readonly number[] | undefined {
  const names = users.map(({ service }) => service);
  const [onset] = onsets.flatMap(({ service, at }) => (names.includes(service) ? [at] : [])).sort();
  const last = points.slice(-count);
  const [first] = last;
  if (first === undefined || last.length < count || (onset !== undefined && first.at < onset)) return undefined;
  return last.map(({ value }) => value);
}

/** One line, with the page of the database where there is one. */
export function factLine(text: string, { target }: ObservedDatabase): EvidenceLine {
  const url = databasePage(target);
  return url === undefined ? { text } : { text, url };
}
