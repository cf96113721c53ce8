import { describe, expect, it } from 'vitest';
import type { NetworkView } from '../../shared/evidence/network.ts';
import {
  answers,
  backend,
  balancer,
  NETWORK,
  nat,
  networkView,
  outOfReach,
  route,
  SUBNETWORK,
  service,
  serviceName,
  there,
} from '../builders/evidence.ts';
import { guided, refusalOf } from './guided.ts';

const network = (over: Partial<NetworkView> = {}) => ({ network: { ways: [], networks: [networkView(over)] } });
const run = { 'cloud-run': { services: [service('api'), service('auth')] } };

describe('guided-network, of ways', () => {
  const about = { rule: 'egress-misrouted', target: NETWORK } as const;
  it.each([
    ['no default route', network({ routes: [] })],
    ['no NAT', network({ gateways: [] })],
    [
      'a route to nobody',
      network({
        routes: [
          route(),
          route({
            name: 'projects/acme-staging/global/routes/to-appliance',
            destinationRange: '0.0.0.0/1',
            warnings: ['NEXT_HOP_INSTANCE_NOT_FOUND'],
          }),
        ],
      }),
    ],
  ])('tells what to do about %s', (_, seen) => expect(guided('guided-network', { ...about, seen })).toMatchSnapshot());

  it.each([
    ['a network that was not observed', {}, 'staging was not observed'],
    [
      'what is well as far as is known',
      network({ gateways: [nat()] }),
      'network staging has a default route and NAT: which route is missing has to be found out',
    ],
  ])('refuses %s', (_, seen, reason) => expect(refusalOf('guided-network', { ...about, seen })).toBe(reason));

  it('refuses the way of one service', () =>
    expect(refusalOf('guided-network', { ...about, target: serviceName('backend'), seen: network() })).toBe(
      'backend was not observed',
    ));
});

describe('guided-network, of the peering', () => {
  const about = { rule: 'peering-broken', target: NETWORK } as const;
  const inactive = (details: string | undefined) =>
    network({ peerings: [{ name: 'servicenetworking-googleapis-com', active: false, details }] });
  it.each([
    ['is gone', network({ peerings: [] })],
    ['is gone, with its ranges', network({ peerings: undefined, privateRanges: [] })],
    ['is inactive', inactive('Peer network is gone.')],
    ['is inactive, for no reason given', inactive(undefined)],
  ])('tells what to do where it %s', (_, seen) =>
    expect(guided('guided-network', { ...about, seen })).toMatchSnapshot(),
  );

  it('refuses a network that was not observed', () =>
    expect(refusalOf('guided-network', { ...about, seen: {} })).toBe('staging was not observed'));
});

describe('guided-network, of a full subnetwork', () => {
  const about = { rule: 'direct-vpc-subnet-full', target: SUBNETWORK } as const;
  const ranged = (ipCidrRange: string) =>
    network({ subnetworks: [{ name: SUBNETWORK, network: NETWORK, ipCidrRange, privateGoogleAccess: true }] });
  it('tells how it is widened', () =>
    expect(guided('guided-network', { ...about, seen: network() })).toMatchSnapshot());
  it('widens it no further than may be', () =>
    expect(guided('guided-network', { ...about, seen: ranged('10.0.0.0/5') })).toContain('--prefix-length=4'));
  it.each([
    ['one that was not observed', {}, 'run was not observed'],
    ['one that is as wide as may be', ranged('0.0.0.0/4'), 'subnetwork run (0.0.0.0/4) has no wider range'],
    ['one whose range is none', ranged('10.0.0.0'), 'subnetwork run (10.0.0.0) has no wider range'],
  ])('refuses %s', (_, seen, reason) => expect(refusalOf('guided-network', { ...about, seen })).toBe(reason));
});

