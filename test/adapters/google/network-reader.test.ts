import { describe, expect, it } from 'vitest';
import {
  toFirewall,
  toNatGateways,
  toNetwork,
  toPrivateRange,
  toPrivateZone,
  toRecord,
  toRoute,
  toSubnetwork,
  toZoneChange,
} from '../../../shared/adapters/google/map-network.ts';
import { googleReader } from '../../../shared/adapters/google/reader.ts';
import { list } from '../../../shared/adapters/google/values.ts';
import { recorded } from './fixtures.ts';
import { googleInSandbox } from './google-in-sandbox.ts';
import { failureOf, googleError, json, NEVER, tinyServer } from './tiny-server.ts';

describe('real replies', () => {
  it('a network and its peerings', () => {
    expect(toNetwork(recorded('network/network-peered.json'))).toEqual({
      name: 'projects/gcpdiag-apigee1-aaaa/global/networks/apigee-network',
      peerings: [
        {
          name: 'servicenetworking-googleapis-com',
          active: true,
          details: '[2023-04-27T12:13:45.847-07:00]: Connected.',
        },
      ],
    });
  });

  it('a subnetwork', () => {
    expect(toSubnetwork(recorded('network/subnetwork.json'))).toEqual({
      name: 'projects/gcpdiag-apigee1-aaaa/regions/us-central1/subnetworks/apigee-subnetwork',
      network: 'projects/gcpdiag-apigee1-aaaa/global/networks/apigee-network',
      ipCidrRange: '10.128.0.0/20',
      privateGoogleAccess: true,
    });
  });

  it('a router’s NAT gateway', () => {
    expect(list(recorded('network/routers.json')['items']).flatMap(toNatGateways)).toEqual([
      {
        name: 'public-nat-gateway',
        router: 'public-nat-cloud-router',
        network: 'projects/gcpdiag-nat1-aaaa/global/networks/nat-vpc-network',
        minPortsPerVm: 32_000,
        maxPortsPerVm: undefined,
        addresses: 1,
        subnetworks: undefined,
      },
    ]);
  });

  it('routes', () => {
    const network = 'projects/gcpdiag-gce1-aaaa/global/networks/default';
    expect(list(recorded('network/routes.json')['items']).map(toRoute)).toMatchObject([
      { name: 'default', network, destinationRange: '0.0.0.0/0', priority: 1, nextHop: 'internet-gateway', tags: [] },
      { destinationRange: '192.168.0.0/26', priority: 0, nextHop: 'peering', createdAt: '2023-02-09T11:05:35.107Z' },
      { nextHop: 'internet-gateway', tags: ['windows'], warnings: [] },
    ]);
  });

  it('firewall rules', () => {
    const [first, second] = list(recorded('network/firewalls.json')['firewalls']).map(toFirewall);
    expect(first).toMatchObject({
      name: 'fw-test-900',
      direction: 'ingress',
      action: 'allow',
      priority: 900,
      ranges: ['10.100.0.0/24'],
      sourceTags: ['bar', 'foo', 'foobar'],
      targetTags: [],
      protocols: [{ protocol: 'tcp', ports: ['1234', '1000-2000', '2033'] }],
      disabled: false,
    });
    expect(second).toMatchObject({ action: 'deny', priority: 950 });
  });
});

