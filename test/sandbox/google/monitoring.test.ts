import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { brief, type Json, type Served, serveGoogle } from './serve-google.ts';

let google: Served;
beforeAll(async () => {
  google = await serveGoogle(brief('instance-ceiling-reached'));
  google.after(600);
});
afterAll(() => google.close());

const iso = (ms: number) => new Date(ms).toISOString();

function ask(
  filter: string,
  options: {
    fromSeconds?: number;
    aggregation?: Record<string, string | string[]>;
    query?: Record<string, string>;
  } = {},
): Promise<{ status: number; body: Json }> {
  const now = google.world.nowMs;
  const query = new URLSearchParams({
    filter,
    'interval.startTime': iso(now - (options.fromSeconds ?? 900) * 1000),
    'interval.endTime': iso(now),
    ...options.query,
  });
  for (const [key, value] of Object.entries(options.aggregation ?? {})) {
    for (const one of [value].flat()) query.append(`aggregation.${key}`, one);
  }
  return google.call('investigate', 'GET', `/v3/projects/acme-staging/timeSeries?${query}`);
}

const requestCount =
  'metric.type="run.googleapis.com/request_count" AND resource.type="cloud_run_revision" AND resource.labels.service_name="backend"';
const latencies = 'metric.type="run.googleapis.com/request_latencies" AND resource.labels.service_name="backend"';
const summed = (series: Json): number =>
  series.points.reduce((sum: number, p: Json) => sum + Number(p.value.int64Value), 0);

describe('raw points', () => {
  test('are a minute apart, newest first, with the resource’s and the metric’s labels', async () => {
    const { timeSeries } = (await ask(requestCount)).body;
    const ok = timeSeries.find((s: Json) => s.metric.labels.response_code === '200');
    expect(ok).toMatchObject({
      metric: {
        type: 'run.googleapis.com/request_count',
        labels: { response_code: '200', response_code_class: '2xx' },
      },
      resource: {
        type: 'cloud_run_revision',
        labels: {
          project_id: 'acme-staging',
          service_name: 'backend',
          revision_name: 'backend-00041-pob',
          configuration_name: 'backend',
          location: 'us-central1',
        },
      },
      metricKind: 'DELTA',
      valueType: 'INT64',
    });
    const [first, second] = ok.points;
    expect(first.interval.startTime).toBe(second.interval.endTime);
    expect(Date.parse(first.interval.endTime) - Date.parse(second.interval.endTime)).toBe(60_000);
    expect(Number(first.value.int64Value)).toBeGreaterThan(1000);
  });

  test('are not there before their metric’s ingest delay is over', async () => {
    const lags: [string, number][] = [
      ['run.googleapis.com/request_count', 120],
      ['vpcaccess.googleapis.com/connector/instances', 240],
      ['loadbalancing.googleapis.com/https/request_count', 210],
      ['logging.googleapis.com/user/run_requests', 60],
    ];
    for (const [type, seconds] of lags) {
      const { timeSeries } = (await ask(`metric.type="${type}"`)).body;
      const newest = Math.max(
        ...timeSeries.flatMap((s: Json) => s.points.map((p: Json) => Date.parse(p.interval.endTime))),
      );
      const age = (google.world.nowMs - newest) / 1000;
      expect(age, type).toBeGreaterThanOrEqual(seconds);
      expect(age, type).toBeLessThan(seconds + 60);
      const descriptor = (
        await google.call('investigate', 'GET', `/v3/projects/acme-staging/metricDescriptors/${type}`)
      ).body;
      expect(descriptor.metadata).toMatchObject({ ingestDelay: `${seconds}s`, samplePeriod: '60s' });
    }
  });

  test('a gauge’s interval is one moment', async () => {
    const { timeSeries } = (
      await ask(
        'metric.type="run.googleapis.com/container/instance_count" AND metric.labels.state="active" AND resource.labels.service_name="backend"',
      )
    ).body;
    expect(timeSeries[0].points[0]).toEqual({
      interval: { startTime: timeSeries[0].points[0].interval.endTime, endTime: expect.any(String) },
      value: { int64Value: '3' },
    });
  });
});

describe('what request_count leaves out', () => {
  test('requests that reached no container: not one 429 in it, all of them at the load balancer', async () => {
    const classes = (await ask(requestCount)).body.timeSeries.map((s: Json) => s.metric.labels.response_code_class);
    expect(classes).toEqual(['2xx']);
    const balancer = (
      await ask(
        'metric.type="loadbalancing.googleapis.com/https/request_count" AND resource.labels.backend_target_name="backend-backend" AND metric.labels.response_code=429',
      )
    ).body.timeSeries;
    expect(balancer[0].metric.labels).toMatchObject({ response_code: '429', response_code_class: '400' });
    expect(summed(balancer[0])).toBeGreaterThan(1000);
  });

  test('a service without any request in a container has no points at all, not zeros', async () => {
    const outage = await serveGoogle(brief('staging-503'));
    outage.after(600);
    const now = outage.world.nowMs;
    const query = new URLSearchParams({
      filter: 'metric.type="run.googleapis.com/request_count" AND resource.labels.service_name="backend"',
      'interval.startTime': iso(now - 360_000),
      'interval.endTime': iso(now),
    });
    expect(
      (await outage.call('investigate', 'GET', `/v3/projects/acme-staging/timeSeries?${query}`)).body.timeSeries,
    ).toBeUndefined();
    await outage.close();
  });
});

