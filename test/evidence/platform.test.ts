import { describe, expect, it } from 'vitest';
import { platform } from '../../shared/evidence/platform.ts';
import { NEARLY_USED_RATIO, ratioOf } from '../../shared/evidence/quota-use.ts';
import { DAYS, recurrence } from '../../shared/evidence/recurrence.ts';
import type { CloudReader, Series, SeriesQuery } from '../../shared/ports/cloud.ts';
import type { History } from '../../shared/ports/history.ts';
import { PlatformFailure } from '../../shared/ports/platform-failure.ts';
import { at, cloudIncident, NOW, past } from '../builders/evidence.ts';
import { emptyProject, inspection, unhurried } from '../builders/ports.ts';

const see = (over: Partial<CloudReader>, abort: AbortSignal = unhurried) =>
  platform.inspect(inspection({ cloud: { ...emptyProject, ...over } }), abort);
const labels = {
  service: 'sqladmin.googleapis.com',
  location: 'global',
  quota_metric: 'sqladmin.googleapis.com/default',
};
const series = (values: readonly number[], over: Partial<Series['labels']> = {}): Series => ({
  labels: { ...labels, ...over },
  points: values.map((value, index) => ({ at: at(-60 * (values.length - index)), value })),
});
const nameOf = ({ filter }: SeriesQuery) => /quota\/([a-z_/]+)"/.exec(filter)?.[1] ?? '';
const quotasOf = async (by: Readonly<Record<string, readonly Series[]>>) => {
  const { quotas } = await see({ series: async (query) => by[nameOf(query)] ?? [] });
  if (quotas.status !== 'seen') throw new Error(quotas.status);
  return quotas.value;
};

describe('platform', () => {
  it('sees a project on firm ground', async () => {
    expect(await see({})).toEqual({
      quotas: { status: 'seen', value: [] },
      billing: { status: 'seen', value: { enabled: true, account: 'billingAccounts/012345-567890-ABCDEF' } },
      incidents: { status: 'seen', value: [] },
    });
    expect(platform.appliesTo(inspection())).toBe(true);
  });

  it('tells an API that is not enabled from a right that is missing, each question by itself', async () => {
    const failing = (code: PlatformFailure['code']) => () => Promise.reject(new PlatformFailure(code, 'no; token=abc'));
    const found = await see({ billing: failing('permission-denied'), cloudIncidents: failing('not-enabled') });
    expect(found).toEqual({
      quotas: { status: 'seen', value: [] },
      billing: { status: 'unseen', why: 'no; token=[redacted]' },
      incidents: { status: 'not-enabled' },
    });
  });

  it('ends as a whole when there is no more time, and when it is our own fault', async () => {
    const late = new PlatformFailure('timed-out', 'aborted');
    await expect(see({ billing: () => Promise.reject(late) }, AbortSignal.abort(late))).rejects.toBe(late);
    const fault = new TypeError('undefined is not a function');
    await expect(see({ billing: () => Promise.reject(fault) })).rejects.toBe(fault);
  });

  it('has incidents of its region first, ten at most, and keeps nothing secret', async () => {
    const elsewhere = Array.from({ length: 12 }, (_, index) =>
      cloudIncident({ title: `${index}`, impacts: [{ product: 'Cloud Run', location: 'asia-east1' }] }),
    );
    const here = cloudIncident({ title: 'here', workaround: 'password=abc' });
    const { incidents } = await see({ cloudIncidents: async () => [...elsewhere, here] });
    if (incidents.status !== 'seen') throw new Error(incidents.status);
    expect(incidents.value).toHaveLength(10);
    expect(incidents.value[0]).toMatchObject({ title: 'here', workaround: 'password=[redacted]' });
  });
});