// Forms for which no real reply was at hand: from the APIs' discovery documents.
describe('other forms', () => {
  it.each([
    ['by dynamic allocation', { enableDynamicPortAllocation: true }, { minPortsPerVm: 32, maxPortsPerVm: 65_536 }],
    ['with a most', { enableDynamicPortAllocation: true, maxPortsPerVm: 128 }, { maxPortsPerVm: 128 }],
    ['of which nothing is said', {}, { minPortsPerVm: 64, maxPortsPerVm: undefined, addresses: undefined }],
    [
      'for some subnetworks',
      {
        sourceSubnetworkIpRangesToNat: 'LIST_OF_SUBNETWORKS',
        subnetworks: [{ name: 'https://www.googleapis.com/compute/v1/projects/p/regions/r/subnetworks/s' }],
      },
      { subnetworks: ['projects/p/regions/r/subnetworks/s'] },
    ],
  ])('a gateway %s', (_, nat, expected) => {
    expect(toNatGateways({ nats: [nat] })).toMatchObject([expected]);
  });

  it('a gateway between networks is no way out, and a router may have none', () => {
    expect(toNatGateways({ nats: [{ type: 'PRIVATE' }] })).toEqual([]);
    expect(toNatGateways({ name: 'vpn' })).toEqual([]);
  });

  it('routes to a subnetwork, and to something else that is gone', () => {
    expect(toRoute({ nextHopNetwork: 'projects/p/global/networks/n' }).nextHop).toBe('subnetwork');
    const gone = { nextHopInstance: 'x', warnings: [{ code: 'NEXT_HOP_INSTANCE_NOT_FOUND' }] };
    expect(toRoute(gone)).toMatchObject({
      nextHop: 'other',
      warnings: ['NEXT_HOP_INSTANCE_NOT_FOUND'],
      priority: 1000,
    });
  });

  it('an egress rule without destinations is for all of them', () => {
    expect(toFirewall({ direction: 'EGRESS', denied: [{ IPProtocol: 'all' }] })).toMatchObject({
      direction: 'egress',
      action: 'deny',
      ranges: ['0.0.0.0/0'],
      protocols: [{ protocol: 'all', ports: [] }],
    });
  });

  it.each([
    [
      { purpose: 'VPC_PEERING', address: '10.20.0.0', prefixLength: 16, network: 'projects/p/global/networks/n' },
      ['10.20.0.0/16'],
    ],
    [{ purpose: 'PRIVATE_SERVICE_CONNECT', address: '10.20.0.0', prefixLength: 16 }, []],
    [{ purpose: 'VPC_PEERING', address: '10.20.0.0' }, []],
  ])('a reserved range %j', (address, ranges) => {
    expect(toPrivateRange(address).map(({ range }) => range)).toEqual(ranges);
  });

  it.each([
    [{ visibility: 'public' }, []],
    [{ visibility: 'private', dnsName: 'A.internal.' }, [{ domain: 'a.internal', networks: [], answers: 'records' }]],
    [
      {
        visibility: 'private',
        dnsName: 'b.',
        forwardingConfig: {},
        privateVisibilityConfig: {
          networks: [{ networkUrl: 'https://www.googleapis.com/compute/v1/projects/p/global/networks/n' }],
        },
      },
      [{ domain: 'b', networks: ['projects/p/global/networks/n'], answers: 'elsewhere' }],
    ],
    [{ visibility: 'private', peeringConfig: {} }, [{ answers: 'elsewhere' }]],
  ])('a zone %j', (zone, expected) => {
    expect(toPrivateZone(zone)).toMatchObject(expected);
  });

  it('records and their changes', () => {
    const record = { name: 'DB.a.internal.', type: 'A', rrdatas: ['10.20.0.3'] };
    const read = { name: 'db.a.internal', type: 'A', values: ['10.20.0.3'] };
    expect(toRecord(record)).toEqual(read);
    expect(toZoneChange({ startTime: '2026-11-23T03:00:00Z', additions: [record] })).toEqual({
      at: '2026-11-23T03:00:00.000Z',
      added: [read],
      removed: [],
    });
  });
});

describe('the reader', () => {
  const LISTS = ['routes', 'firewalls', 'privateRanges', 'privateZones'] as const;

  it('follows pages to the last', async () => {
    const server = await tinyServer(({ url }, response) => {
      const page = Number(url.searchParams.get('pageToken') ?? 0);
      const items = [{ name: `r${page}` }];
      json(response, 200, page < 2 ? { items, nextPageToken: String(page + 1) } : { items });
    });
    const routes = await googleReader(server.options).routes('acme-staging', NEVER);
    expect(routes.map(({ name }) => name)).toEqual(['r0', 'r1', 'r2']);
    expect(server.asked.map(({ url }) => `${url.pathname}?${url.searchParams}`)).toEqual([
      '/compute/v1/projects/acme-staging/global/routes?maxResults=500',
      '/compute/v1/projects/acme-staging/global/routes?maxResults=500&pageToken=1',
      '/compute/v1/projects/acme-staging/global/routes?maxResults=500&pageToken=2',
    ]);
  });

  it('says so where there is more than it looks at', async () => {
    const server = await tinyServer((_, response) => json(response, 200, { items: [], nextPageToken: 'on' }));
    const failure = await failureOf(googleReader(server.options).firewalls('acme-staging', NEVER));
    expect(failure.message).toContain('more than can be looked at');
    expect(server.asked).toHaveLength(4);
  });

  it.each(LISTS)('says what it may not: %s', async (method) => {
    const server = await tinyServer((_, response) => json(response, 403, googleError(403, 'PERMISSION_DENIED', 'no')));
    expect((await failureOf(googleReader(server.options)[method]('acme-staging', NEVER))).code).toBe(
      'permission-denied',
    );
  });

  it.each(LISTS)('knows of nothing where the API was never turned on: %s', async (method) => {
    const info = {
      '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
      reason: 'SERVICE_DISABLED',
      domain: 'googleapis.com',
      metadata: { service: 'dns.googleapis.com' },
    };
    const off = googleError(
      403,
      'PERMISSION_DENIED',
      'Cloud DNS API has not been used in project 1 before or it is disabled.',
      [info],
    );
    const server = await tinyServer((_, response) => json(response, 403, off));
    expect(await googleReader(server.options)[method]('acme-staging', NEVER)).toEqual([]);
  });
});

