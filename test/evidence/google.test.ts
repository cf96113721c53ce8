import { describe, expect, it } from 'vitest';
import { cloudRun } from '../../shared/evidence/cloud-run.ts';
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
