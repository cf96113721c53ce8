import { describe, expect, it } from 'vitest';
import { googleInSandbox } from './google-in-sandbox.ts';
import { NEVER } from './tiny-server.ts';

const LOCATION = 'projects/acme-staging/locations/us-central1';
const NEW = `${LOCATION}/connectors/beside`;
const make = {
  machineType: 'e2-micro',
  instancesMin: 2,
  instancesMax: 3,
  network: 'staging',
  ipCidrRange: '10.8.0.16/28',
};

describe('the writer, on a new connector', () => {
  it('makes it, and it is READY once its operation has ended', async () => {
    const { reader, writer, afterSeconds } = await googleInSandbox('healthy');
    const { operation } = await writer.createConnector(NEW, make, NEVER);
    expect(await reader.connector(NEW, NEVER)).toMatchObject({ ...make, state: 'creating' });
    expect(await writer.operation(operation, NEVER)).toEqual({ done: false });
    afterSeconds(200);
    expect(await writer.operation(operation, NEVER)).toEqual({ done: true, error: undefined });
    const all = await reader.connectors({ project: 'acme-staging', region: 'us-central1' }, NEVER);
    expect(all.map(({ name, state }) => [name, state])).toEqual([
      [`${LOCATION}/connectors/staging-connector`, 'ready'],
      [NEW, 'ready'],
    ]);
    await expect(writer.createConnector(NEW, make, NEVER)).rejects.toMatchObject({ code: 'conflict' });
  });

  it.each([
    ['a range that is taken', { ipCidrRange: '10.8.0.0/28' }, 'conflicts with an existing subnetwork'],
    ['a network that is not there', { network: 'gone' }, 'did not have permission to resolve the subnet'],
  ])('ends in ERROR for %s', async (_, over, message) => {
    const { reader, writer, afterSeconds } = await googleInSandbox('healthy');
    const { operation } = await writer.createConnector(NEW, { ...make, ...over }, NEVER);
    afterSeconds(200);
    expect(await writer.operation(operation, NEVER)).toEqual({ done: true, error: expect.stringContaining(message) });
    expect(await reader.connector(NEW, NEVER)).toMatchObject({ state: 'error' });
  });

  it.each([
    ['connector-recreate-without-quota', 'Insufficient CPU quota in region'],
    ['connector-recreate-refused', undefined],
  ])('meets what kept the last one from coming up: %s', async (scenario, error) => {
    const { writer, afterSeconds } = await googleInSandbox(scenario);
    afterSeconds(250);
    const { operation } = await writer.createConnector(NEW, make, NEVER);
    afterSeconds(450);
    expect(await writer.operation(operation, NEVER)).toEqual({
      done: true,
      error: error === undefined ? undefined : expect.stringContaining(error),
    });
  });

  it.each([
    ['a name that is too long', `${LOCATION}/connectors/a-name-beyond-twenty`, {}, 'Invalid connector ID'],
    ['no /28', NEW, { ipCidrRange: '10.8.0.32/27' }, 'netmask of /28'],
    ['a machine that there is not', NEW, { machineType: 'n4-huge' }, 'machine_type must be one of'],
    ['too few', NEW, { instancesMin: 1 }, 'min_instances must be between 2 and 9'],
    ['too many', NEW, { instancesMax: 11 }, 'max_instances must be between 3 and 10'],
    ['a least that is the most', NEW, { instancesMin: 3 }, 'less than max_instances'],
  ])('is refused %s', async (_, name, over, message) => {
    const { writer } = await googleInSandbox('healthy');
    await expect(writer.createConnector(name, { ...make, ...over }, NEVER)).rejects.toMatchObject({
      code: 'invalid-argument',
      message: expect.stringContaining(message),
    });
  });
});
