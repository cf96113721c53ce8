import { DATABASE_TIMEOUT_SECONDS } from './defaults.ts';
import type { Database, DatabaseUser } from './policy.ts';
import type { DatabaseFile } from './policy-file.ts';

/** A database with its defaults. */
export const completeDatabase = (written: DatabaseFile): Database => ({
  name: written.name,
  kind: written.kind,
  address: written.address,
  instance: written.instance,
  services: written.services?.map(userOf),
  login:
    written.user === undefined ? undefined : { user: written.user, secret: written.secret, database: written.database },
  encryption: written.encryption ?? 'none',
  timeoutMs: (written.timeout ?? DATABASE_TIMEOUT_SECONDS) * 1000,
});

const userOf = (written: NonNullable<DatabaseFile['services']>[number]): DatabaseUser =>
  typeof written === 'string'
    ? { service: written, connectionsPerInstance: undefined }
    : { service: written.name, connectionsPerInstance: written.connectionsPerInstance };
