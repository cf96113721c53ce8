import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../../../shared/adapters/sqlite/database.ts';
import { SqliteStore } from '../../../shared/adapters/sqlite/store.ts';
import type { StoredDocumentInvalid } from '../../../shared/incident/stored-document-invalid.ts';
import { instant } from '../../../shared/ports/clock.ts';
import { incident, moving, opening, START, states } from '../../contracts/incidents.ts';
import { storeContract } from '../../contracts/store-contract.ts';

const directories: string[] = [];
const file = () => {
  const directory = mkdtempSync(join(tmpdir(), 'runmedic-store-'));
  directories.push(directory);
  return join(directory, 'runmedic.db');
};
afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true });
});

function opened(path: string) {
  const unreadable: StoredDocumentInvalid[] = [];
  const clock = { nowMs: 1_800_000_000_000 };
  const database = openDatabase(path);
  const store = new SqliteStore(database, {
    nowMs: () => clock.nowMs,
    onUnreadable: (fault) => unreadable.push(fault),
  });
  return { database, store, clock, unreadable };
}

storeContract('SqliteStore in a file', async () => {
  const path = file();
  const first = opened(path);
  const others: ReturnType<typeof opened>[] = [];
  return {
    store: first.store,
    tick: async () => {
      first.clock.nowMs += 1;
    },
    reopened: async () => {
      const other = opened(path);
      others.push(other);
      return other.store;
    },
    close: async () => {
      for (const { database } of [first, ...others]) database.close();
    },
  };
});

storeContract('SqliteStore in memory', async () => {
  const { database, store, clock } = opened(':memory:');
  return {
    store,
    tick: async () => {
      clock.nowMs += 1;
    },
    reopened: async () => store,
    close: async () => database.close(),
  };
});

describe('a stored document that cannot be read', () => {
  const spoil = (database: ReturnType<typeof opened>['database'], document: string) =>
    database.prepare('UPDATE incidents SET document = ? WHERE id = ?').run(document, 'inc-1');
  const documentOf = (database: ReturnType<typeof opened>['database']) =>
    database.prepare('SELECT document FROM incidents').get()?.['document'];

  it.each([
    ['is not JSON', '{"schema":1,', 'not JSON'],
    ['has a status that is not known', JSON.stringify({ ...incident('inc-1'), status: 'paused' }), 'status'],
    ['lacks what its status needs', JSON.stringify({ ...incident('inc-1'), dueAt: undefined }), 'dueAt'],
    ['names an action that was removed', JSON.stringify(incident('inc-1')).replace('restart-service', 'x'), 'action'],
    ['was written by a newer release', JSON.stringify({ ...incident('inc-1'), schema: 2 }), 'schema 2'],
    ['has no schema number', '{}', 'schema'],
  ])('says which, what and that it is kept when it %s', async (_, document, said) => {
    const { database, store, unreadable } = opened(':memory:');
    await store.commit(opening(incident('inc-1')));
    await store.commit(opening(incident('inc-2', 'production')));
    spoil(database, document);
    await expect(store.load('inc-1')).rejects.toMatchObject({
      name: 'StoredDocumentInvalid',
      document: 'incidents/inc-1',
      message: expect.stringMatching(
        new RegExp(`^incidents/inc-1 cannot be read \\(it is kept as it is\\): .*${said}`),
      ),
    });
    await expect(store.openIncident('staging/us-central1')).rejects.toMatchObject({ document: 'incidents/inc-1' });
    expect(documentOf(database)).toBe(document);
    // The others are not hidden by it, and it stays due, so that nobody forgets it.
    expect((await store.recent(10)).map(({ id }) => id)).toEqual(['inc-2']);
    expect(unreadable.map((fault) => fault.document)).toEqual(['incidents/inc-1']);
    expect((await store.due(START, 10)).length).toBe(0);
    expect((await store.due(states.investigating.dueAt, 10)).map((due) => due.incident)).toContain('inc-1');
    database.close();
  });

  it('is never written: an incident that could not be read back is refused and the old one stays', async () => {
    const { database, store } = opened(':memory:');
    const first = incident('inc-1');
    await store.commit(opening(first));
    const broken = moving(first, { ...states.investigating, tries: Number.NaN });
    await expect(store.commit(broken)).rejects.toThrow('tries');
    expect(await store.load('inc-1')).toEqual(first);
    database.close();
  });
});

describe('the file', () => {
  it('is refused when a newer release wrote its tables', () => {
    const path = file();
    const { database } = opened(path);
    database.exec('PRAGMA user_version = 99');
    database.close();
    expect(() => openDatabase(path)).toThrow(/tables of version 99 and this release knows 3/);
  });

  it.each([
    [1, 'DROP TABLE changes; DROP TABLE leases;'],
    [2, 'DROP TABLE leases;'],
  ])('is brought forward from tables of version %i, with all that it holds', async (version, without) => {
    const path = file();
    const { database, store } = opened(path);
    await store.commit(opening(incident('inc-1')));
    database.exec(`${without} PRAGMA user_version = ${version}`);
    database.close();
    const again = opened(path);
    expect(await again.store.load('inc-1')).toMatchObject({ id: 'inc-1' });
    expect(await again.store.changes('staging', instant('2026-01-01T00:00:00.000Z'))).toEqual([]);
    expect(await again.store.leases()).toEqual([]);
  });

  it('is refused when it is no database, and left as it is', () => {
    const path = file();
    writeFileSync(path, 'something of somebody else');
    expect(() => openDatabase(path)).toThrow(/the embedded store could not open .*not a database/);
    expect(readFileSync(path, 'utf8')).toBe('something of somebody else');
    expect(() => openDatabase(join(path, 'below-a-file'))).toThrow(/the embedded store could not open/);
  });

  it('answers a write that finds it locked for too long with a failure that passes', async () => {
    const path = file();
    const { database, store } = opened(path);
    const other = openDatabase(path);
    database.exec('PRAGMA busy_timeout = 1');
    other.exec('BEGIN IMMEDIATE');
    await expect(store.commit(opening(incident('inc-1')))).rejects.toMatchObject({
      name: 'PlatformFailure',
      code: 'unavailable',
    });
    other.exec('ROLLBACK');
    expect((await store.commit(opening(incident('inc-1')))).kind).toBe('saved');
    other.close();
    database.close();
  });
});
