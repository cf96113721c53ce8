import { DatabaseSync } from 'node:sqlite';
import { PlatformFailure } from '../../ports/platform-failure.ts';

/** Raised when the tables change; a file of a newer release is refused, not guessed at. */
const TABLES_VERSION = 3;
/** How long a statement waits for another process's write before it fails. */
const BUSY_TIMEOUT_MS = 5_000;

/** STRICT tables refuse a value of the wrong type; what is looked up has its own column, everything else lies in `document`. */
const TABLES = `
  CREATE TABLE incidents (id TEXT PRIMARY KEY, version INTEGER NOT NULL, opened_at TEXT NOT NULL, due_at TEXT, document TEXT NOT NULL) STRICT;
  CREATE INDEX incidents_due ON incidents (due_at) WHERE due_at IS NOT NULL;
  CREATE INDEX incidents_opened ON incidents (opened_at);
  CREATE TABLE open_incidents (correlation_key TEXT PRIMARY KEY, incident TEXT NOT NULL) STRICT;
  CREATE TABLE alerts (key TEXT PRIMARY KEY, document TEXT NOT NULL) STRICT;
  CREATE TABLE audit (incident TEXT NOT NULL, version INTEGER NOT NULL, document TEXT NOT NULL, PRIMARY KEY (incident, version)) STRICT;
  CREATE TABLE effects (sequence INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, saved_at_ms INTEGER NOT NULL, document TEXT NOT NULL) STRICT;
  CREATE TABLE evidence (incident TEXT NOT NULL, round INTEGER NOT NULL, document TEXT NOT NULL, PRIMARY KEY (incident, round)) STRICT;
  CREATE TABLE cards (incident TEXT PRIMARY KEY, revision INTEGER NOT NULL, document TEXT NOT NULL) STRICT;
  CREATE TABLE spent (key TEXT PRIMARY KEY, at TEXT NOT NULL) STRICT;
  CREATE TABLE messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT, topic TEXT NOT NULL, data TEXT NOT NULL, attributes TEXT NOT NULL, published_at_ms INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0, available_at_ms INTEGER NOT NULL, leased INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE INDEX messages_available ON messages (topic, leased, available_at_ms);
`;

/** What each version added to the one before, from the second on. */
const ADDED = [
  `CREATE TABLE changes (key TEXT PRIMARY KEY, environment TEXT NOT NULL, at TEXT NOT NULL, document TEXT NOT NULL) STRICT;
  CREATE INDEX changes_made ON changes (environment, at);`,
  'CREATE TABLE leases (resource TEXT PRIMARY KEY, mark TEXT NOT NULL, document TEXT NOT NULL) STRICT;',
];

/**
 * Opens the one file that holds store and queue, creating it where there is none. `:memory:` keeps nothing.
 * @throws PlatformFailure 'unavailable' when it cannot be opened, 'failed-precondition' when a newer release wrote it.
 */
export function openDatabase(file: string): DatabaseSync {
  return guarded(`open ${file}`, () => {
    const database = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS });
    // FULL: what was answered as saved survives a loss of power, not only the end of the process.
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
    atomically(database, () => createTables(database, file));
    return database;
  });
}

function createTables(database: DatabaseSync, file: string): void {
  const version = Number(database.prepare('PRAGMA user_version').get()?.['user_version']);
  if (version === TABLES_VERSION) return;
  if (version > TABLES_VERSION)
    throw new PlatformFailure(
      'failed-precondition',
      `${file} was written with tables of version ${version} and this release knows ${TABLES_VERSION}; use the release that wrote it, or another file`,
    );
  const added = ADDED.slice(Math.max(version - 1, 0)).join('\n');
  database.exec(`${version === 0 ? TABLES : ''} ${added} PRAGMA user_version = ${TABLES_VERSION};`);
}

/** Runs `work` as one transaction: all of it is saved, or, when it throws, none. The write lock is taken first, so it cannot fail half-way. */
export function atomically<T>(database: DatabaseSync, work: () => T): T {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (cause) {
    // SQLite ends the transaction itself on some failures (disk full, I/O).
    if (database.isTransaction) database.exec('ROLLBACK');
    throw cause;
  }
}

export const SQLITE_BUSY = 5;
/** SQLite's primary result codes that pass by themselves or with room on the disk. Source: https://sqlite.org/rescode.html. */
const TRANSIENT = new Set([SQLITE_BUSY, 6 /* LOCKED */, 10 /* IOERR */, 13 /* FULL */, 14 /* CANTOPEN */]);

/** Runs `work`, and gives what SQLite throws as a PlatformFailure that says what was tried. */
export function guarded<T>(tried: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (!isSqliteError(cause)) throw cause;
    const code = TRANSIENT.has(primaryCode(cause)) ? 'unavailable' : 'unknown';
    throw new PlatformFailure(code, `the embedded store could not ${tried}: ${cause.message}`, { cause });
  }
}

/** The low byte of an extended code. */
export const primaryCode = ({ errcode }: { readonly errcode: number }): number => errcode & 0xff;

export const isSqliteError = (cause: unknown): cause is Error & { readonly errcode: number } =>
  cause instanceof Error && 'errcode' in cause && typeof cause.errcode === 'number';
