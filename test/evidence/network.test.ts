import { describe, expect, it } from 'vitest';
import { network } from '../../shared/evidence/network.ts';
import type { CloudReader, Series, SeriesQuery, VpcAccess } from '../../shared/ports/cloud.ts';
import { PlatformFailure } from '../../shared/ports/platform-failure.ts';
import { at, CONNECTOR, firewall, NETWORK, NOW, nat, route, SUBNETWORK, template } from '../builders/evidence.ts';
import { emptyProject, inspection, metricOf, plainConnector, plainService, unhurried } from '../builders/ports.ts';

const OTHER = 'projects/acme-staging/global/networks/other';
const by = (vpcAccess: VpcAccess) => ({ template: { ...template, vpcAccess } });
const connector: VpcAccess = { kind: 'connector', connector: CONNECTOR, egress: 'all-traffic' };
const denied = async () => {
  throw new PlatformFailure('permission-denied', 'denied');
};
const cloud = (over: Partial<CloudReader>): CloudReader => ({
  ...emptyProject,
  services: async () => [plainService('backend', by(connector))],
  connector: async (name) => plainConnector({ name, network: 'staging' }),
  network: async (name) => ({ name, peerings: [] }),
  ...over,
});
const see = (over: Partial<CloudReader>) => network.inspect(inspection({ cloud: cloud(over) }), unhurried);
const viewOf = async (over: Partial<CloudReader>) => (await see(over)).networks[0];

describe('ways', () => {
  const ways = async (vpcAccess: VpcAccess, over: Partial<CloudReader> = {}) =>
    (await see({ services: async () => [plainService('backend', by(vpcAccess))], ...over })).ways[0];

  it('lead through a connector into its network, with the tags of its machines', async () => {
    expect(await ways(connector)).toEqual({
      service: 'backend',
      kind: 'connector',
      egress: 'all-traffic',
      connector: CONNECTOR,
      network: NETWORK,
      subnetwork: undefined,
      sourceRange: '10.8.0.0/28',
      tags: ['vpc-connector', 'vpc-connector-us-central1-staging-connector'],
    });
  });

  it('lead into a Shared VPC’s host where the connector’s subnetwork is there', async () => {
    const subnetwork = 'projects/acme-host/regions/us-central1/subnetworks/c';
    const found = await ways(connector, {
      connector: async (name) => plainConnector({ name, network: 'shared', subnetwork }),
    });
    expect(found).toMatchObject({ network: 'projects/acme-host/global/networks/shared', subnetwork });
  });

  it.each([
    ['that is gone', { connector: emptyProject.connector }],
    ['that says no network', { connector: async (name: string) => plainConnector({ name, network: undefined }) }],
  ])('through a connector %s lead nowhere that is known', async (_, over) => {
    expect(await ways(connector, over)).toMatchObject({ kind: 'connector', connector: CONNECTOR, network: undefined });
  });

  it('through a connector that could not be read say why, and through one that is gone do not', async () => {
    expect(await ways(connector, { connector: denied })).toMatchObject({ network: undefined, unread: 'denied' });
    expect(await ways(connector, { connector: emptyProject.connector })).not.toHaveProperty('unread');
  });

  it.each([
    ['staging', 'run'],
    [NETWORK, SUBNETWORK],
    [`https://www.googleapis.com/compute/v1/${NETWORK}`, SUBNETWORK],
  ])('lead directly into %s', async (name, subnetwork) => {
    expect(await ways({ kind: 'direct', network: name, subnetwork, egress: 'private-ranges-only' })).toMatchObject({
      kind: 'direct',
      egress: 'private-ranges-only',
      network: NETWORK,
      subnetwork: SUBNETWORK,
      tags: [],
    });
  });

  it('may lead into no network', async () => {
    expect(await see({ services: async () => [plainService('backend', by({ kind: 'none' }))] })).toMatchObject({
      ways: [{ kind: 'none', network: undefined }],
      networks: [],
    });
  });
});