describe('aggregation', () => {
  test('ALIGN_RATE and REDUCE_SUM by service: one series, requests a second', async () => {
    const { timeSeries } = (
      await ask('metric.type="loadbalancing.googleapis.com/https/request_count"', {
        aggregation: {
          alignmentPeriod: '120s',
          perSeriesAligner: 'ALIGN_RATE',
          crossSeriesReducer: 'REDUCE_SUM',
          groupByFields: ['resource.label.backend_target_name', 'metric.label.response_code_class'],
        },
      })
    ).body;
    const backend = timeSeries.filter((s: Json) => s.resource.labels.backend_target_name === 'backend-backend');
    expect(backend.map((s: Json) => s.metric.labels)).toContainEqual({ response_code_class: '400' });
    expect(backend[0]).toMatchObject({
      metricKind: 'GAUGE',
      valueType: 'DOUBLE',
      resource: { labels: { project_id: 'acme-staging', backend_target_name: 'backend-backend' } },
    });
    expect(Object.keys(backend[0].resource.labels)).toEqual(['project_id', 'backend_target_name']);
    const ok = backend.find((s: Json) => s.metric.labels.response_code_class === '200');
    expect(ok.points[0].value.doubleValue).toBeGreaterThan(30);
    expect(ok.points[0].value.doubleValue).toBeLessThan(50);
  });

  test('ALIGN_DELTA adds up what the raw points hold, windows end at the interval’s end', async () => {
    const raw = (await ask(requestCount, { fromSeconds: 600 })).body.timeSeries[0];
    const aligned = (
      await ask(requestCount, {
        fromSeconds: 600,
        aggregation: { alignmentPeriod: '300s', perSeriesAligner: 'ALIGN_DELTA' },
      })
    ).body.timeSeries[0];
    expect(summed(aligned)).toBe(summed(raw));
    expect(Date.parse(aligned.points[0].interval.endTime)).toBe(google.world.nowMs);
    expect(aligned).toMatchObject({ metricKind: 'DELTA', valueType: 'INT64' });
  });

  test('percentiles of latencies; the distribution itself with ALIGN_DELTA', async () => {
    const at = async (aligner: string) =>
      (await ask(latencies, { aggregation: { alignmentPeriod: '60s', perSeriesAligner: aligner } })).body.timeSeries[0]
        .points[0].value;
    const p50 = (await at('ALIGN_PERCENTILE_50')).doubleValue;
    const p99 = (await at('ALIGN_PERCENTILE_99')).doubleValue;
    expect(p50).toBeGreaterThan(80);
    expect(p99).toBeGreaterThan(p50 * 1.3);
    const { distributionValue } = await at('ALIGN_DELTA');
    expect(distributionValue).toMatchObject({
      mean: expect.any(Number),
      bucketOptions: { exponentialBuckets: { numFiniteBuckets: 66 } },
    });
    const counted = distributionValue.bucketCounts.reduce((sum: number, n: string) => sum + Number(n), 0);
    expect(String(counted)).toBe(distributionValue.count);
  });

  test('REDUCE_MAX and REDUCE_MEAN over instances', async () => {
    const filter = 'metric.type="run.googleapis.com/container/instance_count" AND metric.labels.state="active"';
    const by = async (crossSeriesReducer: string) =>
      (
        await ask(filter, {
          aggregation: { alignmentPeriod: '60s', perSeriesAligner: 'ALIGN_MEAN', crossSeriesReducer },
        })
      ).body.timeSeries[0].points[0].value.doubleValue;
    expect(await by('REDUCE_MAX')).toBeGreaterThan(await by('REDUCE_MEAN'));
  });

  test('enums may come as numbers', async () => {
    const named = await ask(requestCount, {
      aggregation: { alignmentPeriod: '60s', perSeriesAligner: 'ALIGN_RATE', crossSeriesReducer: 'REDUCE_SUM' },
    });
    const numbered = await ask(requestCount, {
      aggregation: { alignmentPeriod: '60s', perSeriesAligner: '2', crossSeriesReducer: '4' },
    });
    expect(numbered).toEqual(named);
    expect((await ask(latencies, { aggregation: { alignmentPeriod: '60s', perSeriesAligner: '18' } })).status).toBe(
      200,
    );
  });
});

