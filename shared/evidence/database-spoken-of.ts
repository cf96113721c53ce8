import type { DatabaseKind } from '../policy/policy.ts';
import { isIpv4, isPrivate } from './cidr.ts';
import { placeOf } from './unreachable.ts';

/** What a line tells of the database that it speaks of, as far as it tells anything. */
export interface SpokenOf {
  /** Whose words these are: the kinds of database that it may mean. Empty: any. */
  readonly kinds: readonly DatabaseKind[];
  /** What it names as the other end. */
  readonly places: readonly Place[];
}

interface Place {
  readonly host: string;
  readonly port: number | undefined;
}

const POSTGRESQL: readonly DatabaseKind[] = ['postgresql'];
const MYSQL: readonly DatabaseKind[] = ['mysql'];
const REDIS: readonly DatabaseKind[] = ['redis'];
const SQL: readonly DatabaseKind[] = ['postgresql', 'mysql'];

/**
 * Sentences that one server alone says, whatever the client calls it; the first that matches counts. Source: PostgreSQL 16 (src/backend), MySQL 8
 * (share/messages_to_clients.txt), Redis 7 (src/server.c, acl.c), read 2026-11-25.
 */
const SENTENCES: readonly (readonly [RegExp, readonly DatabaseKind[]])[] = [
  [
    /remaining connection slots are reserved|too many clients already|too many connections for (?:role|database) "|the database system is |terminating connection due to administrator command|password authentication failed for user "|pg_hba\.conf|canceling statement due to /,
    POSTGRESQL,
  ],
  [
    /\b1040\b.*too many connections|too many connections.*\b1040\b|Access denied for user '|Lost connection to MySQL|MySQL server has gone away|Lock wait timeout exceeded/i,
    MYSQL,
  ],
  [/max number of clients reached|OOM command not allowed|\bWRONGPASS\b|\bNOAUTH\b|\bMISCONF\b/, REDIS],
];

/** What clients and people call them: a line may call several by their names, and then means any of them. */
const NAMES: readonly (readonly [RegExp, readonly DatabaseKind[]])[] = [
  [/postgres|psycopg|npgsql|\bpgx\b|\bPG::|\.PGSQL\./i, POSTGRESQL],
  [/mysql|mariadb/i, MYSQL],
  [/redis|lettuce|MaxRetriesPerRequest/i, REDIS],
  [/cloud ?sql|SQLSTATE\[|sqlalchemy|QueuePool|hikari|prisma|\bjdbc\b/i, SQL],
];

export function spokenOf(text: string): SpokenOf {
  return { kinds: kindsIn(text), places: placesIn(text) };
}

function kindsIn(text: string): readonly DatabaseKind[] {
  const said = SENTENCES.find(([pattern]) => pattern.test(text));
  if (said !== undefined) return said[1];
  return [...new Set(NAMES.flatMap(([pattern, kinds]) => (pattern.test(text) ? kinds : [])))];
}

/** Where the client stands, which is not what it speaks of: `10.8.0.5:41234->`, `for host "10.8.0.5"`, `'backend'@'10.8.0.5'`, `Host '10.8.0.5' is`. */
const OWN_SIDE = /[\d.]+:\d+->|for host "[^"]*"|'@'[^']*'|Host '[^']*' is /g;
const ADDRESS = /(?<![\d.])(\d{1,3}(?:\.\d{1,3}){3})(?![\d.]*\d)(?::(\d{1,5})|["')]*,? port (\d{1,5}))?/g;

/** Every address; else the name that a client could not connect to. */
function placesIn(text: string): readonly Place[] {
  const addresses = [...text.replace(OWN_SIDE, ' ').matchAll(ADDRESS)].map(
    ([, host = '', port, spelledOut]): Place => ({ host, port: numberOf(port ?? spelledOut) }),
  );
  if (addresses.length > 0) return addresses;
  const named = placeOf(text);
  return named === undefined ? [] : [{ host: named.host, port: named.port }];
}

const numberOf = (port: string | undefined): number | undefined => (port === undefined ? undefined : Number(port));

/** Whether a line is about a database: by the address that it names, else by whose words it is. `maybe`: it says neither. */
export function isAbout(
  { kinds, places }: SpokenOf,
  { kind, address }: { readonly kind: DatabaseKind; readonly address: string | undefined },
): 'yes' | 'no' | 'maybe' {
  const named = address === undefined ? [] : places.map((place) => isAt(place, address));
  if (named.includes('yes')) return 'yes';
  if (named.length > 0 && named.every((one) => one === 'no')) return 'no';
  return kinds.length === 0 || kinds.includes(kind) ? 'maybe' : 'no';
}

/** Where Cloud SQL's connectors and sockets meet the instance, whatever the database listens on. Source: About the Cloud SQL Auth Proxy (read 2026-11-30). */
const CLOUD_SQL_PROXY_PORT = 3307;

/** A name and an address may be of one machine, and so may two addresses if one of them is public, or of a proxy beside the service. */
function isAt({ host, port }: Place, address: string): 'yes' | 'no' | 'maybe' {
  const [at = '', listening] = address.split(':');
  const isOtherPort =
    port !== undefined && port !== CLOUD_SQL_PROXY_PORT && listening !== undefined && port !== Number(listening);
  if (host === at) return isOtherPort ? 'no' : 'yes';
  if (isIpv4(host) && isIpv4(at)) return isPrivate(host) ? 'no' : 'maybe';
  return isOtherPort ? 'no' : 'maybe';
}