describe('a network', () => {
  it('has of each list what is its own', async () => {
    const own = { name: SUBNETWORK, network: NETWORK, ipCidrRange: '10.30.0.0/26', privateGoogleAccess: true };
    const view = await viewOf({
      network: async (name) => ({ name, peerings: [{ name: 'p', active: true, details: undefined }] }),
      subnetworks: async () => [own, { ...own, network: OTHER }],
      routes: async () => [route(), route({ network: OTHER })],
      firewalls: async () => [firewall({ network: OTHER }), firewall()],
      privateRanges: async () => [
        { network: NETWORK, range: '10.20.0.0/16' },
        { network: OTHER, range: '10.21.0.0/16' },
      ],
    });
    expect(view).toEqual({
      name: NETWORK,
      peerings: [{ name: 'p', active: true, details: undefined }],
      subnetworks: [own],
      gateways: [],
      routes: [route()],
      firewalls: [firewall()],
      privateRanges: ['10.20.0.0/16'],
      zones: [],
      unread: [],
    });
  });

  it('that is not there is known to be not there', async () => {
    expect(await viewOf({ network: emptyProject.network })).toMatchObject({ peerings: undefined, unread: [] });
  });

  it('has gateways with what they drop, three queries for all of a region', async () => {
    const queries: SeriesQuery[] = [];
    const { droppedPackets: _, portUsage: _u, allocationFailed: _a, ...plain } = nat();
    const series = (values: Record<string, number>): Series[] =>
      Object.entries(values).map(([gateway_name, value]) => ({
        labels: { gateway_name },
        points: [{ at: at(-60), value }],
      }));
    const view = await viewOf({
      natGateways: async () => [plain, { ...plain, name: 'quiet' }, { ...plain, network: OTHER }],
      series: async (query) => {
        queries.push(query);
        return metricOf(query) === 'nat/dropped_sent_packets_count'
          ? series({ 'staging-nat': 90 })
          : series({ quiet: 1, 'staging-nat': 2 });
      },
    });
    expect(view?.gateways.map(({ name, droppedPackets, portUsage }) => [name, droppedPackets, portUsage])).toEqual([
      ['staging-nat', [{ at: at(-60), value: 90 }], [{ at: at(-60), value: 2 }]],
      ['quiet', [], [{ at: at(-60), value: 1 }]],
    ]);
    expect(queries.map((query) => [metricOf(query), query.aligner, query.reducer, query.from, query.to])).toEqual([
      ['nat/dropped_sent_packets_count', 'ALIGN_DELTA', 'REDUCE_SUM', at(-900), NOW],
      ['nat/port_usage', 'ALIGN_MAX', 'REDUCE_MAX', at(-900), NOW],
      ['nat/nat_allocation_failed', 'ALIGN_FRACTION_TRUE', 'REDUCE_MAX', at(-900), NOW],
      ['nat/allocated_ports', 'ALIGN_MAX', 'REDUCE_SUM', at(-900), NOW],
    ]);
  });

  it('has no points of gateways that never dropped a packet, and lacks nothing', async () => {
    const view = await viewOf({
      natGateways: async () => [nat()],
      series: () => Promise.reject(new PlatformFailure('not-found', 'Cannot find metric(s)')),
    });
    expect(view).toMatchObject({ unread: [], gateways: [{ droppedPackets: [], portUsage: [], allocationFailed: [] }] });
  });

  describe('has private zones', () => {
    const zone = (name: string, networks = [NETWORK], answers: 'records' | 'elsewhere' = 'records') => ({
      name,
      domain: `${name}.internal`,
      networks,
      answers,
    });
    const record = (type: string) => ({ name: 'db.a.internal', type, values: ['10.20.0.3'] });

    it('that it sees, or that no network sees, with the addresses in them', async () => {
      const asked: unknown[] = [];
      const view = await viewOf({
        privateZones: async () => [zone('a'), zone('b', [OTHER]), zone('c', []), zone('d', [NETWORK], 'elsewhere')],
        zoneRecords: async (what) => {
          asked.push(what);
          return ['A', 'AAAA', 'CNAME', 'SOA', 'TXT'].map(record);
        },
        zoneChanges: async () => [{ at: at(-60), added: [], removed: [record('A')] }],
      });
      expect(
        view?.zones.map(({ name, records, changes }) => [name, records.map(({ type }) => type), changes.length]),
      ).toEqual([
        ['a', ['A', 'AAAA', 'CNAME'], 1],
        ['d', [], 0],
        ['c', ['A', 'AAAA', 'CNAME'], 1],
      ]);
      expect(asked).toEqual([
        { project: 'acme-staging', zone: 'a' },
        { project: 'acme-staging', zone: 'c' },
      ]);
    });

    it('but says so where they are too many, and keeps two hundred records of one', async () => {
      const many = (count: number) => Array.from({ length: count }, (_, index) => zone(`z${index}`));
      expect((await viewOf({ privateZones: async () => many(20) }))?.zones).toHaveLength(20);
      expect(await viewOf({ privateZones: async () => many(21) })).toMatchObject({
        zones: { length: 20 },
        unread: [{ part: 'zones', detail: `${NETWORK} has 21 private zones, of which 20 were read` }],
      });
      // One that no network sees gives way to those of ours.
      const beside = [zone('of-none', []), ...many(20)];
      expect((await viewOf({ privateZones: async () => beside }))?.zones.map(({ name }) => name)).not.toContain(
        'of-none',
      );
      const records = Array.from({ length: 201 }, () => record('A'));
      expect(
        (await viewOf({ privateZones: async () => many(1), zoneRecords: async () => records }))?.zones[0]?.records,
      ).toHaveLength(200);
    });
  });

  it('says which parts could not be read, and has the rest', async () => {
    expect(
      await viewOf({
        network: denied,
        routes: denied,
        privateRanges: async () => [{ network: NETWORK, range: '10.20.0.0/16' }],
      }),
    ).toMatchObject({
      peerings: [],
      privateRanges: ['10.20.0.0/16'],
      unread: [
        { part: 'peerings', detail: 'denied' },
        { part: 'routes', detail: 'denied' },
      ],
    });
  });

  it('of which nothing can be read is unavailable', async () => {
    const all = Object.fromEntries(
      ['network', 'subnetworks', 'natGateways', 'series', 'routes', 'firewalls', 'privateRanges', 'privateZones'].map(
        (method) => [method, denied],
      ),
    );
    await expect(see(all)).rejects.toThrow('denied');
    const { gateways } = (await viewOf({ ...all, natGateways: async () => [nat()] })) ?? {};
    expect(gateways).toMatchObject([{ droppedPackets: [], portUsage: [], allocationFailed: [] }]);
  });

  it.each(['network', 'routes', 'connector'] as const)(
    'ends with what is no failure of the platform in %s',
    async (method) => {
      const broken = async () => {
        throw new Error('a bug');
      };
      await expect(see({ [method]: broken })).rejects.toThrow('a bug');
    },
  );

  it('ends when it is given up', async () => {
    await expect(
      network.inspect(inspection({ cloud: cloud({ routes: denied }) }), AbortSignal.abort()),
    ).rejects.toThrow('denied');
  });

  it('applies everywhere', () => expect(network.appliesTo(inspection())).toBe(true));
});
