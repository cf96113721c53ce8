import { describe, expect, it } from 'vitest';
import { nameBeside } from '../../shared/remedy/connector-name.ts';
import { freeRange } from '../../shared/remedy/free-range.ts';

describe('a free /28', () => {
  it.each([
    ['beside the one that there was', '10.9.3.32/28', ['10.9.3.32/28'], '10.9.3.0/28'],
    ['after what is taken', '10.9.3.0/28', ['10.9.3.0/28', '10.9.3.16/28'], '10.9.3.32/28'],
    ['not inside a larger range', '10.9.3.0/28', ['10.9.3.0/25'], '10.9.3.128/28'],
    ['not over a smaller range', '10.9.3.0/28', ['10.9.3.0/28', '10.9.3.20/30'], '10.9.3.32/28'],
    ['where connectors usually are', '10.9.3.0/28', ['10.9.3.0/24'], '10.8.0.0/28'],
    ['where connectors usually are, without one before', undefined, ['10.8.0.0/24'], '10.8.1.0/28'],
    [
      'up to the last one',
      undefined,
      ['10.8.0.0/21', '10.8.8.0/22', '10.8.12.0/23', '10.8.14.0/24', '10.8.15.0/25'],
      '10.8.15.128/28',
    ],
    ['never', undefined, ['10.0.0.0/8'], undefined],
    ['never, with the usual ones taken', '10.9.3.0/28', ['10.9.3.0/24', '10.8.0.0/20'], undefined],
  ])('%s', (_, beside, taken, range) => expect(freeRange(beside, taken)).toBe(range));
});

describe('a name beside one', () => {
  it.each([
    ['db', [], 'db-2'],
    ['db', ['db-2'], 'db-3'],
    ['db-2', ['db-2'], 'db-3'],
    // Hyphens count as two, and twenty is the most.
    ['staging-connector', ['staging-connector'], 'staging-connector2'],
    ['production-connector', [], 'production-connect2'],
    ['db', Array.from({ length: 8 }, (_, index) => `db-${index + 2}`), undefined],
  ])('%s, with %j taken: %s', (name, taken, beside) => expect(nameBeside(name, taken)).toBe(beside));
});