describe('what is refused', () => {
  const aligned = (perSeriesAligner: string, crossSeriesReducer = 'REDUCE_NONE') => ({
    aggregation: { alignmentPeriod: '60s', perSeriesAligner, crossSeriesReducer },
  });
  test.each([
    [
      'an unknown metric',
      404,
      'metric.type="run.googleapis.com/nonsense"',
      {},
      /^Cannot find metric\(s\) that match type = "run.googleapis.com\/nonsense"/,
    ],
    ['no metric type', 400, 'resource.type="cloud_run_revision"', {}, /single metric type/],
    ['a filter that does not parse', 400, 'metric.type=', {}, /Field filter had an invalid value/],
    [
      'ALIGN_MAX of a distribution',
      400,
      latencies,
      aligned('ALIGN_MAX'),
      /invalid value of "ALIGN_MAX": The aligner cannot be applied to metrics with kind DELTA and value type DISTRIBUTION\./,
    ],
    ['ALIGN_MEAN of a distribution', 400, latencies, aligned('ALIGN_MEAN'), /cannot be applied/],
    [
      'ALIGN_RATE of a gauge',
      400,
      'metric.type="run.googleapis.com/container/instance_count"',
      aligned('ALIGN_RATE'),
      /kind GAUGE and value type INT64/,
    ],
    ['an unknown aligner', 400, requestCount, aligned('ALIGN_NONSENSE'), /not known/],
    ['an unknown reducer', 400, requestCount, aligned('ALIGN_DELTA', 'REDUCE_NONSENSE'), /REDUCE_NONSENSE/],
    ['REDUCE_MAX of a distribution', 400, latencies, aligned('ALIGN_DELTA', 'REDUCE_MAX'), /reducer cannot be applied/],
    [
      'a reducer without an aligner',
      400,
      requestCount,
      { aggregation: { crossSeriesReducer: 'REDUCE_SUM' } },
      /perSeriesAligner/,
    ],
    [
      'a period below a minute',
      400,
      requestCount,
      { aggregation: { alignmentPeriod: '10s', perSeriesAligner: 'ALIGN_DELTA' } },
      /alignmentPeriod/,
    ],
    ['a bad time', 400, requestCount, { query: { 'interval.endTime': 'yesterday' } }, /interval\.endTime/],
  ])('%s: %i', async (_what, status, filter, options, message) => {
    expect(await ask(filter, options)).toMatchObject({
      status,
      body: { error: { code: status, message: expect.stringMatching(message) } },
    });
  });
});

test('pages count points and join again', async () => {
  const whole = (await ask(requestCount)).body.timeSeries[0].points;
  const points: Json[] = [];
  let pageToken = '';
  do {
    const { body } = await ask(requestCount, { query: { pageSize: '4', pageToken } });
    points.push(...body.timeSeries[0].points);
    pageToken = body.nextPageToken ?? '';
  } while (pageToken !== '');
  expect(points).toEqual(whole);
});

test('view HEADERS gives series without points', async () => {
  expect((await ask(requestCount, { query: { view: 'HEADERS' } })).body.timeSeries[0].points).toEqual([]);
});

test('descriptors can be listed and filtered; what is not measured is 404', async () => {
  const all = (await google.call('investigate', 'GET', '/v3/projects/acme-staging/metricDescriptors')).body
    .metricDescriptors;
  expect(all.map((d: Json) => d.type)).toContain('vpcaccess.googleapis.com/connector/sent_bytes_count');
  const filter = encodeURIComponent('metric.type = starts_with("vpcaccess.googleapis.com/")');
  const some = (await google.call('investigate', 'GET', `/v3/projects/acme-staging/metricDescriptors?filter=${filter}`))
    .body.metricDescriptors;
  expect(some).toHaveLength(6);
  expect(
    (await google.call('investigate', 'GET', '/v3/projects/acme-staging/metricDescriptors/run.googleapis.com/none'))
      .status,
  ).toBe(404);
});

test('a recorded series stands in place of the simulated one, as far as its time has come', async () => {
  const scenario = brief('healthy');
  scenario.recorded.timeSeries.push({
    metric: { type: 'vpcaccess.googleapis.com/connector/instances', labels: {} },
    resource: { type: 'vpc_access_connector', labels: { connector_name: 'staging-connector' } },
    metricKind: 'GAUGE',
    valueType: 'INT64',
    points: [
      { at: -600, value: 9 },
      { at: -540, value: 10 },
      { at: 3600, value: 2 },
    ],
  });
  const replayed = await serveGoogle(scenario);
  const now = replayed.world.nowMs;
  const query = new URLSearchParams({
    filter: 'metric.type="vpcaccess.googleapis.com/connector/instances"',
    'interval.startTime': iso(now - 3_600_000),
    'interval.endTime': iso(now),
  });
  const { timeSeries } = (await replayed.call('investigate', 'GET', `/v3/projects/acme-staging/timeSeries?${query}`))
    .body;
  expect(timeSeries).toHaveLength(1);
  expect(timeSeries[0].points.map((p: Json) => p.value.int64Value)).toEqual(['10', '9']);
  await replayed.close();
});
