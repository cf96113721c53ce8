import { expect, it } from 'vitest';
import { wouldExhaust } from '../../shared/remedy/connections-left.ts';
import { databases, databaseUser, observedDatabase, observedRedis, points } from '../builders/evidence.ts';

/** 103 connections, 100 of them for applications; 21 in use, of which backend's three instances hold 15. */
const postgres = observedDatabase({ users: [databaseUser('auth', 5), databaseUser('backend', 5)] });
const growth = { service: 'backend', running: 3, replaced: 4, after: 14 };

it.each([
  ['takes what there is left', postgres, { ...growth, replaced: 4, after: 14 }, undefined],
  [
    'does not take one instance more',
    postgres,
    { ...growth, after: 15 },
    '15 instances of backend beside the 4 of the revision before, 5 connections each, and 6 of others are 101: postgres takes 100',
  ],
  ['takes more where no revision is replaced', postgres, { ...growth, replaced: 0, after: 18 }, undefined],
  [
    'does not take more than that, either',
    postgres,
    { ...growth, replaced: 0, after: 19 },
    '19 instances of backend, 5 connections each, and 6 of others are 101: postgres takes 100',
  ],
  [
    'counts nobody twice where instances hold less than their pools',
    { ...postgres, connections: points([2]) },
    { ...growth, after: 17 },
    expect.stringContaining('and 0 of others are 105'),
  ],
  [
    'counts nobody where nothing was measured',
    { ...postgres, connections: [] },
    { ...growth, after: 17 },
    expect.stringContaining('and 0 of others are 105'),
  ],
  ['is not known to be short without a pool', observedDatabase(), { ...growth, after: 1000 }, undefined],
  ['is not known to be short of a service that does not use it', postgres, { ...growth, service: 'web' }, undefined],
  [
    'is not known to be short without a limit',
    { ...postgres, limit: undefined },
    { ...growth, after: 1000 },
    undefined,
  ],
])('a database %s', (_, database, wanted, expected) => {
  expect(wouldExhaust(databases(observedRedis(), database), wanted)).toEqual(expected);
});
