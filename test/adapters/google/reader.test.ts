import { describe, expect, it } from 'vitest';
import { type Instant, instant } from '../../../shared/ports/clock.ts';
import type { SeriesQuery } from '../../../shared/ports/cloud.ts';
import { googleInSandbox, START_MS } from './google-in-sandbox.ts';
import { NEVER } from './tiny-server.ts';

const LOCATION = { project: 'acme-staging', region: 'us-central1' };
const BACKEND = 'projects/acme-staging/locations/us-central1/services/backend';
const CONNECTOR = 'projects/acme-staging/locations/us-central1/connectors/staging-connector';
const at = (seconds: number): Instant => instant(START_MS + seconds * 1000);

const sentBytes: SeriesQuery = {
  project: 'acme-staging',
  filter: `metric.type="vpcaccess.googleapis.com/connector/sent_bytes_count" AND resource.type="vpc_access_connector"`,
  from: at(-300),
  to: at(600),
  alignSeconds: 60,
  aligner: 'ALIGN_RATE',
  reducer: 'REDUCE_MAX',
  groupBy: ['resource.labels.connector_name'],
};

describe('the reader, on a Google Cloud project', () => {
  it('sees every service, and of no environment variable its value', async () => {
    const { reader } = await googleInSandbox('staging-503');
    const services = await reader.services(LOCATION, NEVER);
    expect(services.map(({ shortName }) => shortName).sort()).toEqual(['auth', 'backend', 'frontend']);
    expect(services.find(({ shortName }) => shortName === 'backend')).toMatchObject({
      name: BACKEND,
      reconciling: false,
      ready: { state: 'succeeded' },
      traffic: [{ revision: 'LATEST', percent: 100 }],
      serving: [{ revision: 'backend-00041-pob', percent: 100 }],
      template: {
        containers: [{ cpu: 1, memoryMib: 512, port: 8080 }],
        vpcAccess: { kind: 'connector', connector: CONNECTOR, egress: 'all-traffic' },
        instancesMax: 8,
      },
    });
    const text = JSON.stringify(services);
    expect(text).toContain('STRIPE_API_KEY');
    expect(text).not.toContain('sk_test_');
  });

  it('sees one service as the list shows it', async () => {
    const { reader } = await googleInSandbox('staging-503');
    const services = await reader.services(LOCATION, NEVER);
    expect(await reader.service(BACKEND, NEVER)).toEqual(services.find(({ name }) => name === BACKEND));
  });

  it('sees revisions newest first, the serving one with its image by digest', async () => {
    const { reader } = await googleInSandbox('staging-503');
    const revisions = await reader.revisions(BACKEND, NEVER);
    expect(revisions.map(({ shortName }) => shortName)).toEqual(['backend-00041-pob', 'backend-00040-kip']);
    expect(revisions[0]).toMatchObject({ ready: { state: 'succeeded' }, createdAt: at(-187_200) });
    expect(revisions[0]?.template.containers[0]?.image).toMatch(/@sha256:[0-9a-f]{64}$/);
  });

  it('sees the connector', async () => {
    const { reader } = await googleInSandbox('staging-503');
    expect(await reader.connector(CONNECTOR, NEVER)).toEqual({
      name: CONNECTOR,
      state: 'ready',
      machineType: 'e2-micro',
      instancesMin: 2,
      instancesMax: 3,
      network: 'staging',
      ipCidrRange: '10.8.0.0/28',
    });
  });

  it('reads a series oldest first, and what has not arrived yet is not there', async () => {
    const { reader, afterSeconds } = await googleInSandbox('staging-503');
    afterSeconds(600);
    const [series, ...others] = await reader.series(sentBytes, NEVER);
    expect(others).toEqual([]);
    expect(series?.labels['connector_name']).toBe('staging-connector');
    const points = series?.points ?? [];
    expect(points.length).toBeGreaterThan(8);
    expect(points.map((point) => point.at)).toEqual(points.map((point) => point.at).toSorted());
    // 300 Mbps, 37.5 MB/s, is what three e2-micro carry; Monitoring has a connector's points after 4 minutes.
    expect(points.at(-1)?.value).toBeGreaterThan(30_000_000);
    expect(points.at(-1)?.value).toBeLessThanOrEqual(37_500_000);
    expect((points.at(-1)?.at ?? '') <= at(360)).toBe(true);
  });

  it('tells series apart by the labels they are grouped by', async () => {
    const { reader, afterSeconds } = await googleInSandbox('staging-503');
    afterSeconds(300);
    const series = await reader.series(
      {
        ...sentBytes,
        filter: 'metric.type="run.googleapis.com/request_count" AND resource.type="cloud_run_revision"',
        aligner: 'ALIGN_DELTA',
        reducer: 'REDUCE_SUM',
        groupBy: ['resource.labels.service_name', 'metric.labels.response_code_class'],
      },
      NEVER,
    );
    const kinds = series.map(({ labels }) => `${labels['service_name']} ${labels['response_code_class']}`);
    expect(kinds).toContain('backend 5xx');
    expect(kinds).toContain('frontend 2xx');
  });

  it('reads log entries in the order that is asked for, no more than that many, and says that there were more', async () => {
    const { reader, afterSeconds } = await googleInSandbox('staging-503');
    afterSeconds(300);
    const query = {
      project: 'acme-staging',
      filter: 'logName:"run.googleapis.com%2Frequests" AND httpRequest.status>=500',
      from: at(0),
      to: at(300),
      order: 'newest-first',
    } as const;
    const page = await reader.logs({ ...query, entriesMax: 40 }, NEVER);
    expect(page.entries).toHaveLength(40);
    expect(page.truncated).toBe(true);
    expect(page.entries.map((entry) => entry.at)).toEqual(
      page.entries
        .map((entry) => entry.at)
        .toSorted()
        .toReversed(),
    );
    expect(page.entries[0]).toMatchObject({ log: 'run.googleapis.com/requests', httpStatus: 503 });
    const oldest = await reader.logs({ ...query, order: 'oldest-first', entriesMax: 40 }, NEVER);
    expect(oldest.entries.map((entry) => entry.at)).toEqual(oldest.entries.map((entry) => entry.at).toSorted());
    expect((oldest.entries[0]?.at ?? '') < (page.entries.at(-1)?.at ?? '')).toBe(true);
    const before = await reader.logs({ ...query, to: at(1), entriesMax: 40 }, NEVER);
    expect(before).toEqual({ entries: [], truncated: false, nextPageToken: undefined });
  });

  it('reads log entries page by page, one call each', async () => {
    const { reader, calls, afterSeconds } = await googleInSandbox('staging-503');
    afterSeconds(300);
    const filter = 'logName:"run.googleapis.com%2Frequests"';
    const query = { project: 'acme-staging', filter, from: at(0), to: at(300), order: 'newest-first' } as const;
    const first = await reader.logs({ ...query, entriesMax: 1500 }, NEVER);
    expect(first.entries).toHaveLength(1000);
    const pageToken = first.nextPageToken ?? '';
    const second = await reader.logs({ ...query, entriesMax: 500, pageToken }, NEVER);
    expect(second.entries).toHaveLength(500);
    const all = [...first.entries, ...second.entries].map((one) => JSON.stringify(one));
    expect(new Set(all).size).toBeGreaterThan(1400);
    expect(calls.list().filter(({ path }) => path.includes('entries:list'))).toHaveLength(2);
  });

  it('knows what a request asked for, and who asked', async () => {
    const { reader, afterSeconds } = await googleInSandbox('staging-503');
    afterSeconds(60);
    const filter = 'logName:"run.googleapis.com%2Frequests" AND resource.labels.service_name="auth"';
    const page = await reader.logs(
      { project: 'acme-staging', filter, from: at(0), to: at(60), entriesMax: 5, order: 'newest-first' },
      NEVER,
    );
    expect(page.entries[0]).toMatchObject({
      host: 'api-staging.acme.test',
      path: expect.stringMatching(/^\/auth\/(login|refresh)$/),
      agent: expect.stringContaining('Mozilla/5.0'),
    });
  });

  it('makes every call under its own identity', async () => {
    const { reader, calls } = await googleInSandbox('staging-503');
    await reader.connector(CONNECTOR, NEVER);
    expect(calls.list()).toMatchObject([
      {
        identity: 'investigate@acme-runmedic.iam.gserviceaccount.com',
        permission: 'vpcaccess.connectors.get',
        status: 200,
      },
    ]);
  });
});

