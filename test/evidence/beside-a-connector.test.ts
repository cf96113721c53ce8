import { describe, expect, it } from 'vitest';
import { overlap } from '../../shared/evidence/cidr.ts';
import { network } from '../../shared/evidence/network.ts';
import { vpcConnector } from '../../shared/evidence/vpc-connector.ts';
import { PlatformFailure } from '../../shared/ports/platform-failure.ts';
import { CONNECTOR, NETWORK } from '../builders/evidence.ts';
import { inspection, plainConnector, plainService, reading, unhurried } from '../builders/ports.ts';

const services = [plainService('backend')];
const other = plainConnector({ name: `${CONNECTOR}2` });
const denied = async (): Promise<never> => {
  throw new PlatformFailure('permission-denied', 'denied');
};
const defect = async (): Promise<never> => {
  throw new TypeError('a defect');
};

describe('what is beside a connector', () => {
  const look = (connectors: readonly (typeof other)[], listed: () => Promise<readonly (typeof other)[]>) => {
    const { cloud } = reading({ services, connectors, also: { connectors: listed } });
    return vpcConnector.inspect(inspection({ cloud }), unhurried);
  };

  it.each(['error', 'deleting'] as const)('is listed where it is in state %s', async (state) => {
    expect((await look([plainConnector({ state })], async () => [other])).neighbours).toEqual([other]);
  });

  it('is listed where it is gone', async () => {
    expect((await look([], async () => [other])).neighbours).toEqual([other]);
  });

  it('is not asked for where it works, and is left out where it may not be listed', async () => {
    expect(await look([plainConnector()], defect)).not.toHaveProperty('neighbours');
    expect(await look([], denied)).not.toHaveProperty('neighbours');
    await expect(look([], defect)).rejects.toThrow('a defect');
  });
});

describe('the networks that a connector which is gone may have been in', () => {
  const look = (connectors: readonly (typeof other)[], also: Parameters<typeof reading>[0]['also']) => {
    const { cloud } = reading({
      services,
      connectors,
      also: { network: async (name) => ({ name, peerings: [] }), ...also },
    });
    return network.inspect(inspection({ cloud }), unhurried);
  };
  const named = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ name: `${NETWORK}-${index}`, peerings: [] }));

  it('are seen, up to four', async () => {
    const found = await look([], { networks: async () => named(4) });
    expect(found.supposed?.map(({ name }) => name)).toEqual(named(4).map(({ name }) => name));
    expect(await look([], { networks: async () => named(5) })).not.toHaveProperty('supposed');
  });

  it('are not asked for where it is there, and are left out where they may not be listed', async () => {
    expect(await look([plainConnector()], { networks: defect })).not.toHaveProperty('supposed');
    expect(await look([], { networks: denied })).not.toHaveProperty('supposed');
    await expect(look([], { networks: defect })).rejects.toThrow('a defect');
  });
});

it.each([
  ['10.8.0.0/28', '10.8.0.0/24', true],
  ['10.8.0.0/24', '10.8.0.16/28', true],
  ['10.8.0.0/28', '10.8.0.16/28', false],
])('%s and %s share an address: %s', (a, b, shared) => expect(overlap(a, b)).toBe(shared));
