import { describe, expect, it } from 'vitest';
import { wayTo } from '../../shared/diagnosis/way-to.ts';
import type { NetworkView, Way } from '../../shared/evidence/network.ts';
import { direct, firewall, nat, networkView, route, SUBNETWORK, way } from '../builders/evidence.ts';

const DATABASE = { host: '10.20.0.3', port: 5432 };
const PARTNER = { host: '203.0.113.10', port: 443 };
const backend = way('backend');
const kindOf = (from: Way, view: Partial<NetworkView> | undefined, place: { host: string; port: number | undefined }) =>
  wayTo(from, view && networkView(view), place).kind;

const peered = route({ name: 'p', destinationRange: '10.20.0.0/16', priority: 0, nextHop: 'peering' });
const appliance = (over = {}) => route({ name: 'a', nextHop: 'other', priority: 900, ...over });
const gone = { warnings: ['NEXT_HOP_INSTANCE_NOT_FOUND'] };
const unread = (part: NetworkView['unread'][number]['part']) => ({ unread: [{ part, detail: 'denied' }] });

describe('the way to a place', () => {
  it.each<[string, Way, Partial<NetworkView> | undefined, { host: string; port: number | undefined }, string]>([
    ['no network, private', way('x', { kind: 'none' }), undefined, DATABASE, 'not-connected'],
    ['no network, public', way('x', { kind: 'none' }), undefined, PARTNER, 'past-the-network'],
    ['private ranges only, public', way('x', { egress: 'private-ranges-only' }), {}, PARTNER, 'past-the-network'],
    ['private ranges only, private', way('x', { egress: 'private-ranges-only' }), {}, DATABASE, 'open'],
    ['a network that was not read', backend, undefined, DATABASE, 'unknown'],
    ['peered', backend, {}, DATABASE, 'open'],
    ['public by NAT', backend, {}, PARTNER, 'translated'],
    ['a public name by NAT', backend, {}, { host: 'api.pay.example', port: undefined }, 'translated'],
    ['no peering, reserved', backend, { routes: [route()] }, DATABASE, 'unpeered'],
    ['no peering, not reserved', backend, { routes: [route()], privateRanges: [] }, DATABASE, 'no-route'],
    ['no route listed, private', backend, { routes: [], privateRanges: [] }, DATABASE, 'unknown'],
    ['no route listed, public', backend, { routes: [] }, PARTNER, 'unknown'],
    ['no default route', backend, { routes: [peered] }, PARTNER, 'no-way-out'],
    ['no default route, a name', backend, { routes: [peered] }, { host: 'api.pay.example', port: 443 }, 'no-way-out'],
    ['an appliance', backend, { routes: [route(), appliance()] }, PARTNER, 'open'],
    ['a gone appliance', backend, { routes: [route(), appliance(gone)] }, PARTNER, 'dead-route'],
    [
      'a gone appliance of less right',
      backend,
      { routes: [route(), appliance({ ...gone, priority: 1100 })] },
      PARTNER,
      'translated',
    ],
    [
      'a more specific gone appliance',
      backend,
      { routes: [route(), appliance({ ...gone, destinationRange: '203.0.113.0/24', priority: 5000 })] },
      PARTNER,
      'dead-route',
    ],
    [
      'a gone appliance before a private place',
      backend,
      { routes: [peered, appliance({ ...gone, destinationRange: '10.20.0.0/24' })] },
      DATABASE,
      'dead-route',
    ],
    [
      'a route for others by tag',
      backend,
      { routes: [route(), appliance({ ...gone, tags: ['vm'] })] },
      PARTNER,
      'translated',
    ],
    [
      'a route for connectors by tag',
      backend,
      { routes: [route(), appliance({ ...gone, tags: ['vpc-connector'] })] },
      PARTNER,
      'dead-route',
    ],
    ['no gateway', backend, { gateways: [] }, PARTNER, 'no-nat'],
    [
      'a gateway for listed subnetworks, a connector',
      backend,
      { gateways: [nat({ subnetworks: [SUBNETWORK] })] },
      PARTNER,
      'no-nat',
    ],
    [
      'a gateway for listed subnetworks, one of them',
      direct('x'),
      { gateways: [nat({ subnetworks: [SUBNETWORK] })] },
      PARTNER,
      'translated',
    ],
    [
      'a gateway for another subnetwork',
      direct('x'),
      { gateways: [nat({ subnetworks: ['other'] })] },
      PARTNER,
      'no-nat',
    ],
    [
      'Google without NAT, by a connector',
      backend,
      { gateways: [] },
      { host: 'storage.googleapis.com', port: 443 },
      'open',
    ],
    [
      'Google without NAT, with Private Google Access',
      direct('x'),
      { gateways: [] },
      { host: '199.36.153.9', port: 443 },
      'open',
    ],
    [
      'Google without NAT and without it',
      direct('x'),
      {
        gateways: [],
        subnetworks: [{ name: SUBNETWORK, network: 'n', ipCidrRange: '10.30.0.0/26', privateGoogleAccess: false }],
      },
      { host: 'storage.googleapis.com', port: 443 },
      'no-nat',
    ],
    ['routes unread', backend, { routes: [], ...unread('routes') }, DATABASE, 'unknown'],
    ['reserved ranges unread, peered', backend, unread('privateRanges'), DATABASE, 'open'],
    [
      'reserved ranges unread, no peering',
      backend,
      { routes: [route()], ...unread('privateRanges') },
      DATABASE,
      'unknown',
    ],
    ['gateways unread, private', backend, unread('gateways'), DATABASE, 'open'],
    ['gateways unread, public', backend, unread('gateways'), PARTNER, 'unknown'],
  ])('%s', (_, from, view, place, kind) => {
    expect(kindOf(from, view, place)).toBe(kind);
  });
});