describe('its quotas', () => {
  it('are asked for in six queries, limits and what is held a day back', async () => {
    const queries: SeriesQuery[] = [];
    await see({
      series: async (query) => {
        queries.push(query);
        return [];
      },
    });
    expect(queries.map((query) => [nameOf(query), query.aligner, query.reducer, query.from])).toEqual([
      ['exceeded', 'ALIGN_COUNT_TRUE', 'REDUCE_SUM', at(-900)],
      ['limit', 'ALIGN_MAX', 'REDUCE_MAX', at(-90_000)],
      ['concurrent/limit', 'ALIGN_MAX', 'REDUCE_MAX', at(-90_000)],
      ['rate/net_usage', 'ALIGN_DELTA', 'REDUCE_SUM', at(-900)],
      ['allocation/usage', 'ALIGN_MAX', 'REDUCE_SUM', at(-90_000)],
      ['concurrent/usage', 'ALIGN_MAX', 'REDUCE_SUM', at(-900)],
    ]);
    expect(new Set(queries.map(({ to }) => to))).toEqual(new Set([NOW]));
  });

  it('that refuse are told with their use, limit and last refusal', async () => {
    const found = await quotasOf({
      exceeded: [series([1, 0, 1])],
      limit: [series([180, 200])],
      'rate/net_usage': [series([150, 180, 170])],
    });
    expect(found).toEqual([
      {
        api: 'sqladmin.googleapis.com',
        metric: 'sqladmin.googleapis.com/default',
        location: 'global',
        kind: 'rate',
        used: 180,
        limit: 200,
        refusedMinutes: 2,
        lastRefusedAt: at(-60),
      },
    ]);
  });

  it.each([
    [NEARLY_USED_RATIO * 1000, 1],
    [NEARLY_USED_RATIO * 1000 - 1, 0],
  ])('of which %i of 1000 are used: %i', async (used, count) => {
    const found = await quotasOf({ 'concurrent/usage': [series([used])], 'concurrent/limit': [series([1000])] });
    expect(found).toHaveLength(count);
  });

  it('are those of this region and of the whole project, the fullest first, twenty at most', async () => {
    const held = (metric: string, location: string, value: number) =>
      series([value], { quota_metric: metric, location });
    const metrics = Array.from({ length: 25 }, (_, index) => `m${index}`);
    const found = await quotasOf({
      'allocation/usage': [
        held('elsewhere', 'asia-east1', 99),
        ...metrics.map((metric, index) => held(metric, 'us-central1', 80 + index / 2)),
      ],
      limit: [held('elsewhere', 'asia-east1', 100), ...metrics.map((metric) => held(metric, 'us-central1', 100))],
      exceeded: [held('m0', 'us-central1', 1)],
    });
    expect(found).toHaveLength(20);
    expect(found.map(({ metric }) => metric).slice(0, 3)).toEqual(['m0', 'm24', 'm23']);
    expect(found[0]?.kind).toBe('allocation');
  });

  it('without a limit, or without labels, are no trouble by themselves', async () => {
    expect(await quotasOf({ 'rate/net_usage': [series([50])], limit: [series([-1])] })).toEqual([]);
    expect(await quotasOf({ exceeded: [{ labels: {}, points: [{ at: at(-60), value: 1 }] }] })).toEqual([
      {
        api: 'unknown',
        metric: 'unknown',
        location: 'global',
        kind: 'unknown',
        used: undefined,
        limit: undefined,
        refusedMinutes: 1,
        lastRefusedAt: at(-60),
      },
    ]);
  });

  it('that the project never had a point of are none; other failures are told', async () => {
    const failing = (code: PlatformFailure['code']) =>
      see({ series: () => Promise.reject(new PlatformFailure(code, 'Cannot find metric(s)')) });
    expect((await failing('not-found')).quotas).toEqual({ status: 'seen', value: [] });
    expect((await failing('permission-denied')).quotas).toEqual({ status: 'unseen', why: 'Cannot find metric(s)' });
  });
});

describe('recurrence', () => {
  it('asks for a month of the environment, and keeps fifty at most', async () => {
    const asked: Parameters<History['ended']>[0][] = [];
    const ended = Array.from({ length: 60 }, () => past());
    const history: History = {
      ended: async (about) => {
        asked.push(about);
        return ended;
      },
    };
    expect(await recurrence.inspect(inspection({ history }), unhurried)).toEqual({
      days: DAYS,
      ended: ended.slice(0, 50),
    });
    expect(asked).toEqual([{ environment: 'staging', since: at(-DAYS * 86_400) }]);
    expect(recurrence.appliesTo(inspection())).toBe(true);
  });
});

it.each([
  ['what is used up', 180, 180, 1],
  ['what has no limit', 180, -1, 0],
  ['what nobody may use', 180, 0, 0],
  ['a use that is not known', undefined, 180, 0],
  ['a limit that is not known', 180, undefined, 0],
])('says how full a quota is: %s', (_, used, limit, ratio) => {
  expect(ratioOf({ used, limit })).toBe(ratio);
});