describe('on a Google Cloud project', () => {
  const WHERE = { project: 'acme-staging', region: 'us-central1' };
  const NETWORK = 'projects/acme-staging/global/networks/staging';

  it('sees a network with what is in it', async () => {
    const { reader } = await googleInSandbox('healthy-nat-busy');
    expect(await reader.network(NETWORK, NEVER)).toMatchObject({
      name: NETWORK,
      peerings: [{ name: 'servicenetworking-googleapis-com', active: true }],
    });
    expect(await reader.subnetworks(WHERE, NEVER)).toMatchObject([{ network: NETWORK, ipCidrRange: '10.128.0.0/20' }]);
    expect(await reader.subnetworks({ ...WHERE, region: 'europe-west1' }, NEVER)).toEqual([]);
    expect(await reader.natGateways(WHERE, NEVER)).toMatchObject([
      { network: NETWORK, minPortsPerVm: 2048, addresses: 1 },
    ]);
    expect((await reader.routes('acme-staging', NEVER)).map(({ nextHop }) => nextHop)).toEqual([
      'internet-gateway',
      'subnetwork',
      'peering',
    ]);
    expect(await reader.firewalls('acme-staging', NEVER)).toMatchObject([
      {
        name: 'deny-smtp',
        direction: 'egress',
        action: 'deny',
        priority: 500,
        protocols: [{ protocol: 'tcp', ports: ['25'] }],
      },
    ]);
    expect(await reader.privateRanges('acme-staging', NEVER)).toEqual([{ network: NETWORK, range: '10.20.0.0/16' }]);
    const gone = await failureOf(reader.network('projects/acme-staging/global/networks/gone', NEVER));
    expect(gone.code).toBe('not-found');
  });

  it('sees a private zone, its records, and who took one away', async () => {
    const { reader, afterSeconds } = await googleInSandbox('private-dns-record-deleted');
    const zone = { project: 'acme-staging', zone: 'staging-internal' };
    expect(await reader.privateZones('acme-staging', NEVER)).toEqual([
      { name: 'staging-internal', domain: 'staging.acme.internal', networks: [NETWORK], answers: 'records' },
    ]);
    const addresses = async () =>
      (await reader.zoneRecords(zone, NEVER)).flatMap(({ type, name }) => (type === 'A' ? [name] : []));
    expect(await addresses()).toEqual(['db.staging.acme.internal', 'cache.staging.acme.internal']);
    afterSeconds(60);
    expect(await addresses()).toEqual(['cache.staging.acme.internal']);
    expect((await reader.zoneChanges(zone, NEVER))[0]).toMatchObject({
      added: [],
      removed: [{ name: 'db.staging.acme.internal', values: ['10.20.0.3'] }],
    });
    expect((await failureOf(reader.zoneRecords({ ...zone, zone: 'gone' }, NEVER))).code).toBe('not-found');
  });

  it('sees a connector’s own subnetwork in a Shared VPC’s host', async () => {
    const server = await tinyServer((_, response) =>
      json(response, 200, {
        name: 'projects/acme-staging/locations/us-central1/connectors/c',
        subnet: { name: 'c-28', projectId: 'acme-host' },
      }),
    );
    const connector = await googleReader(server.options).connector(
      'projects/acme-staging/locations/us-central1/connectors/c',
      NEVER,
    );
    expect(connector.subnetwork).toBe('projects/acme-host/regions/us-central1/subnetworks/c-28');
  });
});
