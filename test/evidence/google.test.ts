import { describe, expect, it } from 'vitest';
import { cloudRun } from '../../shared/evidence/cloud-run.ts';
import { vpcConnector } from '../../shared/evidence/vpc-connector.ts';
import type { CloudReader, Series, SeriesQuery } from '../../shared/ports/cloud.ts';
import { type FailureCode, PlatformFailure } from '../../shared/ports/platform-failure.ts';
import { at, CONNECTOR, NOW, serviceName, template } from '../builders/evidence.ts';
import {
  emptyProject,
  inspection,
  metricOf,
  plainConnector,
  plainService,
  type Region,
  reading,
  revisionsOf,
  unhurried,
} from '../builders/ports.ts';

/** Points by seconds from NOW. */
const points = (values: Readonly<Record<number, number>>) =>
  Object.entries(values).map(([seconds, value]) => ({ at: at(Number(seconds)), value }));
const series = (labels: Series['labels'], values: readonly (readonly [number, number])[]): Series => ({
  labels,
  points: values.map(([seconds, value]) => ({ at: at(seconds), value })),
});
const byMetric = (found: Readonly<Record<string, readonly Series[]>>) => (query: SeriesQuery) =>
  found[metricOf(query)] ?? [];

describe('cloud-run', () => {
  const region = { services: ['auth', 'backend', 'frontend'].map((name) => plainService(name)) };
  const see = (over: Region, services?: readonly string[]) =>
    cloudRun.inspect(
      inspection({ cloud: reading({ ...region, ...over }).cloud, environment: { services } }),
      unhurried,
    );

  it.each([
    [undefined, ['auth', 'backend', 'frontend']],
    [
      ['frontend', 'gone', 'auth'],
      ['auth', 'frontend'],
    ],
  ])('watches %j', async (named, expected) => {
    const { services } = await see({}, named);
    expect(services.map(({ shortName }) => shortName)).toEqual(expected);
  });

  it('has the ten newest revisions of each', async () => {
    const { services } = await see({ revisions: { [serviceName('backend')]: revisionsOf(12) } });
    const counts = services.map(({ shortName, revisions }) => [shortName, revisions.length, revisions[0]?.shortName]);
    expect(counts).toEqual([
      ['auth', 0, undefined],
      ['backend', 10, 'backend-12'],
      ['frontend', 0, undefined],
    ]);
  });

  it('applies everywhere', () => expect(cloudRun.appliesTo(inspection())).toBe(true));
});

