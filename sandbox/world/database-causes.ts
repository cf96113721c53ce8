import type { CauseOf } from '../scenarios/causes.ts';
import { auditSqlChange } from './audit.ts';
import { instanceNameOf, isSql } from './databases.ts';
import { note } from './note.ts';
import type { DatabaseOperation, DatabaseState, WorldState } from './state.ts';

type How = CauseOf<'database-down'>['how'];

/** What its clients meet, what the platform says meanwhile, and what it writes down. Source of the states: sqladmin v1 and redis v1 discovery documents. */
const EFFECTS: Readonly<
  Record<
    How,
    {
      readonly state: DatabaseState['state'];
      readonly sql?: string;
      readonly redis?: string;
      readonly operation?: DatabaseOperation['type'];
    }
  >
> = {
  'times-out': { state: 'times-out' },
  refuses: { state: 'refuses' },
  maintenance: { state: 'refuses', sql: 'MAINTENANCE', redis: 'MAINTENANCE', operation: 'MAINTENANCE' },
  failover: { state: 'times-out', redis: 'FAILING_OVER', operation: 'FAILOVER' },
  restart: { state: 'refuses', redis: 'UPDATING', operation: 'RESTART' },
  stopped: { state: 'times-out', operation: 'UPDATE' },
  suspended: { state: 'times-out', sql: 'SUSPENDED' },
};

export function databaseDown(
  state: WorldState,
  { database: name, how, by = 'ann@acme.example' }: CauseOf<'database-down'>,
): void {
  const database = state.databases.get(name);
  if (!database) return;
  const { state: meets, sql, redis, operation } = EFFECTS[how];
  database.state = meets;
  database.platformState = (database.estate.kind === 'redis' ? redis : sql) ?? database.platformState;
  database.isStopped = how === 'stopped';
  note(state, 'database-down', name, how);
  if (operation === undefined) return;
  const person = how === 'stopped' || how === 'restart' ? by : undefined;
  const id = [8, 4, 4, 4, 12].map((length) => state.random.hex(length)).join('-');
  // Stopping is over soon; what takes the database away for a while lasts as long as that.
  const endedMs = how === 'stopped' ? state.nowMs + 20_000 : undefined;
  database.operations.unshift({ id, type: operation, by: person, startedMs: state.nowMs, endedMs });
  if (person !== undefined)
    auditSqlChange(state, {
      instance: instanceNameOf(database.estate),
      method: how === 'stopped' ? 'instances.update' : 'instances.restart',
      by: person,
      request: how === 'stopped' ? { body: { settings: { activationPolicy: 'NEVER' } } } : {},
    });
}

/** Somebody set another password for the user of one service, which has the old one. */
export function passwordChanged(
  state: WorldState,
  { database: name, service, by, recycleSeconds }: CauseOf<'database-password-changed'>,
): void {
  const database = state.databases.get(name);
  if (!database) return;
  database.refuses.set(service, { sinceMs: state.nowMs, recycleMs: recycleSeconds * 1000 });
  note(state, 'database-password-changed', name, `${service} has the old one`);
  if (isSql(database.estate))
    auditSqlChange(state, {
      instance: instanceNameOf(database.estate),
      method: 'users.update',
      by,
      request: { name: service },
    });
}

/** Who was turned away has the right password. */
export function passwordKnown(state: WorldState, { database, service }: CauseOf<'database-password-changed'>): void {
  state.databases.get(database)?.refuses.delete(service);
}

/** It is back, and knows nothing of the connections of before. */
export function databaseBack(state: WorldState, name: string): void {
  const database = state.databases.get(name);
  if (!database) return;
  database.state = 'up';
  database.platformState = database.estate.kind === 'redis' ? 'READY' : 'RUNNABLE';
  database.isStopped = false;
  database.restartedMs = state.nowMs;
  for (const operation of database.operations) operation.endedMs ??= state.nowMs;
}

export function socketFails(state: WorldState, name: string, how: DatabaseState['socket']): void {
  const database = state.databases.get(name);
  if (!database) return;
  database.socket = how;
  note(state, 'cloud-sql-socket', name, how);
}
