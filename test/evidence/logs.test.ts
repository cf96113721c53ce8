import { describe, expect, it } from 'vitest';
import { logs } from '../../shared/evidence/logs.ts';
import type { LogPage, LogQuery } from '../../shared/ports/cloud.ts';
import { at, NOW } from '../builders/evidence.ts';
import { entry, inspection, page, reading, unhurried } from '../builders/ports.ts';

interface Kept {
  readonly requests?: LogPage;
  /** What the oldest thousand are, where there are more. */
  readonly oldest?: LogPage;
  readonly system?: LogPage;
  readonly application?: LogPage;
}

const kindOf = ({ filter, order }: LogQuery): keyof Kept =>
  filter.includes('Frequests')
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
  it('asks three questions about the region, newest first, over the whole look', async () => {
    const { seen, queries } = await see({});
    expect(queries.map((query) => [kindOf(query), query.order])).toEqual([
      ['requests', 'newest-first'],
      ['system', 'newest-first'],
      ['application', 'newest-first'],
    ]);
    for (const { filter, from, to, project, entriesMax } of queries) {
      expect(filter).toMatch(/^resource\.type="cloud_run_revision" AND resource\.labels\.location="us-central1" AND /);
      expect([from, to, project, entriesMax]).toEqual([at(-900), NOW, 'acme-staging', 1000]);
    }
    expect(seen).toEqual({
      failed: [],
      signatures: [],
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

  it('applies everywhere', () => expect(logs.appliesTo(inspection())).toBe(true));
});
