import { describe, expect, it } from 'vitest';
import { logs } from '../../shared/evidence/logs.ts';
import type { CloudReader, LogPage, LogQuery } from '../../shared/ports/cloud.ts';
import { type FailureCode, PlatformFailure } from '../../shared/ports/platform-failure.ts';
import { at, NOW } from '../builders/evidence.ts';
import { entry, inspection, page, reading, unhurried } from '../builders/ports.ts';

interface Kept {
  readonly requests?: LogPage;
  /** What the oldest thousand are, where there are more. */
  readonly oldest?: LogPage;
  readonly system?: LogPage;
  readonly application?: LogPage;
  /** The newest requests, whatever became of them. */
  readonly newest?: LogPage;
}

const kindOf = ({ filter, order }: LogQuery): keyof Kept =>
  filter.endsWith('Frequests"')
    ? 'newest'
    : filter.includes('Frequests')
      ? order === 'oldest-first'
        ? 'oldest'
        : 'requests'
      : filter.includes('varlog')
        ? 'system'
        : 'application';

async function see(kept: Kept, services?: readonly string[]) {
  const queries: LogQuery[] = [];
  const { cloud } = reading({
    logs: (query) => {
      queries.push(query);
      return kept[kindOf(query)] ?? page([]);
    },
  });
  return { seen: await logs.inspect(inspection({ cloud, environment: { services } }), unhurried), queries };
}

const requests = (...seconds: readonly number[]) => page(seconds.map((second) => entry(second)));

