import { describe, expect, it } from 'vitest';
import { judge } from '../../shared/diagnosis/diagnose.ts';
import { ruleNamed } from '../../shared/diagnosis/rules.ts';
import { FAILED_REQUESTS_MIN } from '../../shared/diagnosis/symptoms.ts';
import type { Evidence } from '../../shared/evidence/evidence.ts';
import type { NetworkView } from '../../shared/evidence/network.ts';
import type { ConnectorObservation, UnreadConnector } from '../../shared/evidence/vpc-connector.ts';
import {
  CONNECTOR,
  connector,
  context,
  evidence,
  failed,
  logs,
  NETWORK,
  networkView,
  observed,
  SUBNETWORK,
  service,
  serviceName,
  unavailable,
} from '../builders/evidence.ts';

const GONE = 'projects/acme-staging/locations/us-central1/connectors/gone';
const all = (over: Partial<Evidence>) => judge(ruleNamed('connector-misconfigured'), evidence(over), context);
const users = [
  { service: 'auth', egress: 'private-ranges-only' as const },
  { service: 'backend', egress: 'all-traffic' as const },
];
const unread = (over: Partial<UnreadConnector> = {}): UnreadConnector => ({
  name: GONE,
  reason: 'not-found',
  detail: 'connector gone: not found',
  services: users,
  ...over,
});
const gone = (over: Partial<UnreadConnector> = {}, rest: Partial<Evidence> = {}) =>
  all({ 'vpc-connector': observed({ connectors: [connector()], unread: [unread(over)] }), ...rest });
const ill = (over: Partial<ConnectorObservation>, view?: Partial<NetworkView>) =>
  all({
    'vpc-connector': observed({ connectors: [connector({ state: 'error', network: 'staging', ...over })] }),
    ...(view && { network: observed({ ways: [], networks: [networkView(view)] }) }),
  });
const failing = (count: number) => ({ logs: observed(logs({ failed: [failed('backend', count)] })) });

describe('a connector that could not be read', () => {
  it('and does not exist is why its services fail', () => {
    expect(gone({}, failing(50))).toMatchObject([
      {
        kind: 'cause',
        target: GONE,
        claim: 'auth, backend send through VPC connector gone, which does not exist in acme-staging.',
        confidence: 'certain',
        services: ['backend'],
        expects: [{ seen: 'yes' }],
        evidence: [{}, { text: 'auth sends private-ranges-only through it.' }, {}],
      },
    ]);
  });

  it.each([
    ['enough failures', failing(FAILED_REQUESTS_MIN), 'yes', undefined, ['backend']],
    ['one failure less', failing(FAILED_REQUESTS_MIN - 1), 'no', 'soon', ['auth', 'backend']],
    ['no logs', { logs: unavailable('denied') }, 'unknown', undefined, ['auth', 'backend']],
  ])('with %s', (_, rest, seen, harm, services) => {
    const [found] = gone({}, rest);
    expect(found).toMatchObject({ kind: 'cause', expects: [{ seen }], services });
    expect((found as { harm?: string }).harm).toBe(harm);
  });

  it('speaks of one service as of one', () => {
    expect(gone({ services: users.slice(0, 1) })).toMatchObject([
      { claim: expect.stringContaining('auth sends through') },
    ]);
  });

  it('does not matter where nobody uses it', () => {
    expect(gone({ services: [] })).toEqual([
      {
        kind: 'ruled-out',
        reason: 'gone does not exist, and no watched service uses it; staging-connector exists in us-central1',
      },
    ]);
  });

  it.each(['denied', 'failed'] as const)('because it was %s cannot be judged', (reason) => {
    expect(gone({ reason })).toMatchObject([
      {
        kind: 'inconclusive',
        about: { target: GONE, services: ['auth', 'backend'] },
        nextCheck: expect.stringContaining('vpcaccess.connectors.get'),
      },
    ]);
  });
});