describe('firewall rules', () => {
  const allow = { name: 'allow', action: 'allow' as const };
  const tagged = { targetTags: ['vpc-connector-us-central1-staging-connector'] };
  const tcp = (...ports: string[]) => ({ protocols: [{ protocol: 'tcp', ports }] });
  const VM = { host: '10.30.0.7', port: 5432 };
  const arriving = { direction: 'ingress' as const, ranges: ['10.8.0.0/28'] };

  it.each<[string, readonly Parameters<typeof firewall>[0][], typeof DATABASE, string]>([
    ['denies the range', [{}], DATABASE, 'denied'],
    ['denies another range', [{ ranges: ['10.21.0.0/16'] }], DATABASE, 'open'],
    ['denies by the connector’s tag', [tagged], DATABASE, 'denied'],
    ['denies by a tag of others', [{ targetTags: ['web'] }], DATABASE, 'open'],
    ['denies the port', [tcp('5432')], DATABASE, 'denied'],
    ['denies a range of ports', [tcp('5000-5432')], DATABASE, 'denied'],
    ['denies ports up to the one before', [tcp('5000-5431')], DATABASE, 'open'],
    ['denies ports from the one after', [tcp('5433-6000')], DATABASE, 'open'],
    ['denies by protocol number', [{ protocols: [{ protocol: '6', ports: [] }] }], DATABASE, 'denied'],
    ['denies another protocol', [{ protocols: [{ protocol: 'udp', ports: [] }] }], DATABASE, 'open'],
    ['is disabled', [{ disabled: true }], DATABASE, 'open'],
    ['is for service accounts', [{ targetServiceAccounts: ['x@y'] }], DATABASE, 'open'],
    ['is outranked', [{ priority: 1000 }, { ...allow, priority: 999 }], DATABASE, 'open'],
    ['outranks', [{ priority: 998 }, { ...allow, priority: 999 }], DATABASE, 'denied'],
    ['denies before an equal that allows', [{ ...allow }, {}], DATABASE, 'denied'],
    ['denies before an equal that allows, in the other order', [{}, { ...allow }], DATABASE, 'denied'],
    ['only allows', [allow], DATABASE, 'open'],
    ['keeps the connector from a machine', [{ ...arriving }], VM, 'denied'],
    ['keeps others from a machine', [{ ...arriving, ranges: ['10.9.0.0/28'] }], VM, 'open'],
    ['keeps the connector from tagged machines, perhaps not this', [{ ...arriving, targetTags: ['web'] }], VM, 'open'],
    [
      'keeps everyone out, but lets tagged machines be reached',
      [arriving, { ...arriving, ...allow, targetTags: ['db'], priority: 900 }],
      VM,
      'open',
    ],
    [
      'keeps everyone out, but lets connectors in by their tag',
      [arriving, { ...arriving, ...allow, ranges: [], sourceTags: ['vpc-connector'], priority: 900 }],
      VM,
      'open',
    ],
    ['keeps connectors out by their tag', [{ ...arriving, ranges: [], sourceTags: ['vpc-connector'] }], VM, 'denied'],
    ['keeps the connector from machines, not from peers', [{ ...arriving }], DATABASE, 'open'],
  ])('a rule that %s', (_, rules, place, kind) => {
    expect(kindOf(backend, { firewalls: rules.map(firewall) }, place)).toBe(kind);
  });

  it.each<[string, Way, string]>([
    ['a subnetwork of its own', direct('x'), 'denied'],
    ['an unknown range', way('x', { sourceRange: undefined }), 'open'],
  ])('a rule on where packets come from holds for %s', (_, from, kind) => {
    const rule = firewall({ direction: 'ingress', ranges: ['10.30.0.0/26'] });
    expect(kindOf(from, { firewalls: [rule] }, VM)).toBe(kind);
  });

  it('of a place without a port only a rule for all ports is known to deny', () => {
    const place = { host: 'api.pay.example', port: undefined };
    const all = { ranges: ['0.0.0.0/0'] };
    expect(kindOf(backend, { firewalls: [firewall({ ...all, ...tcp('443') })] }, place)).toBe('translated');
    expect(kindOf(backend, { firewalls: [firewall(all)] }, place)).toBe('denied');
  });
});