describe('logs', () => {
  it('asks four questions about the region, newest first, over the whole look', async () => {
    const { seen, queries } = await see({});
    expect(queries.map((query) => [kindOf(query), query.order])).toEqual([
      ['requests', 'newest-first'],
      ['system', 'newest-first'],
      ['application', 'newest-first'],
      ['newest', 'newest-first'],
    ]);
    for (const { filter, from, to, project, entriesMax } of queries) {
      expect(filter).toMatch(/^resource\.type="cloud_run_revision" AND resource\.labels\.location="us-central1" AND /);
      expect([from, to, project, entriesMax]).toEqual([at(-900), NOW, 'acme-staging', 1000]);
    }
    expect(seen).toEqual({
      failed: [],
      signatures: [],
      clusters: [],
      outside: [],
      hosts: [],
      asked: { of: 'newest-requests', seconds: 0, byPath: [] },
      unreachable: [],
      starts: [],
      onsets: [],
      failedFrom: at(-900),
      truncated: { requests: false, system: false, application: false },
    });
  });

  it('counts failed requests by service, revision, status and whether a container took them', async () => {
    const { seen } = await see({
      requests: page([
        entry(-5),
        entry(-9, { instanceId: undefined, httpStatus: 429 }),
        entry(-10, { service: 'auth', revision: 'auth-1' }),
        entry(-20),
        entry(-25, { revision: undefined, httpStatus: undefined }),
        entry(-30),
      ]),
    });
    const of = { service: 'backend', revision: 'backend-00002', reachedContainer: true };
    expect(seen.failed).toEqual([
      { ...of, status: 503, count: 3, firstAt: at(-30), lastAt: at(-5) },
      { ...of, status: 429, reachedContainer: false, count: 1, firstAt: at(-9), lastAt: at(-9) },
      { ...of, service: 'auth', revision: 'auth-1', status: 503, count: 1, firstAt: at(-10), lastAt: at(-10) },
      { ...of, revision: undefined, status: 0, count: 1, firstAt: at(-25), lastAt: at(-25) },
    ]);
  });

  describe('in a storm', () => {
    const newest = page([entry(-1), entry(-2), entry(-3, { httpStatus: 500 })], true);
    const oldest = page(
      [-600, -599, -598, -597, -596].map((seconds) => entry(seconds)),
      true,
    );

    it('asks once more, oldest first, how it began', async () => {
      const { seen, queries } = await see({ requests: newest, oldest });
      expect(queries.map(kindOf)).toEqual(['requests', 'system', 'application', 'oldest']);
      expect(queries[3]?.filter).toBe(queries[0]?.filter);
      expect(seen.onsets).toEqual([{ service: 'backend', at: at(-600) }]);
    });

    it('counts the newest, dates them from the oldest, and says how far the counts reach', async () => {
      const { seen } = await see({ requests: newest, oldest });
      expect(seen.failed.map(({ status, count, firstAt, lastAt }) => [status, count, firstAt, lastAt])).toEqual([
        [503, 2, at(-600), at(-1)],
        // None of the oldest is like it: it began with the first that was read.
        [500, 1, at(-3), at(-3)],
      ]);
      expect(seen.failedFrom).toBe(at(-3));
    });

    it('reaches back to the beginning when there is more and nothing was read', async () => {
      expect((await see({ requests: page([], true) })).seen.failedFrom).toBe(at(-900));
    });
  });

  it.each([
    ['five within a minute', [-300, -285, -270, -255, -240], at(-300)],
    ['five within a second more', [-301, -285, -270, -255, -240], undefined],
    ['four', [-300, -299, -298, -297], undefined],
    ['a lone failure before five', [-800, -300, -299, -298, -297, -296], at(-300)],
  ])('dates the onset of trouble: %s', async (_, seconds, onset) => {
    const { seen } = await see({ requests: requests(...seconds.toReversed()) });
    expect(seen.onsets).toEqual(onset === undefined ? [] : [{ service: 'backend', at: onset }]);
  });

  it('dates it for each service by itself', async () => {
    const burst = (service: string, from: number) => [4, 3, 2, 1, 0].map((second) => entry(from + second, { service }));
    const { seen } = await see({ requests: page([...burst('frontend', -100), ...burst('auth', -200)]) });
    expect(seen.onsets).toEqual([
      { service: 'auth', at: at(-200) },
      { service: 'frontend', at: at(-100) },
    ]);
  });

  it('counts lines by what they speak for, from all three logs, with a redacted sample', async () => {
    const dropped = { instanceId: undefined, text: 'The request was aborted because there was no available instance.' };
    const { seen } = await see({
      requests: page([entry(-5, dropped), entry(-6)]),
      system: page([entry(-40, { text: 'Container called exit(3).', httpStatus: undefined })]),
      application: page(
        [-10, -20, -30].map((seconds) => entry(seconds, { text: 'postgres://app:s3cret@10.20.0.3/shop: ETIMEDOUT' })),
      ),
    });
    expect(seen.signatures.map(({ signature, log, count, sample }) => [signature, log, count, sample])).toEqual([
      ['private-connection-timed-out', 'application', 3, 'postgres://app:[redacted]@10.20.0.3/shop: ETIMEDOUT'],
      ['no-available-instance', 'requests', 1, dropped.text],
      ['container-exited', 'system', 1, 'Container called exit(3).'],
    ]);
    expect(seen.signatures[0]).toMatchObject({
      service: 'backend',
      revision: 'backend-00002',
      firstAt: at(-30),
      lastAt: at(-10),
    });
  });

  it('does not add up what one event left in two logs', async () => {
    const { seen } = await see({
      requests: page([entry(-4, { text: 'the container instance was found to be using too much memory' })]),
      system: page([entry(-5, { text: 'Memory limit of 512 MiB exceeded with 513 MiB used.' })]),
    });
    expect(seen.signatures.map(({ signature, log, count }) => [signature, log, count])).toEqual([
      ['memory-limit-exceeded', 'requests', 1],
      ['memory-limit-exceeded', 'system', 1],
    ]);
  });

  it('does not add up lines that speak of two databases, and keeps a sample of each', async () => {
    const lines = [
      'dial tcp 10.20.0.3:5432: i/o timeout',
      'read tcp 10.8.0.5:41234->10.20.0.3:5432: i/o timeout',
      'dial tcp 10.20.0.4:6379: i/o timeout',
      'Redis ping timeout after 10.0s',
    ];
    const { seen } = await see({ application: page(lines.map((text, index) => entry(-index, { text }))) });
    expect(seen.signatures.map(({ count, sample }) => [count, sample])).toEqual([
      [2, lines[0]],
      [1, lines[2]],
      [1, lines[3]],
    ]);
  });

  it('keeps the most frequent kinds of lines, five hundred at most', async () => {
    const dialled = Array.from(
      { length: 501 },
      (_, index) => `dial tcp 10.1.${index >> 8}.${index & 255}:80: i/o timeout`,
    );
    const lines = [...dialled, ...dialled.slice(1)];
    const { seen } = await see({ application: page(lines.map((text, index) => entry(-index / 10, { text }))) });
    expect(seen.signatures).toHaveLength(500);
    expect(seen.signatures.filter(({ count }) => count === 1)).toEqual([]);
  });

  it('asks about what is watched only, so that no other storm fills the page', async () => {
    const { queries } = await see({}, ['backend', 'auth']);
    for (const { filter } of queries)
      expect(filter).toContain(' AND resource.labels.service_name=("backend" OR "auth") AND ');
  });

  it.each(['requests', 'system', 'application'] as const)(
    'says that there were more %s than were read',
    async (kind) => {
      const { truncated } = (await see({ [kind]: page([entry(-5)], true) })).seen;
      expect(Object.entries(truncated).filter(([, cut]) => cut)).toEqual([[kind, true]]);
    },
  );

  it('leaves out what is not watched, and lines of no service', async () => {
    const lines = page(['backend', 'other', undefined].map((service) => entry(-5, { service, text: 'ETIMEDOUT' })));
    const { seen } = await see({ requests: lines, system: lines, application: lines }, ['backend']);
    expect(seen.failed.map(({ service, count }) => [service, count])).toEqual([['backend', 1]]);
    expect(seen.signatures.map(({ service, log, count }) => [service, log, count])).toEqual([
      ['backend', 'requests', 1],
      ['backend', 'system', 1],
      ['backend', 'application', 1],
    ]);
    const all = await see({ application: lines });
    expect(all.seen.signatures.map(({ service }) => service)).toEqual(['backend', 'other']);
  });

  it('gathers lines that say nothing that is known by their shape, the most frequent first, ten at most', async () => {
    const lines = [
      ...[1, 2, 3].map((n) => entry(-n, { text: `order ${n} of jane@example.com was "lost${n}"` })),
      ...Array.from({ length: 12 }, (_, index) => entry(-20, { text: `${'abcdefghijkl'[index]}, just once` })),
      entry(-30, { text: '' }),
    ];
    const { seen } = await see({ application: page(lines) });
    expect(seen.signatures).toEqual([]);
    expect(seen.clusters).toHaveLength(10);
    expect(seen.clusters[0]).toEqual({
      shape: 'order # of [address] was "…"',
      service: 'backend',
      revision: 'backend-00002',
      count: 3,
      firstAt: at(-3),
      lastAt: at(-1),
      sample: 'order 1 of [address] was "lost1"',
    });
  });

  it('counts calls to public hosts that failed, by host and how', async () => {
    const texts = [
      '503 Server Error: Service Unavailable for url: https://api.payments.example.com/v1/charges',
      '503 Server Error: Service Unavailable for url: https://api.payments.example.com/v1/refunds',
      'upstream search.example.net failed: HTTP 502',
      'dial tcp 10.20.0.3:5432: i/o timeout',
    ];
    const { seen } = await see({ application: page(texts.map((text, index) => entry(-10 - index, { text }))) });
    expect(seen.outside).toEqual([
      {
        host: 'api.payments.example.com',
        how: 'server-error',
        service: 'backend',
        revision: 'backend-00002',
        count: 2,
        firstAt: at(-11),
        lastAt: at(-10),
        sample: texts[0],
      },
      expect.objectContaining({ host: 'search.example.net', how: 'server-error', count: 1 }),
    ]);
    expect(seen.signatures.map(({ signature, count }) => [signature, count])).toEqual([
      ['outside-host-failed', 2],
      ['upstream-failed', 1],
      ['private-connection-timed-out', 1],
    ]);
  });

  const asking = (seconds: number, path: string, agent: string, latencyMs = 40) =>
    entry(seconds, { path, agent, latencyMs, httpStatus: 200 });
  it('knows who asks for what among the newest requests', async () => {
    const newest = page([
      asking(-1, '/health', 'Pingdom.com_bot_version_1.4', 100),
      asking(-2, '/orders/17', 'Mozilla/5.0', 10),
      entry(-3, { path: '/orders/9', latencyMs: undefined }),
      entry(-4),
      asking(-5, '/health', 'Pingdom.com_bot_version_1.4', 300),
      asking(-6, '/health', 'curl/8', 1),
      entry(-7, { path: '/elsewhere', service: 'other' }),
    ]);
    const { seen } = await see({ newest }, ['backend']);
    expect(seen.asked).toEqual({
      of: 'newest-requests',
      seconds: 5,
      byPath: [
        { service: 'backend', path: '/health', checker: 'Pingdom.com_bot_version_1.4', count: 2, latencyMeanMs: 200 },
        { service: 'backend', path: '/orders/#', checker: undefined, count: 2, latencyMeanMs: 5 },
        { service: 'backend', path: '/health', checker: undefined, count: 1, latencyMeanMs: 1 },
      ],
    });
  });

  it('knows by which names its services are called', async () => {
    const { seen } = await see({
      requests: page([entry(-1, { host: 'api.acme.test' }), entry(-2, { host: 'api.acme.test' })]),
      newest: page([entry(-1, { host: 'acme.test' }), entry(-3)]),
    });
    expect(seen.hosts).toEqual(['acme.test', 'api.acme.test']);
  });

  it('knows in a storm what those asked for that failed', async () => {
    const { seen } = await see({
      requests: page([entry(-1, { path: '/export' }), entry(-2, { path: '/export' })], true),
      oldest: requests(-800),
    });
    expect(seen.asked).toMatchObject({ of: 'failed-requests', byPath: [{ path: '/export', count: 2 }] });
  });

  describe('where the fourth question is not answered', () => {
    const seeFailing = (code: FailureCode, truncated: boolean) => {
      const { cloud: empty } = reading({});
      const cloud: CloudReader = {
        ...empty,
        logs: async (query) => {
          const kind = kindOf(query);
          if (kind === 'newest' || kind === 'oldest') throw new PlatformFailure(code, 'the fourth');
          return kind === 'requests' ? page([entry(-5)], truncated) : page([]);
        },
      };
      return logs.inspect(inspection({ cloud }), unhurried);
    };
    it.each([true, false])('for want of quota, does without it (storm: %s)', async (truncated) => {
      const seen = await seeFailing('rate-limited', truncated);
      expect(seen.failed).toMatchObject([{ count: 1, firstAt: at(-5) }]);
    });
    it('for any other reason, cannot be read', async () =>
      expect(seeFailing('unavailable', false)).rejects.toThrow('the fourth'));
  });

  describe('where the request log is empty', () => {
    const counted = (count: number, labels: Readonly<Record<string, string>> = { service_name: 'backend' }) => [
      { labels, points: [{ at: at(-60), value: count }] },
    ];
    const seeCounted = (series: CloudReader['series'], kept: Kept = {}, services?: readonly string[]) => {
      const { cloud } = reading({ logs: (query) => kept[kindOf(query)] ?? page([]) });
      return logs.inspect(inspection({ cloud: { ...cloud, series }, environment: { services } }), unhurried);
    };

    it.each([
      [20, undefined],
      [20, ['backend']],
    ])('and Monitoring counts %i requests, it is excluded or disabled', async (count, services) =>
      expect(seeCounted(async () => counted(count), {}, services)).rejects.toThrow(
        'logging.logEntries.list on projects/acme-staging: Monitoring counts 20 requests, and the request log has none: it is excluded or disabled',
      ),
    );

    it.each([
      ['hardly any are counted', counted(19), undefined],
      ['those counted are of others', [...counted(900, { service_name: 'other' }), ...counted(900, {})], ['backend']],
    ])('it may be just so, since %s', async (_, found, services) =>
      expect(seeCounted(async () => found, {}, services)).resolves.toMatchObject({ failed: [] }),
    );

    it('it may be just so, since Monitoring does not answer', async () => {
      const denied = async () => {
        throw new PlatformFailure('permission-denied', 'no');
      };
      await expect(seeCounted(denied)).resolves.toMatchObject({ failed: [] });
      const broken = async () => {
        throw new TypeError('a fault of our own');
      };
      await expect(seeCounted(broken)).rejects.toThrow('a fault of our own');
    });

    it('of failures only, nobody is asked', async () =>
      expect(
        seeCounted(async () => counted(900), { newest: page([asking(-1, '/', 'curl/8')]) }),
      ).resolves.toMatchObject({ failed: [] }));
  });

  it('applies everywhere', () => expect(logs.appliesTo(inspection())).toBe(true));
});