describe('a connector that cannot work', () => {
  it('in another region than its services', () => {
    const elsewhere = CONNECTOR.replace('us-central1', 'europe-west1');
    expect(ill({ name: elsewhere, state: 'ready' })).toMatchObject([
      {
        kind: 'cause',
        claim: 'VPC connector staging-connector cannot work: it is in europe-west1, and its services in us-central1.',
      },
    ]);
  });

  const own = (over = {}) => ({
    subnetworks: [
      { name: SUBNETWORK, network: NETWORK, ipCidrRange: '10.8.0.0/28', privateGoogleAccess: true, ...over },
    ],
  });
  it.each<[string, Partial<ConnectorObservation>, Partial<NetworkView> | undefined, string | undefined]>([
    ['a range that is no /28', { ipCidrRange: '10.8.0.0/27' }, undefined, 'its range 10.8.0.0/27 is no /28'],
    ['a range that is one', {}, undefined, undefined],
    ['no range', { ipCidrRange: undefined }, undefined, undefined],
    ['a network that is not there', {}, { peerings: undefined }, 'its network staging does not exist'],
    ['a network that is another', { network: 'other' }, {}, undefined],
    ['a network that is not said', { network: undefined }, {}, undefined],
    ['no subnetwork of its own', {}, {}, undefined],
    [
      'a subnetwork that is not there',
      { subnetwork: 'projects/p/regions/r/subnetworks/gone' },
      {},
      'its subnetwork gone does not exist',
    ],
    [
      'a subnetwork that is no /28',
      { subnetwork: SUBNETWORK },
      own({ ipCidrRange: '10.30.0.0/26' }),
      'its subnetwork run is 10.30.0.0/26, no /28',
    ],
    [
      'a subnetwork without Private Google Access',
      { subnetwork: SUBNETWORK },
      own({ privateGoogleAccess: false }),
      'its subnetwork run has no Private Google Access',
    ],
    ['a subnetwork as it should be', { subnetwork: SUBNETWORK }, own(), undefined],
    [
      'subnetworks that could not be read',
      { subnetwork: SUBNETWORK },
      { subnetworks: [], unread: [{ part: 'subnetworks', detail: 'denied' }] },
      undefined,
    ],
  ])('with %s', (_, over, view, wrong) => {
    const [found] = ill(over, view);
    expect(found).toMatchObject(
      wrong === undefined
        ? { kind: 'ruled-out' }
        : { kind: 'cause', claim: `VPC connector staging-connector cannot work: ${wrong}.` },
    );
  });

  it.each(['ready', 'updating'] as const)('is not one that is %s, however it was made', (state) => {
    expect(ill({ state, ipCidrRange: '10.8.0.0/27' })).toMatchObject([{ kind: 'ruled-out' }]);
  });

  it('is said even where nobody uses it', () => {
    expect(ill({ ipCidrRange: '10.8.0.0/27', services: [] })).toMatchObject([
      { evidence: [{}, { text: 'Sends through it: no watched service.' }], services: [], harm: 'soon' },
    ]);
  });
});

describe('a deploy that Cloud Run refused', () => {
  const message = (connector: string) =>
    `VPC connector ${connector} does not exist, or Cloud Run does not have permission to use it.`;
  const refusing = (text: string | undefined, state: 'failed' | 'succeeded' = 'failed', rest: Partial<Evidence> = {}) =>
    all({
      'cloud-run': observed({
        services: [service('backend', { ready: { state, reason: undefined, message: text, at: undefined } })],
      }),
      ...rest,
    });

  it('for want of a connector, or of the permission to use it, harms nobody yet', () => {
    expect(refusing(message(CONNECTOR))).toMatchObject([
      {
        kind: 'cause',
        target: serviceName('backend'),
        claim:
          'backend cannot be deployed: connector staging-connector may not be used by Cloud Run, or does not exist.',
        confidence: 'likely',
        harm: 'soon',
      },
    ]);
  });

  it('is certain where the connector is not there', () => {
    const rest = { 'vpc-connector': observed({ connectors: [], unread: [unread({ services: [] })] }) };
    expect(refusing(message(GONE), 'failed', rest)).toMatchObject([
      { confidence: 'certain', claim: expect.stringContaining('gone does not exist.') },
    ]);
  });

  it.each([
    ['for another reason', 'The user-provided container failed to start', 'failed'],
    ['without a word', undefined, 'failed'],
    ['not at all', message(CONNECTOR), 'succeeded'],
  ] as const)('%s is none', (_, text, state) => {
    expect(refusing(text, state)).toMatchObject([{ kind: 'ruled-out' }]);
  });

  it('is none where there is nothing at all', () => {
    expect(all({ 'vpc-connector': observed({ connectors: [] }), 'cloud-run': observed({ services: [] }) })).toEqual([
      { kind: 'ruled-out', reason: 'no watched service uses a connector' },
    ]);
  });
});
