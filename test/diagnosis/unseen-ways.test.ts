import { describe, expect, it } from 'vitest';
import type { Way } from '../../shared/evidence/network.ts';
import { CONNECTOR, firewall, lost, way } from '../builders/evidence.ts';
import { concludeAll } from './network-rules.ts';

const denied = { network: undefined, sourceRange: undefined, unread: 'vpcaccess.connectors.get is not granted' };
const quiet = { logs: { unreachable: [], signatures: [] } };
const see = (rule: 'peering-broken' | 'nat-exhausted' | 'firewall-blocking', ways: readonly Way[]) =>
  concludeAll(rule, { ways, ...quiet });

describe.each(['peering-broken', 'nat-exhausted', 'firewall-blocking'] as const)('%s', (rule) => {
  it('is not ruled out of a network that is not known, as its connector could not be read', () => {
    expect(see(rule, [way('auth', denied), way('backend', denied), way('frontend')])).toEqual([
      {
        kind: 'inconclusive',
        reason:
          'the network of auth, backend is not known, as connector staging-connector could not be read: vpcaccess.connectors.get is not granted',
        settles: 'not-by-itself',
        about: { target: CONNECTOR, services: ['auth', 'backend'] },
      },
    ]);
  });

  it('is ruled out where every connector was read, or does not exist', () => {
    expect(see(rule, [way('auth', { network: undefined }), way('backend')])).toMatchObject([{ kind: 'ruled-out' }]);
  });
});

it('what is found all the same stands', () => {
  const found = concludeAll('firewall-blocking', {
    ways: [way('auth', denied), way('backend')],
    view: { firewalls: [firewall()] },
    logs: { unreachable: [lost('backend', '10.20.0.3')] },
  });
  expect(found).toMatchObject([{ kind: 'cause' }]);
});