describe('the reader, refused', () => {
  it('is denied what its identity may not see, by the permission’s name', async () => {
    const { readerAs } = await googleInSandbox('staging-503');
    await expect(readerAs('token-of-chat').service(BACKEND, NEVER)).rejects.toMatchObject({
      code: 'permission-denied',
      message: expect.stringContaining('run.services.get'),
    });
  });

  it('is denied what the scenario takes away, and only that', async () => {
    const deny = [{ identity: 'investigate', permission: 'vpcaccess.connectors.get' }];
    const { reader } = await googleInSandbox('staging-503', { iam: { deny } });
    await expect(reader.connector(CONNECTOR, NEVER)).rejects.toMatchObject({ code: 'permission-denied' });
    await expect(reader.service(BACKEND, NEVER)).resolves.toBeDefined();
  });

  it('is nobody with a token that nobody has', async () => {
    const { readerAs } = await googleInSandbox('staging-503');
    const order = 'newest-first';
    const logs = { project: 'acme-staging', filter: 'a=1', from: at(0), to: at(1), entriesMax: 1, order } as const;
    await expect(readerAs('stolen').logs(logs, NEVER)).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  it('does not find what is not there', async () => {
    const { reader } = await googleInSandbox('staging-503');
    await expect(reader.service(`${BACKEND}-gone`, NEVER)).rejects.toMatchObject({ code: 'not-found' });
    await expect(reader.connector(`${CONNECTOR}-gone`, NEVER)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('has a query refused that Monitoring cannot answer', async () => {
    const { reader } = await googleInSandbox('staging-503');
    const unknown = { ...sentBytes, filter: 'metric.type="run.googleapis.com/happiness"' };
    await expect(reader.series(unknown, NEVER)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('is told when the quota of log reads is used up', async () => {
    const { reader } = await googleInSandbox('healthy');
    const order = 'newest-first';
    const logs = {
      project: 'acme-staging',
      filter: 'severity>=ERROR',
      from: at(0),
      to: at(1),
      entriesMax: 1,
      order,
    } as const;
    const reads = await Promise.allSettled(Array.from({ length: 61 }, () => reader.logs(logs, NEVER)));
    const refused = reads.filter((read) => read.status === 'rejected');
    expect(refused).toHaveLength(1);
    expect(refused[0]?.reason).toMatchObject({ code: 'rate-limited', message: expect.stringContaining('429') });
  });

  it('gives up on an API that is too slow for its caller', async () => {
    const slow = { api: 'run', latencyMs: 30_000 } as const;
    const { reader } = await googleInSandbox('staging-503', { apis: [slow] });
    const startedMs = performance.now();
    await expect(reader.services(LOCATION, AbortSignal.timeout(100))).rejects.toMatchObject({ code: 'timed-out' });
    expect(performance.now() - startedMs).toBeLessThan(5_000);
  });
});
