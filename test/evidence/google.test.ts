import { describe, expect, it } from 'vitest';
import { cloudRun } from '../../shared/evidence/cloud-run.ts';
import { metrics } from '../../shared/evidence/metrics.ts';
import { vpcConnector } from '../../shared/evidence/vpc-connector.ts';
import type { Series, SeriesQuery } from '../../shared/ports/cloud.ts';
import { at, CONNECTOR, NOW, serviceName, template } from '../builders/evidence.ts';
import {
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
      { ...plainConnector(), services: [], throughputMbps: [], instances: [], cpuRatio: [], ceilingMbps: 300 },
    ]);
  });

  it('takes the larger of what was sent and received, minute by minute, in megabits', async () => {
    const found = await see({
      services: [plainService('backend')],
      connectors: [plainConnector()],
      series: byMetric({
        'connector/sent_bytes_count': [
          series({}, [
            [-120, 25e6],
            [-60, 10e6],
          ]),
        ],
        'connector/received_bytes_count': [
          series({}, [
            [-180, 5e6],
            [-120, 20e6],
            [-60, 30e6],
          ]),
        ],
        'connector/instances': [series({}, [[-60, 3]])],
        'connector/cpu/utilizations': [series({}, [[-60, 0.9]])],
      }),
    });
    expect(found[0]).toMatchObject({
      throughputMbps: [
        { at: at(-180), value: 40 },
        { at: at(-120), value: 200 },
        { at: at(-60), value: 240 },
      ],
      instances: points({ [-60]: 3 }),
      cpuRatio: points({ [-60]: 0.9 }),
    });
  });

  it("asks for metrics in the project of the connector's own name: a Shared VPC has it elsewhere", async () => {
    const queries: SeriesQuery[] = [];
    await see({
      services: [plainService('mail', through(SHARED))],
      connectors: [plainConnector({ name: SHARED })],
      series: (query) => {
        queries.push(query);
        return [];
      },
    });
    expect(queries.map((query) => [query.project, metricOf(query), query.aligner])).toEqual([
      ['acme-network', 'connector/sent_bytes_count', 'ALIGN_RATE'],
      ['acme-network', 'connector/received_bytes_count', 'ALIGN_RATE'],
      ['acme-network', 'connector/instances', 'ALIGN_MAX'],
      ['acme-network', 'connector/cpu/utilizations', 'ALIGN_PERCENTILE_99'],
    ]);
    for (const { filter, from, to } of queries) {
      expect(filter).toContain('resource.labels.connector_name="shared"');
      expect([from, to]).toEqual([at(-900), NOW]);
    }
  });

  it('cannot be seen when it is gone', async () => {
    await expect(see({ services: [plainService('backend')] })).rejects.toThrow(`connector ${CONNECTOR}: not found`);
  });

  it('applies everywhere', () => expect(vpcConnector.appliesTo(inspection())).toBe(true));
});

