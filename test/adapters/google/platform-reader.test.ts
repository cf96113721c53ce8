import { describe, expect, it } from 'vitest';
import { loadScenario } from '../../../sandbox/scenarios/load-scenario.ts';
import { googleCallMeter } from '../../../shared/adapters/google/call-meter.ts';
import { googleReader } from '../../../shared/adapters/google/reader.ts';
import { instant } from '../../../shared/ports/clock.ts';
import { googleInSandbox, START_MS } from './google-in-sandbox.ts';
import { failureOf, googleError, json, NEVER, tinyServer } from './tiny-server.ts';

const PROJECT = 'acme-staging';

describe('billing', () => {
  it('of a project that is paid for, and of one that is no more', async () => {
    const { reader, afterSeconds } = await googleInSandbox('billing-disabled');
    expect(await reader.billing(PROJECT, NEVER)).toEqual({
      enabled: true,
      account: 'billingAccounts/01A2B3-C4D5E6-F70809',
    });
    afterSeconds(31);
    expect(await reader.billing(PROJECT, NEVER)).toEqual({ enabled: false, account: undefined });
    const failure = await failureOf(reader.services({ project: PROJECT, region: 'us-central1' }, NEVER));
    expect(failure).toMatchObject({ code: 'permission-denied', message: expect.stringContaining('requires billing') });
  });

  it('names the right that is missing', async () => {
    const { readerAs } = await googleInSandbox('healthy');
    const failure = await failureOf(readerAs('token-of-chat').billing(PROJECT, NEVER));
    expect(failure).toMatchObject({
      code: 'permission-denied',
      message: expect.stringContaining('resourcemanager.projects.get'),
    });
  });
});

describe('incidents of Google Cloud', () => {
  it('are told once they are announced, with what Google says', async () => {
    const { reader, afterSeconds } = await googleInSandbox('egress-of-platform-slow');
    afterSeconds(214);
    expect(await reader.cloudIncidents(PROJECT, NEVER)).toEqual([]);
    afterSeconds(215);
    expect(await reader.cloudIncidents(PROJECT, NEVER)).toEqual([
      {
        name: expect.stringMatching(/^projects\/acme-staging\/locations\/global\/events\/[0-9a-f]+$/),
        title: 'Elevated latency of egress connections from Cloud Run in us-central1',
        detailedState: 'confirmed',
        relevance: 'related',
        impacts: [{ product: 'Cloud Run', location: 'us-central1' }],
        startedAt: instant(START_MS + 15_000),
        updatedAt: instant(START_MS + 215_000),
        workaround: expect.stringContaining('Fewer concurrent requests'),
      },
    ]);
  });

  it('that ended are not told', async () => {
    const scenario = structuredClone(loadScenario('egress-of-platform-slow'));
    for (const cause of scenario.causes) if (cause.type === 'cloud-incident') cause.until = 300;
    const { reader, afterSeconds } = await googleInSandbox('egress-of-platform-slow', scenario);
    afterSeconds(301);
    expect(await reader.cloudIncidents(PROJECT, NEVER)).toEqual([]);
  });

  it('cannot be asked for where the API is not switched on, which is no missing right', async () => {
    const { reader } = await googleInSandbox('healthy');
    expect(await failureOf(reader.cloudIncidents(PROJECT, NEVER))).toMatchObject({ code: 'not-enabled' });
  });

  it('are read page by page, and not taken for whole where there are too many', async () => {
    const pages = (count: number) =>
      tinyServer(({ url }, response) => {
        const page = Number(url.searchParams.get('pageToken') ?? 1);
        json(response, 200, { events: [{}], ...(page < count && { nextPageToken: String(page + 1) }) });
      });
    expect(await googleReader((await pages(3)).options).cloudIncidents(PROJECT, NEVER)).toHaveLength(3);
    const many = googleReader((await pages(4)).options).cloudIncidents(PROJECT, NEVER);
    expect(await failureOf(many)).toMatchObject({ code: 'unknown', message: expect.stringContaining('more than') });
  });

  it('have what they say, and whatever is left out is unknown', async () => {
    const server = await tinyServer((_asked, response) =>
      json(response, 200, {
        events: [{ eventImpacts: [{}], updates: [{ updateTime: '2026-11-23T03:00:00Z' }, { workaround: 'older' }] }],
      }),
    );
    expect(await googleReader(server.options).cloudIncidents(PROJECT, NEVER)).toEqual([
      {
        name: '',
        title: 'without a title',
        detailedState: 'other',
        relevance: 'unknown',
        impacts: [{ product: '', location: '' }],
        startedAt: undefined,
        updatedAt: undefined,
        workaround: undefined,
      },
    ]);
    expect(server.asked.map(({ url }) => `${url.pathname} ${url.searchParams}`)).toEqual([
      '/v1/projects/acme-staging/locations/global/events filter=category%3DINCIDENT+AND+state%3DACTIVE&pageSize=100',
    ]);
  });
});

describe('the meter of calls', () => {
  it('counts each request that leaves, retries and logs too, for the work that it belongs to', async () => {
    let refusals = 1;
    const server = await tinyServer(({ url }, response) => {
      if (url.pathname.endsWith('billingInfo') && refusals-- > 0)
        json(response, 503, googleError(503, 'UNAVAILABLE', 'try again'), { 'retry-after': '0' });
      else json(response, 200, {});
    });
    const reader = googleReader(server.options);
    const from = instant(START_MS);
    const logs = { project: PROJECT, filter: 'a', from, to: from, entriesMax: 10, order: 'newest-first' } as const;
    const work = () => Promise.all([reader.billing(PROJECT, NEVER), reader.logs(logs, NEVER)]);
    const [one, other] = await Promise.all([
      googleCallMeter.counted(work),
      googleCallMeter.counted(() => reader.cloudIncidents(PROJECT, NEVER)),
    ]);
    expect([one.calls, other.calls]).toEqual([
      { total: 3, logReads: 1 },
      { total: 1, logReads: 0 },
    ]);
    // Outside of any counted work it counts for nobody.
    await reader.billing(PROJECT, NEVER);
    expect(one.calls.total).toBe(3);
  });
});
