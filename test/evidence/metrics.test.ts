import { describe, expect, it } from 'vitest';
import { metrics, type ServiceMetrics } from '../../shared/evidence/metrics.ts';
import type { Series, SeriesQuery } from '../../shared/ports/cloud.ts';
import { PlatformFailure } from '../../shared/ports/platform-failure.ts';
import { at, NOW } from '../builders/evidence.ts';
import { inspection, metricOf, reading, unhurried } from '../builders/ports.ts';

type Values = readonly (readonly [number, number])[];
/** Points by seconds from NOW. */
const points = (values: Values) => values.map(([seconds, value]) => ({ at: at(seconds), value }));
const series = (labels: Series['labels'], values: Values): Series => ({ labels, points: points(values) });

/** What Monitoring has, by metric; `/50`, `/95` and ` before` say which percentile, and that the two hours are meant. */
const keyOf = (query: SeriesQuery): string => {
  const percentile = /PERCENTILE_(50|95)$/.exec(query.reducer)?.[1];
  return `${metricOf(query)}${percentile === undefined ? '' : `/${percentile}`}${query.alignSeconds === 60 ? '' : ' before'}`;
};
const see = async (found: Readonly<Record<string, readonly Series[]>>, services?: readonly string[]) =>
  (
    await metrics.inspect(
      inspection({
        cloud: reading({ series: (query) => found[keyOf(query)] ?? [] }).cloud,
        environment: { services },
      }),
      unhurried,
    )
  ).services;

const requests = (service: string, revision: string, of: string, values: Values) =>
  series({ service_name: service, revision_name: revision, response_code_class: of }, values);
const EMPTY: Omit<ServiceMetrics, 'service'> = {
  requests: [],
  serverErrors: [],
  webSockets: [],
  byRevision: [],
  latencyByRevision: [],
  instances: [],
  instancesByRevision: [],
  bytesByRevision: [],
  instancesActive: [],
  memoryRatio: [],
  cpuRatio: [],
  latencyP50Ms: [],
  latencyP95Ms: [],
  webSocketP95Ms: [],
  startupP95Ms: [],
  concurrency: [],
  pending: [],
  before: { requestsPerMinute: undefined, latencyP95Ms: undefined, memoryRatio: [] },
};

