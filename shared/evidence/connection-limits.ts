import type { SqlInstance } from '../ports/databases.ts';

const GIB = 1024;

/** From this much memory on, MiB, this many connections. Source: Cloud SQL for PostgreSQL, max_connections, "default value" (read 2026-11-23). */
const POSTGRESQL_DEFAULTS: readonly (readonly [fromMib: number, connections: number])[] = [
  [120 * GIB, 1000],
  [60 * GIB, 800],
  [30 * GIB, 600],
  [15 * GIB, 500],
  [7.5 * GIB, 400],
  [6 * GIB, 200],
  [3.75 * GIB, 100],
  [1.5 * GIB, 50],
  [0, 25],
];

/** Source: Cloud SQL for MySQL, quotas: 250 for db-f1-micro, 1,000 for db-g1-small, 4,000 for all others (read 2026-11-23). */
const MYSQL_DEFAULTS: Readonly<Record<string, number>> = { 'db-f1-micro': 250, 'db-g1-small': 1000 };
const MYSQL_DEFAULT = 4000;

/** PostgreSQL keeps three for superusers: superuser_reserved_connections, whose default is 3. */
export const RESERVED_CONNECTIONS = 3;

export interface ConnectionLimit {
  readonly connections: number;
  readonly source: 'flag' | 'default';
}

/** How many connections an instance takes; undefined where nothing documented says it. */
export function connectionLimit({
  engine,
  tier,
  memoryMib,
  maxConnectionsFlag,
}: SqlInstance): ConnectionLimit | undefined {
  if (maxConnectionsFlag !== undefined) return { connections: maxConnectionsFlag, source: 'flag' };
  if (engine === 'mysql') return { connections: MYSQL_DEFAULTS[tier] ?? MYSQL_DEFAULT, source: 'default' };
  if (engine !== 'postgresql' || memoryMib === undefined) return undefined;
  const reached = POSTGRESQL_DEFAULTS.filter(([fromMib]) => memoryMib >= fromMib);
  return { connections: Math.max(...reached.map(([, connections]) => connections)), source: 'default' };
}
