import { describe, expect, it } from 'vitest';
import type { Cause } from '../../shared/diagnosis/rule.ts';
import type { NetworkView, Way } from '../../shared/evidence/network.ts';
import type { Subnetwork } from '../../shared/ports/network.ts';
import { switchToDirectVpcEgress } from '../../shared/remedy/switch-to-direct-vpc-egress.ts';
import {
  CONNECTOR,
  connector,
  direct,
  environment,
  NETWORK,
  networkView,
  SUBNETWORK,
  service,
  template,
  way,
} from '../builders/evidence.ts';
import { plainService, reading, recording, unhurried } from '../builders/ports.ts';

const { bounds } = environment;
const cause: Cause = {
  rule: 'connector-in-error',
  layer: 'infrastructure',
  explains: [],
  target: CONNECTOR,
  claim: 'it is in error',
  confidence: 'certain',
  evidence: [],
  expects: [],
  services: ['backend'],
};
const users = [service('backend', { instancesMax: 8 }), service('auth', { instancesMax: 8 })];
const onConnector: readonly Way[] = [way('backend'), way('auth')];
const subnetwork = (ipCidrRange: string, name = SUBNETWORK): Subnetwork => ({
  name,
  network: NETWORK,
  ipCidrRange,
  privateGoogleAccess: true,
});

interface Given {
  readonly view?: Partial<NetworkView>;
  readonly ways?: readonly Way[];
  readonly services?: readonly ReturnType<typeof service>[];
  readonly target?: string;
}
const propose = ({ view = {}, ways = onConnector, services = users, target = CONNECTOR }: Given = {}) =>
  switchToDirectVpcEgress.propose({
    cause: { ...cause, target },
    seen: {
      'vpc-connector': { connectors: [connector({ state: 'error', network: 'staging' })] },
      network: { ways, networks: [networkView(view)] },
      'cloud-run': { services },
    },
    environment,
    mark: 'inc-1-1',
  });

const images = ['us-docker.pkg.dev/acme/app@sha256:aaaa'];
const directly = (over: object = {}) => ({
  vpcAccess: { kind: 'direct', network: 'staging', subnetwork: 'run', egress: 'all-traffic', ...over } as const,
  images,
});
const through = { vpcAccess: { kind: 'connector', connector: CONNECTOR, egress: 'all-traffic' } as const, images };

describe('switch-to-direct-vpc-egress', () => {
  it('switches each service of the connector, after what costs less risk', () => {
    expect(propose()).toMatchObject({
      kind: 'proposed',
      change: { target: service('backend').name, etag: '"1"', before: through, after: directly() },
      prospect: {
        risk: 'high',
        costUsdPerMonth: 0,
        undo: { kind: 'restore-before' },
        summary: {
          title: 'Send backend into staging directly',
          before: 'through connector staging-connector',
          after: 'from subnetwork run (10.30.0.0/26)',
        },
        whatCouldGoWrong: expect.stringContaining('do not know 10.30.0.0/26 yet'),
        permanent: {
          gcloud: expect.stringContaining(
            '--clear-vpc-connector --network=staging --subnet=run --vpc-egress=all-traffic',
          ),
        },
      },
      followedBy: [{ action: 'switch-to-direct-vpc-egress', target: service('auth').name, after: directly() }],
    });
  });

  it('takes the roomiest subnetwork, and names one of another project in full', () => {
    const host = 'projects/host/regions/us-central1/subnetworks/shared';
    const subnetworks = [
      subnetwork('10.30.0.0/26'),
      { ...subnetwork('10.31.0.0/24', host), network: 'projects/host/global/networks/n' },
    ];
    expect(propose({ view: { subnetworks } })).toMatchObject({
      change: { after: directly({ network: 'projects/host/global/networks/n', subnetwork: host }) },
    });
  });

  it.each<[string, Given, string]>([
    ['what was not seen', { target: `${CONNECTOR}-x` }, 'was not observed: its network is not known'],
    ['where its network was not seen', { ways: [] }, 'the network of staging-connector was not observed'],
    [
      'where nothing is known of subnetworks',
      { view: { unread: [{ part: 'subnetworks', detail: 'denied' }] } },
      'could not be read: denied',
    ],
    [
      'where every subnetwork is too small',
      { view: { subnetworks: [subnetwork('10.30.0.0/27')] } },
      'staging has no subnetwork of /26 or larger here',
    ],
    [
      'where there is no room',
      { services: [...users, service('more', { instancesMax: 9 })] },
      '64 addresses are needed, two for each instance that may run, and run (10.30.0.0/26) has room for 48',
    ],
    [
      'where others have taken the room',
      {
        ways: [...onConnector, direct('other')],
        services: [
          ...users,
          service('other', { instancesMax: 40, template: { ...template, vpcAccess: { kind: 'none' } } }),
        ],
      },
      'has room for 0',
    ],
    ['where nobody uses it', { services: [] }, 'no watched service sends through staging-connector'],
    [
      'where one is pinned',
      { services: [service('backend', { instancesMax: 8, traffic: [{ revision: 'backend-00001', percent: 100 }] })] },
      'traffic of backend is pinned',
    ],
  ])('refuses %s', (_, given, reason) => {
    expect(propose(given)).toMatchObject({ kind: 'refused', reason: expect.stringContaining(reason) });
  });

  it('fits where exactly enough is free', () => {
    const upTo = (instancesMax: number) => [service('backend', { template: { ...template, instancesMax } })];
    expect(propose({ services: upTo(24) }).kind).toBe('proposed');
    expect(propose({ services: upTo(25) }).kind).toBe('refused');
  });

  it.each([
    [directly(), through, undefined],
    [directly({ egress: 'private-ranges-only' }), through, 'stays the same'],
    [through, through, 'only switched from a connector'],
    [directly(), directly(), 'only switched from a connector'],
    [{ ...directly(), images: ['app:latest'] }, through, 'pinned by digest'],
    [{ ...directly(), images: [] }, through, 'pinned by digest'],
  ])('%j after %j: %s', (after, present, refusal) => {
    const said = switchToDirectVpcEgress.outOfLimits?.({ after, present, bounds, boundsAt: 'b' });
    if (refusal === undefined) expect(said).toBeUndefined();
    else expect(said).toContain(refusal);
  });

  it('reads and writes the way and the images', async () => {
    const target = service('backend').name;
    const read = reading({ services: [plainService('backend')] });
    expect(await switchToDirectVpcEgress.read(target, read.cloud, unhurried)).toMatchObject({ settings: through });
    const { cloud, written } = recording();
    await switchToDirectVpcEgress.write({ target, etag: '"1"', before: through, after: directly() }, cloud, unhurried);
    expect(written).toEqual([['changeService', { name: target, etag: '"1"' }, { template: directly() }]]);
  });
});