describe('metrics', () => {
  const see = async (found: Readonly<Record<string, readonly Series[]>>, services?: readonly string[]) =>
    (
      await metrics.inspect(
        inspection({ cloud: reading({ series: byMetric(found) }).cloud, environment: { services } }),
        unhurried,
      )
    ).services;
  const requests = (service: string, revision: string, of: string, values: readonly (readonly [number, number])[]) =>
    series({ service_name: service, revision_name: revision, response_code_class: of }, values);

  it('asks four questions about the region, whatever its services are', async () => {
    const queries: SeriesQuery[] = [];
    const cloud = reading({
      series: (query) => {
        queries.push(query);
        return [];
      },
    });
    expect(await metrics.inspect(inspection({ cloud: cloud.cloud }), unhurried)).toEqual({ services: [] });
    expect(queries.map((query) => [metricOf(query), query.aligner, query.reducer])).toEqual([
      ['request_count', 'ALIGN_DELTA', 'REDUCE_SUM'],
      ['container/instance_count', 'ALIGN_NEXT_OLDER', 'REDUCE_SUM'],
      ['container/memory/utilizations', 'ALIGN_PERCENTILE_99', 'REDUCE_MAX'],
      ['container/cpu/utilizations', 'ALIGN_PERCENTILE_99', 'REDUCE_MAX'],
    ]);
    for (const { filter, project, from, to } of queries) {
      expect(filter).toContain('resource.labels.location="us-central1"');
      expect([project, from, to]).toEqual(['acme-staging', at(-900), NOW]);
    }
  });

  it('adds requests up minute by minute, over revisions and kinds of answer', async () => {
    const [backend] = await see({
      request_count: [
        requests('backend', 'backend-2', '2xx', [
          [-120, 90],
          [-60, 80],
        ]),
        requests('backend', 'backend-2', '5xx', [[-60, 20]]),
        requests('backend', 'backend-1', '2xx', [
          [-180, 7],
          [-120, 10],
        ]),
      ],
    });
    expect(backend).toEqual({
      service: 'backend',
      requests: [
        { at: at(-180), value: 7 },
        { at: at(-120), value: 100 },
        { at: at(-60), value: 100 },
      ],
      serverErrors: [{ at: at(-60), value: 20 }],
      byRevision: [
        { revision: 'backend-1', requests: 17, serverErrors: 0 },
        { revision: 'backend-2', requests: 190, serverErrors: 20 },
      ],
      instances: [],
      instancesByRevision: [],
      memoryRatio: [],
      cpuRatio: [],
    });
  });

  it('knows a service by any of its metrics, and says nothing of those that have no points', async () => {
    const found = await see({
      'container/instance_count': [series({ service_name: 'frontend' }, [[-60, 3]])],
      'container/memory/utilizations': [series({ service_name: 'backend' }, [[-60, 0.5]])],
      'container/cpu/utilizations': [series({ service_name: 'auth' }, [[-60, 0.3]])],
    });
    const empty = { requests: [], serverErrors: [], byRevision: [], instancesByRevision: [] };
    expect(found).toEqual([
      { service: 'auth', ...empty, instances: [], memoryRatio: [], cpuRatio: points({ [-60]: 0.3 }) },
      { service: 'backend', ...empty, instances: [], memoryRatio: points({ [-60]: 0.5 }), cpuRatio: [] },
      { service: 'frontend', ...empty, instances: points({ [-60]: 3 }), memoryRatio: [], cpuRatio: [] },
    ]);
  });

  it('counts instances of each revision, and of all that ran at the same moment', async () => {
    const running = (revision: string, values: readonly (readonly [number, number])[]) =>
      series({ service_name: 'backend', revision_name: revision }, values);
    const [backend] = await see({
      'container/instance_count': [
        running('backend-1', [
          [-120, 3],
          [-60, 1],
        ]),
        running('backend-2', [[-60, 3]]),
      ],
    });
    expect(backend).toMatchObject({
      instances: points({ [-120]: 3, [-60]: 4 }),
      instancesByRevision: [
        { revision: 'backend-1', points: points({ [-120]: 3, [-60]: 1 }) },
        { revision: 'backend-2', points: points({ [-60]: 3 }) },
      ],
    });
  });

  it('leaves out what is not watched, and series that name no service', async () => {
    const found = await see(
      {
        request_count: [
          requests('backend', 'backend-2', '2xx', [[-60, 5]]),
          requests('other', 'other-1', '2xx', [[-60, 5]]),
          series({}, [[-60, 5]]),
        ],
      },
      ['backend'],
    );
    expect(found.map(({ service }) => service)).toEqual(['backend']);
  });

  it('counts requests of no revision for the service alone', async () => {
    const [backend] = await see({ request_count: [series({ service_name: 'backend' }, [[-60, 5]])] });
    expect(backend).toMatchObject({ requests: [{ value: 5 }], byRevision: [] });
  });

  it('applies everywhere', () => expect(metrics.appliesTo(inspection())).toBe(true));
});