describe('vpc-connector', () => {
  const SHARED = 'projects/acme-network/locations/us-central1/connectors/shared';
  const through = (connector: string, egress: 'all-traffic' | 'private-ranges-only' = 'all-traffic') => ({
    template: { ...template, vpcAccess: { kind: 'connector' as const, connector, egress } },
  });
  const see = async (region: Region, environment: { readonly connectors?: readonly string[] } = {}) =>
    (await vpcConnector.inspect(inspection({ cloud: reading(region).cloud, environment }), unhurried)).connectors;

  it('sees each connector once, with who shares it', async () => {
    const direct = { kind: 'direct' as const, network: 'n', subnetwork: 's', egress: 'all-traffic' as const };
    const found = await see({
      services: [
        plainService('auth', through(CONNECTOR, 'private-ranges-only')),
        plainService('backend', through(CONNECTOR)),
        plainService('mail', through(SHARED)),
        plainService('frontend', { template: { ...template, vpcAccess: direct } }),
        plainService('cron', { template: { ...template, vpcAccess: { kind: 'none' } } }),
      ],
      connectors: [plainConnector(), plainConnector({ name: SHARED, machineType: 'n4-huge' })],
    });
    expect(found.map(({ name, services, ceilingMbps }) => ({ name, services, ceilingMbps }))).toEqual([
      {
        name: CONNECTOR,
        services: [
          { service: 'auth', egress: 'private-ranges-only' },
          { service: 'backend', egress: 'all-traffic' },
        ],
        ceilingMbps: 300,
      },
      { name: SHARED, services: [{ service: 'mail', egress: 'all-traffic' }], ceilingMbps: undefined },
    ]);
  });

  it('sees one that the configuration names, though no service uses it', async () => {
    const found = await see({ connectors: [plainConnector()] }, { connectors: [CONNECTOR] });
    expect(found).toEqual([
      {
        ...plainConnector(),
        services: [],
        throughputMbps: [],
        packetsPerSecond: [],
        instances: [],
        cpuRatio: [],
        ceilingMbps: 300,
        ceilingNowMbps: undefined,
        trendMbpsPerMinute: undefined,
        unmeasured: undefined,
      },
    ]);
  });

  const here = { location: 'us-central1', connector_name: 'staging-connector' };

  it('takes the larger of what was sent and received, minute by minute, in megabits', async () => {
    const found = await see({
      services: [plainService('backend')],
      connectors: [plainConnector()],
      series: byMetric({
        'connector/sent_bytes_count': [
          series({ ...here, connector_name: 'other' }, [[-60, 1e9]]),
          series({ ...here, location: 'europe-west1' }, [[-60, 1e9]]),
          series(here, [
            [-120, 25e6],
            [-60, 10e6],
          ]),
        ],
        'connector/received_bytes_count': [
          series(here, [
            [-180, 5e6],
            [-120, 20e6],
            [-60, 30e6],
          ]),
        ],
        'connector/sent_packets_count': [series(here, [[-60, 30_000]])],
        'connector/instances': [series(here, [[-60, 2]])],
        'connector/cpu/utilizations': [series(here, [[-60, 0.9]])],
      }),
    });
    expect(found[0]).toMatchObject({
      throughputMbps: [
        { at: at(-180), value: 40 },
        { at: at(-120), value: 200 },
        { at: at(-60), value: 240 },
      ],
      packetsPerSecond: points({ [-60]: 30_000 }),
      instances: points({ [-60]: 2 }),
      cpuRatio: points({ [-60]: 0.9 }),
      ceilingMbps: 300,
      ceilingNowMbps: 200,
      trendMbpsPerMinute: 100,
    });
  });

  it('follows the trend of the newest five minutes', async () => {
    const minutes = [900, 10, 20, 30, 40, 50].map((mbps, index): [number, number] => [
      -360 + index * 60,
      mbps * 125_000,
    ]);
    const sent = (values: readonly (readonly [number, number])[]) => ({
      services: [plainService('backend')],
      connectors: [plainConnector()],
      series: byMetric({ 'connector/sent_bytes_count': [series(here, values)] }),
    });
    expect((await see(sent(minutes)))[0]?.trendMbpsPerMinute).toBe(10);
    expect((await see(sent(minutes.slice(0, 1))))[0]?.trendMbpsPerMinute).toBeUndefined();
  });

  it('asks once a metric for all connectors of a project, in the project of their own names: a Shared VPC has them elsewhere', async () => {
    const queries: SeriesQuery[] = [];
    await see({
      services: [
        plainService('mail', through(SHARED)),
        plainService('news', through(`${SHARED}-2`)),
        plainService('backend'),
      ],
      connectors: [plainConnector({ name: SHARED }), plainConnector({ name: `${SHARED}-2` }), plainConnector()],
      series: (query) => {
        queries.push(query);
        return [];
      },
    });
    const metricsOf = (project: string) => [
      [project, 'connector/sent_bytes_count', 'ALIGN_RATE'],
      [project, 'connector/received_bytes_count', 'ALIGN_RATE'],
      [project, 'connector/sent_packets_count', 'ALIGN_RATE'],
      [project, 'connector/instances', 'ALIGN_MAX'],
      [project, 'connector/cpu/utilizations', 'ALIGN_PERCENTILE_99'],
    ];
    expect(queries.map((query) => [query.project, metricOf(query), query.aligner])).toEqual([
      ...metricsOf('acme-network'),
      ...metricsOf('acme-staging'),
    ]);
    for (const { groupBy, from, to } of queries) {
      expect(groupBy).toEqual(['resource.labels.location', 'resource.labels.connector_name']);
      expect([from, to]).toEqual([at(-900), NOW]);
    }
  });

  describe('one that cannot be read', () => {
    const failing = (code: FailureCode) => async (name: string) => {
      if (name === CONNECTOR) return plainConnector();
      throw new PlatformFailure(code, `connector ${name}: ${code}`);
    };
    const look = (
      connector: CloudReader['connector'],
      names: readonly string[] = [SHARED, CONNECTOR],
      over: Partial<CloudReader> = {},
    ) =>
      vpcConnector.inspect(
        inspection({
          cloud: {
            ...emptyProject,
            services: async () => names.map((name) => plainService('mail', through(name))),
            connector,
            ...over,
          },
        }),
        unhurried,
      );

    it.each([
      ['not-found', 'not-found'],
      ['permission-denied', 'denied'],
      ['unauthenticated', 'denied'],
      ['unavailable', 'failed'],
    ] as const)('for %s is a fact about that one', async (code, reason) => {
      const found = await look(failing(code));
      expect(found.connectors.map(({ name }) => name)).toEqual([CONNECTOR]);
      expect(found.unread).toEqual([
        {
          name: SHARED,
          reason,
          detail: `connector ${SHARED}: ${code}`,
          services: [{ service: 'mail', egress: 'all-traffic' }],
        },
      ]);
    });

    it('is a fact too where none exists, and not where none may be read', async () => {
      expect(await look(failing('not-found'), [SHARED])).toMatchObject({
        connectors: [],
        unread: [{ reason: 'not-found' }],
      });
      await expect(look(failing('permission-denied'), [SHARED])).rejects.toThrow('permission-denied');
    });

    it('under the name that was asked for was not measured', async () => {
      const numbered = async () => plainConnector({ name: CONNECTOR.replace('acme-staging', '415104041262') });
      expect(await look(numbered, [CONNECTOR])).toMatchObject({
        connectors: [{ throughputMbps: [], unmeasured: 'it answers to another name' }],
      });
    });

    it('for a bug ends it all', async () => {
      const bug = async () => {
        throw new Error('a bug');
      };
      await expect(look(bug)).rejects.toThrow('a bug');
      await expect(look(failing('not-found'), [SHARED], { series: bug })).rejects.toThrow('a bug');
    });

    it('whose metrics were never written has no points, and was asked about', async () => {
      const series = () => Promise.reject(new PlatformFailure('not-found', 'Cannot find metric(s)'));
      expect(await look(failing('not-found'), [CONNECTOR], { series })).toMatchObject({
        connectors: [{ throughputMbps: [], unmeasured: undefined }],
      });
    });

    it('by Monitoring has its state all the same', async () => {
      const denied = async () => {
        throw new PlatformFailure('permission-denied', 'no metrics for you');
      };
      const found = await look(failing('not-found'), [CONNECTOR], { series: denied });
      expect(found).toMatchObject({
        connectors: [{ state: 'ready', throughputMbps: [], unmeasured: 'no metrics for you' }],
      });
      expect(found).not.toHaveProperty('unread');
    });
  });

  it('applies everywhere', () => expect(vpcConnector.appliesTo(inspection())).toBe(true));
});
