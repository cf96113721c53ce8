import { expect, it } from 'vitest';
import { switchToDirectVpcEgress } from '../../../shared/remedy/switch-to-direct-vpc-egress.ts';
import { googleInSandbox } from './google-in-sandbox.ts';
import { NEVER } from './tiny-server.ts';

it('a service of a connector in error serves again once it is sent into the network directly', async () => {
  const { world, reader, writer, afterSeconds } = await googleInSandbox('connector-in-error');
  afterSeconds(120);
  const target = 'projects/acme-staging/locations/us-central1/services/backend';
  const { settings, etag } = await switchToDirectVpcEgress.read(target, reader, NEVER);
  const vpcAccess = { kind: 'direct', network: 'staging', subnetwork: 'staging', egress: 'all-traffic' } as const;
  const change = { target, etag, before: settings, after: { ...settings, vpcAccess } };
  const { operation } = await switchToDirectVpcEgress.write(change, writer, NEVER);
  afterSeconds(300);
  expect(await writer.operation(operation, NEVER)).toEqual({ done: true, error: undefined });
  expect((await switchToDirectVpcEgress.read(target, reader, NEVER)).settings).toEqual(change.after);
  expect(world.state.services.get('backend')?.errorRatio).toBeLessThan(0.01);
  expect(world.state.services.get('auth')?.errorRatio, 'one that was not switched').toBeGreaterThan(0.5);
});
