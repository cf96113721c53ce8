import { describe, expect, it } from 'vitest';
import { isAbout, spokenOf } from '../../shared/evidence/database-spoken-of.ts';

const postgres = { kind: 'postgresql', address: '10.20.0.3:5432' } as const;
const mysql = { kind: 'mysql', address: '10.20.0.5:3306' } as const;
const redis = { kind: 'redis', address: '10.20.0.4:6379' } as const;

describe('a line of a client of databases', () => {
  it.each<[string, readonly string[]]>([
    ['FATAL: remaining connection slots are reserved for non-replication superuser connections', ['postgresql']],
    ['sorry, too many clients already', ['postgresql']],
    ['FATAL: too many connections for role "backend"', ['postgresql']],
    ['asyncpg.exceptions.CannotConnectNowError: the database system is starting up', ['postgresql']],
    ['FATAL: password authentication failed for user "backend"', ['postgresql']],
    ["(1040, 'Too many connections')", ['mysql']],
    ['Too many connections (SQLSTATE 08004, error 1040)', ['mysql']],
    ["ERROR 1045 (28000): Access denied for user 'backend'@'10.8.0.5'", ['mysql']],
    ['ERR max number of clients reached', ['redis']],
    ['WRONGPASS invalid username-password pair or user is disabled.', ['redis']],
    ['Redis ping timeout after 10.0s', ['redis']],
    ['Database initialization timeout after 25.0s. Check POSTGRES_HOST configuration', ['postgresql']],
    ['com.mysql.cj.jdbc.exceptions.CommunicationsException: Communications link failure', ['mysql', 'postgresql']],
    ['Cloud SQL does not answer', ['postgresql', 'mysql']],
    ['Redis and PostgreSQL do not answer', ['postgresql', 'redis']],
    ['Too many connections', []],
    ['connect ETIMEDOUT', []],
  ])('%s', (text, kinds) => {
    expect(spokenOf(text).kinds.toSorted()).toEqual(kinds.toSorted());
  });

  it.each([
    ['connect ECONNREFUSED 10.20.0.3:5432', [{ host: '10.20.0.3', port: 5432 }]],
    [
      'connection to server at "db.acme.internal" (10.20.0.3), port 5432 failed: FATAL: x',
      [{ host: '10.20.0.3', port: 5432 }],
    ],
    ['Is the server running on host "10.20.0.3" and accepting TCP/IP connections?', [{ host: '10.20.0.3' }]],
    ['read tcp 10.8.0.5:41234->10.20.0.3:5432: i/o timeout', [{ host: '10.20.0.3', port: 5432 }]],
    ['dial tcp db.acme.internal:5432: i/o timeout', [{ host: 'db.acme.internal', port: 5432 }]],
    ['no pg_hba.conf entry for host "10.8.0.5", user "backend"', []],
    ["Access denied for user 'backend'@'10.8.0.5' (using password: YES)", []],
    ["Host '10.8.0.5' is not allowed to connect to this MySQL server", []],
    ['version 1.10.20.0.3 of it', []],
  ])('names where: %s', (text, places) => {
    expect(spokenOf(text).places).toEqual(places.map((place) => ({ port: undefined, ...place })));
  });
});

describe('whether it is about a database', () => {
  it.each([
    ['connect ECONNREFUSED 10.20.0.3:5432', 'yes', 'no'],
    ['connect ECONNREFUSED 10.20.0.4:6379', 'no', 'yes'],
    ['connect ECONNREFUSED 10.20.0.3:6432', 'no', 'no'],
    ['connect ETIMEDOUT 10.30.0.9:5432', 'no', 'no'],
    // A public address may be its other one, and on loopback a proxy may stand.
    ['connect ETIMEDOUT 34.1.2.3:5432', 'maybe', 'maybe'],
    ['connect ECONNREFUSED 127.0.0.1:5432', 'maybe', 'maybe'],
    ['dial tcp db.acme.internal:5432: i/o timeout', 'maybe', 'no'],
    ['dial tcp cache.acme.internal:6379: i/o timeout', 'no', 'maybe'],
    ['getaddrinfo ENOTFOUND db.acme.internal', 'maybe', 'maybe'],
    ['Redis ping timeout after 10.0s', 'no', 'maybe'],
    ['FATAL: sorry, too many clients already', 'maybe', 'no'],
    ['connect ETIMEDOUT', 'maybe', 'maybe'],
    // Whose words they are counts for less than where they were heard from.
    ['the cache behind Redis at 10.20.0.3:5432 timed out', 'yes', 'no'],
  ])('%s: postgres %s, redis %s', (text, ofPostgres, ofRedis) => {
    expect([isAbout(spokenOf(text), postgres), isAbout(spokenOf(text), redis)]).toEqual([ofPostgres, ofRedis]);
  });

  it('goes by words alone where the address of the database is unknown, and by what is known of it', () => {
    const refused = spokenOf('connect ECONNREFUSED 10.20.0.3:5432');
    expect(isAbout(refused, { kind: 'redis', address: undefined })).toBe('maybe');
    const bySocket = spokenOf('connection to Cloud SQL instance at 10.20.0.3:3307 failed: timed out after 10s');
    expect(isAbout(bySocket, { kind: 'postgresql', address: '10.20.0.3:5432' })).toBe('yes');
    expect(isAbout(bySocket, { kind: 'postgresql', address: '10.20.0.9:5432' })).toBe('no');
    expect(isAbout(refused, { kind: 'postgresql', address: '10.20.0.3' })).toBe('yes');
    expect(isAbout(refused, { kind: 'postgresql', address: 'db.acme.internal:5432' })).toBe('maybe');
    expect(isAbout(refused, { kind: 'redis', address: 'cache.acme.internal:6379' })).toBe('no');
    expect(isAbout(spokenOf('sorry, too many clients already'), mysql)).toBe('no');
  });
});