describe('metrics', () => {
  it('asks fourteen questions about the region, whatever its services are', async () => {
    const queries: SeriesQuery[] = [];
    const { cloud } = reading({
      series: (query) => {
        queries.push(query);
        return [];
      },
    });
    expect(await metrics.inspect(inspection({ cloud }), unhurried)).toEqual({ services: [] });
    expect(queries.map((query) => [keyOf(query), query.aligner, query.groupBy.length])).toEqual([
      ['request_count', 'ALIGN_DELTA', 3],
      ['container/instance_count', 'ALIGN_NEXT_OLDER', 3],
      ['container/memory/utilizations', 'ALIGN_PERCENTILE_99', 1],
      ['container/cpu/utilizations', 'ALIGN_PERCENTILE_99', 1],
      ['request_latencies/50', 'ALIGN_DELTA', 2],
      ['request_latencies/95', 'ALIGN_DELTA', 2],
      ['container/startup_latencies/95', 'ALIGN_DELTA', 1],
      ['container/max_request_concurrencies', 'ALIGN_PERCENTILE_99', 1],
      ['pending_queue/pending_requests', 'ALIGN_MAX', 1],
      ['container/network/sent_bytes_count', 'ALIGN_DELTA', 2],
      ['container/network/received_bytes_count', 'ALIGN_DELTA', 2],
      ['request_count before', 'ALIGN_DELTA', 1],
      ['request_latencies/95 before', 'ALIGN_DELTA', 3],
      ['container/memory/utilizations before', 'ALIGN_PERCENTILE_99', 1],
    ]);
    for (const query of queries) {
      const { filter, project, from, to, alignSeconds } = query;
      expect(filter).toContain('resource.labels.location="us-central1"');
      const looksBack = keyOf(query).endsWith('before');
      expect([project, from, to]).toEqual(['acme-staging', at(looksBack ? -7200 : -900), NOW]);
      expect(alignSeconds).toBe(looksBack ? 600 : 60);
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
        requests('backend', 'backend-2', '1xx', [[-60, 3]]),
        requests('backend', 'backend-1', '2xx', [
          [-180, 7],
          [-120, 10],
        ]),
      ],
    });
    expect(backend).toEqual({
      ...EMPTY,
      service: 'backend',
      requests: points([
        [-180, 7],
        [-120, 100],
        [-60, 103],
      ]),
      serverErrors: points([[-60, 20]]),
      webSockets: points([[-60, 3]]),
      byRevision: [
        { revision: 'backend-1', requests: 17, serverErrors: 0 },
        { revision: 'backend-2', requests: 193, serverErrors: 20 },
      ],
    });
  });

  it('adds up what each revision sent and received', async () => {
    const moved = (revision: string, values: Values) =>
      series({ service_name: 'backend', revision_name: revision }, values);
    const [backend] = await see({
      request_count: [requests('backend', 'backend-2', '2xx', [[-60, 1]])],
      'container/network/sent_bytes_count': [moved('backend-2', [[-60, 100]]), moved('backend-1', [[-60, 5]])],
      'container/network/received_bytes_count': [moved('backend-2', [[-60, 900]])],
    });
    expect(backend?.bytesByRevision).toEqual([
      { revision: 'backend-1', points: points([[-60, 5]]) },
      { revision: 'backend-2', points: points([[-60, 1000]]) },
    ]);
  });

  it('tells answers, WebSockets and errors apart in what they take', async () => {
    const latency = (of: string, ms: number) =>
      series({ service_name: 'backend', response_code_class: of }, [[-60, ms]]);
    const [backend] = await see({
      'container/instance_count': [
        series({ service_name: 'backend', state: 'active' }, [[-60, 3]]),
        series({ service_name: 'backend', state: 'idle' }, [[-60, 2]]),
      ],
      'request_latencies/50': [latency('2xx', 80), latency('5xx', 9000)],
      'request_latencies/95': [latency('1xx', 300_000), latency('2xx', 150), latency('5xx', 13_000)],
      'container/startup_latencies/95': [series({ service_name: 'backend' }, [[-60, 4000]])],
      'container/max_request_concurrencies': [series({ service_name: 'backend' }, [[-60, 12]])],
      'pending_queue/pending_requests': [series({ service_name: 'backend' }, [[-60, 7]])],
    });
    expect(backend).toEqual({
      ...EMPTY,
      service: 'backend',
      instances: points([[-60, 5]]),
      instancesActive: points([[-60, 3]]),
      latencyP50Ms: points([[-60, 80]]),
      latencyP95Ms: points([[-60, 150]]),
      webSocketP95Ms: points([[-60, 300_000]]),
      startupP95Ms: points([[-60, 4000]]),
      concurrency: points([[-60, 12]]),
      pending: points([[-60, 7]]),
    });
  });

  it('knows a service by any of its metrics, and says nothing of those that have no points', async () => {
    const found = await see({
      'container/instance_count': [series({ service_name: 'frontend' }, [[-60, 3]])],
      'container/memory/utilizations': [series({ service_name: 'backend' }, [[-60, 0.5]])],
      'container/cpu/utilizations': [series({ service_name: 'auth' }, [[-60, 0.3]])],
    });
    expect(found).toEqual([
      { ...EMPTY, service: 'auth', cpuRatio: points([[-60, 0.3]]) },
      { ...EMPTY, service: 'backend', memoryRatio: points([[-60, 0.5]]) },
      { ...EMPTY, service: 'frontend', instances: points([[-60, 3]]) },
    ]);
  });

  it('counts instances of each revision, and of all that ran at the same moment', async () => {
    const running = (revision: string, state: string, values: Values) =>
      series({ service_name: 'backend', revision_name: revision, state }, values);
    const [backend] = await see({
      'container/instance_count': [
        running('backend-1', 'active', [
          [-120, 3],
          [-60, 1],
        ]),
        running('backend-2', 'active', [[-60, 3]]),
        running('backend-2', 'idle', [[-60, 2]]),
      ],
    });
    expect(backend).toMatchObject({
      instances: points([
        [-120, 3],
        [-60, 6],
      ]),
      instancesActive: points([
        [-120, 3],
        [-60, 4],
      ]),
      instancesByRevision: [
        {
          revision: 'backend-1',
          points: points([
            [-120, 3],
            [-60, 1],
          ]),
        },
        { revision: 'backend-2', points: points([[-60, 5]]) },
      ],
    });
  });

  describe('what is ordinary', () => {
    const ordinarily = async (values: Values) => {
      const [backend] = await see({
        'container/cpu/utilizations': [series({ service_name: 'backend' }, [[-60, 0.3]])],
        'request_count before': [series({ service_name: 'backend' }, values)],
        'request_latencies/95 before': [
          requests('backend', 'backend-1', '2xx', values),
          series({ service_name: 'backend', response_code_class: '2xx' }, [[-600, 9]]),
          requests('backend', 'backend-1', '5xx', [[-1200, 90_000]]),
        ],
        'container/memory/utilizations before': [series({ service_name: 'backend' }, values)],
      });
      return backend;
    };

    it('is the median of the windows that were over before the look began', async () => {
      const values: Values = [
        [-2100, 500],
        [-1500, 100],
        [-900, 300],
        [-899, 9000],
        [0, 9000],
      ];
      expect(await ordinarily(values)).toMatchObject({
        before: { requestsPerMinute: 30, latencyP95Ms: 300, memoryRatio: points(values) },
        latencyByRevision: [
          { revision: 'backend-1', p95Ms: points(values) },
          { revision: '', p95Ms: points([[-600, 9]]) },
        ],
      });
    });

    it('is not known by two windows', async () =>
      expect(
        await ordinarily([
          [-1500, 100],
          [-900, 300],
          [0, 100],
        ]),
      ).toMatchObject({ before: { requestsPerMinute: undefined, latencyP95Ms: undefined } }));
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

  it('does without a metric that the project never had, and not without an answer', async () => {
    const failing = (code: 'not-found' | 'unavailable') => {
      const { cloud } = reading({});
      return metrics.inspect(
        inspection({
          cloud: {
            ...cloud,
            series: async (query, abort) => {
              if (metricOf(query).startsWith('pending')) throw new PlatformFailure(code, 'pending_requests');
              return cloud.series(query, abort);
            },
          },
        }),
        unhurried,
      );
    };
    await expect(failing('not-found')).resolves.toEqual({ services: [] });
    await expect(failing('unavailable')).rejects.toThrow('pending_requests');
  });

  it('applies everywhere', () => expect(metrics.appliesTo(inspection())).toBe(true));
});
