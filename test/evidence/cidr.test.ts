import { describe, expect, it } from 'vitest';
import { isIn, isIpv4, isPrivate, prefixOf, sizeOf } from '../../shared/evidence/cidr.ts';

describe('ranges', () => {
  it.each([
    ['10.20.0.0/16', '10.20.255.255', true],
    ['10.20.0.0/16', '10.21.0.0', false],
    ['0.0.0.0/0', '203.0.113.10', true],
    ['203.0.113.10', '203.0.113.10', true],
    ['203.0.113.10', '203.0.113.11', false],
    ['fd20::/64', '10.20.0.3', false],
    ['10.0.0.0/8', 'db.internal', false],
  ])('%s has %s: %s', (range, address, expected) => expect(isIn(range, address)).toBe(expected));

  it.each([
    ['10.0.0.1', true],
    ['172.15.255.255', false],
    ['172.16.0.0', true],
    ['172.31.255.255', true],
    ['172.32.0.0', false],
    ['192.168.1.1', true],
    ['100.64.0.1', true],
    ['240.0.0.1', true],
    ['8.8.8.8', false],
  ])('%s is private: %s', (address, expected) => expect(isPrivate(address)).toBe(expected));

  it('have a length and a size', () => {
    expect([prefixOf('10.8.0.0/28'), prefixOf('10.8.0.1'), sizeOf('10.8.0.0/28')]).toEqual([28, 32, 16]);
    expect([isIpv4('10.8.0.1'), isIpv4('a.b')]).toEqual([true, false]);
  });
});
