import { describe, expect, it } from 'vitest';
import { gather } from '../../shared/evidence/gather.ts';
import { LOG_CALLS_MAX, withLogBudget } from '../../shared/evidence/log-budget.ts';
import type { CloudReader, LogPage, LogQuery } from '../../shared/ports/cloud.ts';
import { PlatformFailure } from '../../shared/ports/platform-failure.ts';
import { at, NOW } from '../builders/evidence.ts';
import { emptyProject, entry, inspection, page, reading, unhurried } from '../builders/ports.ts';

const query = (filter: string): LogQuery => ({
  project: 'acme-staging',
  filter,
  from: at(-900),
  to: NOW,
  entriesMax: 2,
  order: 'newest-first',
});

/** Answers these pages one after the other, then empty ones. */
function paged(...pages: readonly LogPage[]) {
  const asked: LogQuery[] = [];
  const cloud: CloudReader = {
    ...emptyProject,
    logs: async (what) => {
      asked.push(what);
      return pages[asked.length - 1] ?? page([]);
    },
  };
  return { cloud: withLogBudget(cloud), asked };
}

describe('the budget of log reads', () => {
  it('is six calls for all who ask', async () => {
    const { cloud, asked } = paged();
    const answers = await Promise.allSettled(
      Array.from({ length: LOG_CALLS_MAX + 1 }, (_, index) => cloud.logs(query(`q${index}`), unhurried)),
    );
    expect(answers.map(({ status }) => status)).toEqual([...Array(LOG_CALLS_MAX).fill('fulfilled'), 'rejected']);
    expect(answers.at(-1)).toMatchObject({
      reason: { code: 'rate-limited', message: expect.stringContaining('all 6') },
    });
    expect(asked).toHaveLength(LOG_CALLS_MAX);
  });

  it('follows a page that came short, which counts too', async () => {
    const searching: LogPage = { entries: [], truncated: true, nextPageToken: 'on' };
    const { cloud, asked } = paged(
      searching,
      { ...page([entry(-1)], true), nextPageToken: 'further' },
      page([entry(-2)]),
    );
    expect(await cloud.logs(query('q'), unhurried)).toEqual({ entries: [entry(-1), entry(-2)], truncated: false });
    expect(asked.map(({ pageToken, entriesMax }) => [pageToken, entriesMax])).toEqual([
      [undefined, 2],
      ['on', 2],
      ['further', 1],
    ]);
  });

  it.each([
    ['unavailable', 2, 'fulfilled'],
    ['rate-limited', 1, 'rejected'],
    ['permission-denied', 1, 'rejected'],
  ] as const)(
    'asks once more where there was no answer, and not where it was refused: %s',
    async (code, calls, ends) => {
      let asked = 0;
      const cloud = withLogBudget({
        ...emptyProject,
        logs: async () => {
          asked += 1;
          if (asked === 1) throw new PlatformFailure(code, 'no');
          return page([]);
        },
      });
      const [answer] = await Promise.allSettled([cloud.logs(query('q'), unhurried)]);
      expect([asked, answer.status]).toEqual([calls, ends]);
    },
  );

  it('counts what is asked once more, and ends there too', async () => {
    let asked = 0;
    const cloud = withLogBudget({
      ...emptyProject,
      logs: async () => {
        asked += 1;
        throw new PlatformFailure('unavailable', 'no');
      },
    });
    const one = () => cloud.logs(query('q'), unhurried).catch(({ code }: PlatformFailure) => code);
    expect([await one(), await one(), asked]).toEqual(['unavailable', 'unavailable', 4]);
    await Promise.all([one(), one(), one()]);
    expect(asked).toBe(LOG_CALLS_MAX);
  });

  it('has no second question left for its last', async () => {
    let asked = 0;
    const cloud = withLogBudget({
      ...emptyProject,
      logs: async () => {
        asked += 1;
        if (asked < LOG_CALLS_MAX) return page([]);
        throw new PlatformFailure('unavailable', 'no');
      },
    });
    for (let calls = 1; calls < LOG_CALLS_MAX; calls += 1) await cloud.logs(query('q'), unhurried);
    await expect(cloud.logs(query('q'), unhurried)).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('does not follow a page that is full', async () => {
    const { cloud, asked } = paged({ ...page([entry(-1), entry(-2)], true), nextPageToken: 'more' });
    expect(await cloud.logs(query('q'), unhurried)).toMatchObject({ truncated: true });
    expect(asked).toHaveLength(1);
  });

  it('ends a search that does not end, and says that there was more', async () => {
    const searching: LogPage = { entries: [], truncated: true, nextPageToken: 'on' };
    const { cloud, asked } = paged(...Array.from({ length: 20 }, () => searching));
    expect(await cloud.logs(query('q'), unhurried)).toMatchObject({ entries: [], truncated: true });
    expect(asked).toHaveLength(LOG_CALLS_MAX);
  });

  it('holds for one look at everything', async () => {
    const { cloud, asked } = reading({});
    await gather(inspection({ cloud }), unhurried);
    expect(asked.filter((call) => call.startsWith('logs')).length).toBeLessThanOrEqual(LOG_CALLS_MAX);
    await gather(inspection({ cloud }), unhurried);
    expect(asked.filter((call) => call.startsWith('logs')).length).toBeGreaterThan(LOG_CALLS_MAX);
  });
});
