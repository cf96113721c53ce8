import { describe, expect, it } from 'vitest';
import { LOST_MIN } from '../../shared/diagnosis/broken-ways.ts';
import type { NetworkView } from '../../shared/evidence/network.ts';
import { line, lost, NETWORK, observed, route } from '../builders/evidence.ts';
import { conclude } from './network-rules.ts';

const peering = (active: boolean, details?: string) => [{ name: 'servicenetworking-googleapis-com', active, details }];
const see = (view: Partial<NetworkView>, over: Parameters<typeof conclude>[1] = {}) =>
  conclude('peering-broken', { view, logs: { unreachable: [lost('backend', '10.20.0.3')] }, ...over });
const named = { logs: {} };

describe('peering-broken', () => {
  it('names a peering that is gone, by the reserved range that nothing leads to', () => {
    expect(see({ peerings: [], routes: [route()] })).toMatchObject({
      kind: 'cause',
      target: NETWORK,
      claim:
        'The private services peering of network staging is gone: no route leads to 10.20.0.0/16, and 34 connections to 10.20.0.3:5432 came to nothing.',
      confidence: 'certain',
      services: ['backend'],
    });
  });

  it.each([
    [
      'inactive',
      peering(false, 'Deleted by the peer.'),
      'is inactive',
      'yes',
      'certain',
      'not ACTIVE: Deleted by the peer.; 10.20.0.0/16 still',
    ],
    ['inactive without a word', peering(false), 'is inactive', 'yes', 'certain', 'not ACTIVE;'],
    ['active, yet without its routes', peering(true), 'is inactive', 'no', 'likely', 'not ACTIVE;'],
  ])('a peering that is %s', (_, peerings, how, seen, confidence, text) => {
    expect(see({ peerings, routes: [route()] })).toMatchObject({
      claim: expect.stringContaining(how),
      expects: [{ seen }],
      confidence,
      evidence: [{ text: expect.stringContaining(text) }, {}],
    });
  });

  it('does not know about a peering that it may not read, and still of routes that are missing', () => {
    const unread = [{ part: 'peerings' as const, detail: 'denied' }];
    expect(see({ peerings: [], routes: [route()], unread })).toMatchObject({
      kind: 'cause',
      expects: [{ seen: 'unknown' }],
    });
  });

  describe('where routes may not be read', () => {
    const unread = [{ part: 'routes' as const, detail: 'denied' }];
    const blind = (peerings: NetworkView['peerings'], host: string) =>
      conclude('peering-broken', {
        view: { peerings, routes: [], unread },
        logs: { unreachable: [lost('backend', host)] },
      });

    it('takes the word of a peering that is inactive, for private places', () => {
      expect(blind(peering(false), '10.20.0.3')).toMatchObject({
        kind: 'cause',
        claim:
          'The private services peering of network staging is inactive, and 34 connections to 10.20.0.3:5432 came to nothing.',
        confidence: 'likely',
        evidence: [{ text: 'Network staging: servicenetworking-googleapis-com is not ACTIVE.' }, {}],
      });
    });

    it.each<[string, NetworkView['peerings'], string]>([
      ['a public place', peering(false), '203.0.113.10'],
      ['a name', peering(false), 'api.pay.example'],
      ['a peering that is active', peering(true), '10.20.0.3'],
      ['another peering', [{ name: 'other', active: false, details: undefined }], '10.20.0.3'],
      ['no network', undefined, '10.20.0.3'],
    ])('does not know about %s', (_, peerings, host) => {
      expect(blind(peerings, host).kind).toBe('inconclusive');
    });
  });

  it.each<[string, Partial<NetworkView>, Parameters<typeof conclude>[1], string]>([
    ['it is active', {}, named, 'is active'],
    ['none was ever made', { peerings: [], privateRanges: [], routes: [route()] }, named, 'has no range'],
    ['the network is not there', { peerings: undefined, privateRanges: [] }, named, 'has no range'],
    ['nothing is out of reach', { peerings: [] }, { logs: { signatures: [] } }, 'nothing in 10.20.0.0/16'],
    [
      'a little is',
      { peerings: [] },
      { logs: { signatures: [line('auth', 'private-connection-timed-out', LOST_MIN - 1)] } },
      'nothing in',
    ],
  ])('is ruled out where %s', (_, view, over, reason) => {
    expect(see(view, over)).toMatchObject({ kind: 'ruled-out', reason: expect.stringContaining(reason) });
  });

  it.each<[string, Partial<NetworkView>, string]>([
    ['a part could not be read', { peerings: [], unread: [{ part: 'privateRanges', detail: 'denied' }] }, 'denied'],
    ['time-outs name no place', { peerings: [] }, 'do not say which address'],
  ])('cannot tell where %s', (_, view, reason) => {
    const signatures = [line('auth', 'private-connection-timed-out', LOST_MIN)];
    expect(see(view, { logs: { signatures } })).toMatchObject({
      kind: 'inconclusive',
      reason: expect.stringContaining(reason),
      about: { services: ['auth'] },
    });
  });

  it('is ruled out where no service sends into a network', () => {
    const over = { network: observed({ ways: [], networks: [] }) };
    expect(see({}, { over })).toMatchObject({ kind: 'ruled-out', reason: 'no watched service sends into a network' });
  });
});