describe('guided-network, of Cloud Armor', () => {
  const about = { rule: 'armor-denying', target: 'projects/acme-staging/global/securityPolicies/edge-policy' } as const;
  const denied = (priority: number, count: number, policy = 'edge-policy') =>
    answers({ status: 403, count, deniedBy: { policy, priority } });
  const policies = there([
    {
      link: 'l',
      name: 'edge-policy',
      rules: [{ priority: 1000, action: 'deny(403)', isPreview: false, match: 'sqli' }],
    },
  ]);
  it.each([
    [
      'whose match is known',
      balancer([backend()], [denied(2000, 3), denied(1000, 90), denied(7, 900, 'other')], { policies }),
    ],
    ['whose match is not', balancer([backend()], [denied(2000, 90)], { policies })],
    ['whose policy could not be read', balancer([backend()], [denied(1000, 90)], { policies: outOfReach })],
  ])('tells what to do about the rule that denies most, %s', (_, seen) =>
    expect(guided('guided-network', { ...about, seen: { 'load-balancer': seen } })).toMatchSnapshot(),
  );

  it.each([
    ['no load balancer was observed', {}, 'edge-policy was not observed'],
    ['no denial was', { 'load-balancer': balancer() }, 'no rule of edge-policy was seen to deny anything'],
    [
      'its log could not be read',
      { 'load-balancer': balancer([], [], { answers: outOfReach }) },
      'no rule of edge-policy was seen to deny anything',
    ],
  ])('refuses where %s', (_, seen, reason) => expect(refusalOf('guided-network', { ...about, seen })).toBe(reason));
});

describe('guided-network, of a backend', () => {
  const about = {
    rule: 'backend-missing',
    target: 'projects/acme-staging/global/backendServices/api-backend',
  } as const;
  const gone = (name: string | undefined) =>
    backend({ groups: [{ name: 'old-neg', type: 'SERVERLESS', service: name, target: 'gone' }] });
  it.each([
    ['without a group', { ...run, 'load-balancer': balancer([backend({ groups: [] })]) }],
    ['that leads to a service that is gone', { ...run, 'load-balancer': balancer([gone('auth-v2')]) }],
    ['of which nobody knows whom it is for', { 'load-balancer': balancer([gone(undefined)]) }],
    [
      'of one region',
      {
        ...run,
        'load-balancer': balancer([backend({ groups: [], link: 'regions/us-central1/backendServices/api-backend' })]),
      },
    ],
  ])('tells what to do about one %s', (what, seen) => {
    const target =
      what === 'of one region' ? 'projects/acme-staging/regions/us-central1/backendServices/api-backend' : about.target;
    expect(guided('guided-network', { ...about, target, seen })).toMatchSnapshot();
  });

  it.each([
    ['no load balancer was observed', {}, 'api-backend was not observed'],
    ['it was not', { 'load-balancer': balancer([]) }, 'backend api-backend was not observed'],
  ])('refuses where %s', (_, seen, reason) => expect(refusalOf('guided-network', { ...about, seen })).toBe(reason));
});

describe('guided-network, of ingress', () => {
  const about = { rule: 'ingress-blocked', target: serviceName('backend') } as const;
  const shut = (ingress: string) => ({ 'cloud-run': { services: [service('backend', { ingress })] } });
  it.each([
    ['behind a load balancer', { ...shut('INGRESS_TRAFFIC_INTERNAL_ONLY'), 'load-balancer': balancer() }],
    ['without one', shut('INGRESS_TRAFFIC_INTERNAL_ONLY')],
    [
      'open to the load balancer alone',
      { ...shut('INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER'), 'load-balancer': balancer() },
    ],
    ['of a kind that we do not know', shut('INGRESS_TRAFFIC_NONE')],
  ])('tells how it is opened as far as is needed: %s', (_, seen) =>
    expect(guided('guided-network', { ...about, seen })).toMatchSnapshot(),
  );

  it('refuses a service that was not observed', () =>
    expect(refusalOf('guided-network', { ...about, seen: {} })).toBe('backend was not observed'));
});
