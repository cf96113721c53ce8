import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { brief, type Json, type Served, serveGoogle } from './serve-google.ts';

let google: Served;
beforeAll(async () => {
  google = await serveGoogle(brief('staging-503'));
  google.after(200);
});
afterAll(() => google.close());

const list = (filter: string, rest: Json = {}): Promise<{ status: number; body: Json }> => {
  google.after(2); // Two seconds between two reads keep to the quota.
  return google.call('investigate', 'POST', '/v2/entries:list', {
    resourceNames: ['projects/acme-staging'],
    filter,
    ...rest,
  });
};
const since = (seconds: number) => `timestamp>="${new Date(google.world.nowMs - seconds * 1000).toISOString()}"`;

test('a request that a container answered has its instance; one that reached none does not', async () => {
  const app = (
    await list(
      `resource.labels.service_name="frontend" AND logName:"run.googleapis.com%2Frequests" AND httpRequest.status=503 AND labels.instanceId:* AND ${since(100)}`,
      { pageSize: 3 },
    )
  ).body.entries;
  expect(app[0]).toMatchObject({
    logName: 'projects/acme-staging/logs/run.googleapis.com%2Frequests',
    severity: 'ERROR',
    resource: {
      type: 'cloud_run_revision',
      labels: {
        project_id: 'acme-staging',
        location: 'us-central1',
        service_name: 'frontend',
        configuration_name: 'frontend',
        revision_name: 'frontend-00053-dul',
      },
    },
    httpRequest: {
      status: 503,
      latency: expect.stringMatching(/^\d+\.\d{9}s$/),
      requestUrl: expect.stringMatching(/^https:\/\/staging\.acme\.test\//),
    },
    labels: { instanceId: expect.stringMatching(/^00[0-9a-f]{78}$/) },
    trace: expect.stringMatching(/^projects\/acme-staging\/traces\/[0-9a-f]{32}$/),
    insertId: expect.any(String),
    receiveTimestamp: expect.any(String),
  });
  const lost = (
    await list(`resource.labels.service_name="backend" AND textPayload:"failed the readiness check" AND ${since(60)}`, {
      pageSize: 5,
    })
  ).body.entries;
  expect(lost.map((e: Json) => e.labels.instanceId)).toEqual([undefined, undefined, undefined, undefined, undefined]);
});

test('the load balancer has an entry for every request too', async () => {
  const { entries } = (
    await list(`resource.type="http_load_balancer" AND httpRequest.status=503 AND ${since(30)}`, { pageSize: 2 })
  ).body;
  expect(entries[0]).toMatchObject({
    logName: 'projects/acme-staging/logs/requests',
    resource: {
      labels: { url_map_name: expect.any(String), backend_service_name: expect.stringMatching(/-backend$/) },
    },
    jsonPayload: { statusDetails: 'response_sent_by_backend' },
  });
});

test.each([
  ['a start that gave up', 'logName:"stderr" AND textPayload:"Database initialization timeout after 25.0s"'],
  ['its exit', 'logName:"varlog%2Fsystem" AND textPayload:"Container called exit("'],
  ['its probe', 'textPayload=~"STARTUP .* probe failed"'],
])('%s is in the log', async (_what, filter) => {
  expect(
    (await list(`resource.type="cloud_run_revision" AND ${filter} AND ${since(150)}`)).body.entries.length,
  ).toBeGreaterThan(1);
});

test('deployments are in the activity log, with who made them', async () => {
  const { entries } = (
    await list(
      'protoPayload.serviceName="run.googleapis.com" AND protoPayload.methodName=~"Services\\.(ReplaceService|UpdateService|CreateService)"',
    )
  ).body;
  expect(entries).toHaveLength(6);
  expect(
    entries.every(
      (e: Json) => e.protoPayload.authenticationInfo.principalEmail === 'deploy@acme-ci.iam.gserviceaccount.com',
    ),
  ).toBe(true);
});

describe('order and pages', () => {
  const filter = () =>
    `resource.labels.service_name="auth" AND logName:"requests" AND resource.type="cloud_run_revision" AND timestamp>="2026-11-23T11:55:00Z" AND timestamp<"2026-11-23T11:55:10Z"`;
  const pages = async (orderBy: string): Promise<Json[]> => {
    const all: Json[] = [];
    let pageToken = '';
    do {
      const { body } = await list(filter(), { orderBy, pageSize: 37, pageToken });
      all.push(...(body.entries ?? []));
      pageToken = body.nextPageToken ?? '';
    } while (pageToken !== '');
    return all;
  };

  test('oldest first unless asked otherwise; pages join without a gap or a double', async () => {
    const [asc, desc] = [await pages('timestamp asc'), await pages('timestamp desc')];
    expect(asc.length).toBeGreaterThan(80);
    expect(new Set(asc.map((e) => e.insertId)).size).toBe(asc.length);
    expect(asc.map((e) => e.timestamp)).toEqual(asc.map((e) => e.timestamp).toSorted());
    expect(desc.map((e) => e.insertId).toSorted()).toEqual(asc.map((e) => e.insertId).toSorted());
    expect(desc.map((e) => e.timestamp)).toEqual(
      desc
        .map((e) => e.timestamp)
        .toSorted()
        .toReversed(),
    );
    expect((await list(filter(), { pageSize: 1 })).body.entries[0]).toEqual(asc[0]);
  });

  test('as many entries as requests were counted', async () => {
    const entries = (await pages('timestamp asc')).length;
    const [from, to] = [Date.parse('2026-11-23T11:55:00Z'), Date.parse('2026-11-23T11:55:10Z')];
    const counted = google.world.state.ledger.requests
      .filter((r) => r.service === 'auth' && r.atMs > from && r.atMs <= to)
      .reduce((sum, r) => sum + r.count, 0);
    expect(entries).toBe(counted);
  });

  test('nothing of the future', async () => {
    const { body } = await list('timestamp>="2020-01-01T00:00:00Z"', { orderBy: 'timestamp desc', pageSize: 1 });
    expect(Date.parse(body.entries[0].timestamp)).toBeLessThanOrEqual(google.world.nowMs);
  });
});

test.each([
  ['a filter that does not parse', { filter: 'severity=' }, /^Unparseable filter: /],
  ['no resource names', { resourceNames: [] }, /resourceNames/],
  ['another order', { orderBy: 'severity' }, /orderBy/],
  ['a foreign token', { pageToken: 'abc' }, /page_token is not valid/],
])('%s is refused', async (_what, rest, message) => {
  google.after(2);
  const reply = await google.call('investigate', 'POST', '/v2/entries:list', {
    resourceNames: ['projects/acme-staging'],
    ...rest,
  });
  expect(reply.status === 400 || reply.status === 403).toBe(true);
  if (reply.status === 400)
    expect(reply.body.error).toMatchObject({ status: 'INVALID_ARGUMENT', message: expect.stringMatching(message) });
});

test('the sixty-first read of a minute of world time is refused; a minute later it is not', async () => {
  google.after(61);
  const ask = () =>
    google.call('investigate', 'POST', '/v2/entries:list', {
      resourceNames: ['projects/acme-staging'],
      filter: `severity=ALERT AND timestamp>="${new Date(google.world.nowMs).toISOString()}"`,
    });
  const statuses = [];
  for (let i = 0; i < 61; i++) statuses.push((await ask()).status);
  expect(statuses.slice(0, 60).every((s) => s === 200)).toBe(true);
  expect(statuses[60]).toBe(429);
  expect((await ask()).body.error).toMatchObject({
    code: 429,
    status: 'RESOURCE_EXHAUSTED',
    message: expect.stringContaining('Read requests per minute'),
  });
  google.after(61);
  expect((await ask()).status).toBe(200);
});

test('recorded entries are given back word for word once their time has come', async () => {
  const scenario = brief('healthy');
  scenario.recorded.logs.push({
    at: 30,
    entry: {
      severity: 'CRITICAL',
      logName: 'projects/acme-staging/logs/x',
      textPayload: 'as it was',
      labels: { odd: 'kept' },
    },
  });
  const replayed = await serveGoogle(scenario);
  const ask = async () =>
    (
      await replayed.call('investigate', 'POST', '/v2/entries:list', {
        resourceNames: ['projects/acme-staging'],
        filter: 'severity=CRITICAL',
      })
    ).body.entries;
  expect(await ask()).toBeUndefined();
  replayed.after(31);
  expect(await ask()).toEqual([
    {
      insertId: 'recorded-0',
      timestamp: '2026-11-23T12:00:30.000Z',
      receiveTimestamp: '2026-11-23T12:00:30.000Z',
      severity: 'CRITICAL',
      logName: 'projects/acme-staging/logs/x',
      textPayload: 'as it was',
      labels: { odd: 'kept' },
    },
  ]);
  await replayed.close();
});

test('what is excluded is in no answer, and is counted by the metrics that are made from logs', async () => {
  const scenario = brief('staging-503');
  const requests = 'logName:"run.googleapis.com%2Frequests"';
  const excluding = await serveGoogle({ ...scenario, logging: { exclusions: [requests] } });
  try {
    excluding.after(120);
    const ask = async (filter: string) =>
      (
        await excluding.call('investigate', 'POST', '/v2/entries:list', {
          resourceNames: ['projects/acme-staging'],
          filter,
        })
      ).body;
    expect(await ask(requests)).toEqual({});
    expect((await ask('logName:"run.googleapis.com%2Fstderr"')).entries.length).toBeGreaterThan(0);
    const counted = [...excluding.world.state.metrics.series.values()].filter(({ metric }) =>
      metric.type.endsWith('/run_requests'),
    );
    expect(counted.length).toBeGreaterThan(0);
  } finally {
    await excluding.close();
  }
});
