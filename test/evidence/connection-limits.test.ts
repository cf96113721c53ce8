import { describe, expect, it } from 'vitest';
import { connectionLimit } from '../../shared/evidence/connection-limits.ts';
import { sqlInstance } from '../builders/evidence.ts';

describe('how many connections an instance takes', () => {
  it.each([
    [614, 25],
    [1535, 25],
    [1536, 50],
    [1740, 50],
    [3839, 50],
    [3840, 100],
    [6143, 100],
    [6144, 200],
    [7679, 200],
    [7680, 400],
    [15_359, 400],
    [15_360, 500],
    [30_720, 600],
    [61_440, 800],
    [122_879, 800],
    [122_880, 1000],
  ])('PostgreSQL with %i MiB: %i', (memoryMib, connections) => {
    expect(connectionLimit(sqlInstance({ memoryMib }))).toEqual({ connections, source: 'default' });
  });

  it('the flag holds before any default', () => {
    expect(connectionLimit(sqlInstance({ maxConnectionsFlag: 50 }))).toEqual({ connections: 50, source: 'flag' });
  });

  it.each([
    ['db-f1-micro', 250],
    ['db-g1-small', 1000],
    ['db-n1-standard-1', 4000],
  ])('MySQL on %s: %i', (tier, connections) => {
    expect(connectionLimit(sqlInstance({ engine: 'mysql', tier }))).toEqual({ connections, source: 'default' });
  });

  it('is unknown where nothing documented says it', () => {
    expect(connectionLimit(sqlInstance({ memoryMib: undefined }))).toBeUndefined();
    expect(connectionLimit(sqlInstance({ engine: 'other' }))).toBeUndefined();
  });
});
