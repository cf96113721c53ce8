import { expect, it } from 'vitest';
import { connectorUsdPerMonth, idleUsdPerMonth, instancesUsdPerMonth, moreUsd } from '../../shared/remedy/prices.ts';

const SECONDS = 730 * 3600;
const size = { cpu: 2, memoryMib: 512, cpuIdle: true };

it.each([
  ['at work, CPU during requests', instancesUsdPerMonth(size, 3), 3 * SECONDS * (2 * 0.000024 + 0.5 * 0.0000025)],
  [
    'at work, CPU always',
    instancesUsdPerMonth({ ...size, cpuIdle: false }, 3),
    3 * SECONDS * (2 * 0.000018 + 0.5 * 0.000002),
  ],
  ['idle, CPU during requests', idleUsdPerMonth(size, 3), 3 * SECONDS * (2 * 0.0000025 + 0.5 * 0.0000025)],
  ['idle, CPU always', idleUsdPerMonth({ ...size, cpuIdle: false }, 3), 3 * SECONDS * (2 * 0.000018 + 0.5 * 0.000002)],
  ['of a connector', connectorUsdPerMonth('e2-micro', 10), 10 * 730 * 0.008376],
])('instances cost a month, %s', (_, usd, expected) => {
  expect(usd).toBeCloseTo(expected, 9);
});

it.each([
  ['a size without CPU', instancesUsdPerMonth({ ...size, cpu: undefined }, 3)],
  ['a size without memory', idleUsdPerMonth({ ...size, memoryMib: undefined }, 3)],
  ['another machine', connectorUsdPerMonth('n4-huge', 3)],
])('nobody knows the price of %s', (_, usd) => expect(usd).toBe('unknown'));

it.each([
  [1.006, 1, 0.01],
  [1, 2.5, -1.5],
  ['unknown', 1, 'unknown'],
  [1, 'unknown', 'unknown'],
] as const)('from %s more than %s is %s', (after, before, more) => expect(moreUsd(after, before)).toBe(more));
