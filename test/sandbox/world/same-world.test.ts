import { describe, expect, test } from 'vitest';
import { loadScenario, scenarioNames } from '../../../sandbox/scenarios/load-scenario.ts';
import type { Scenario } from '../../../sandbox/scenarios/scenario.ts';
import { createWorld } from '../../../sandbox/world/create-world.ts';
import { LOCATION, type Served, START_MS, serveGoogle } from '../google/serve-google.ts';

test('the same scenario and start give the same world, however the time is cut', () => {
  const [once, often] = [0, 1].map(() => createWorld(loadScenario('staging-503'), START_MS));
  once?.advanceTo(START_MS + 600_000);
  for (let ms = 0; ms <= 600_000; ms += 333) often?.advanceTo(START_MS + ms);
  often?.advanceTo(START_MS + 600_000);
  expect(often?.snapshot()).toEqual(once?.snapshot());
  expect(often?.state.ledger).toEqual(once?.state.ledger);
  expect(often?.drainNotifications()).toEqual(once?.drainNotifications());
});

test('another seed gives another world', () => {
  const other = { ...loadScenario('staging-503'), seed: 8 };
  const ledgers = [loadScenario('staging-503'), other].map((s) =>
    JSON.stringify(createWorld(s, START_MS).state.ledger.requests.slice(0, 50)),
  );
  expect(ledgers[0]).not.toBe(ledgers[1]);
});

test('time does not go back, and nowMs is what was asked for, between the seconds too', () => {
  const world = createWorld(loadScenario('healthy'), START_MS + 456);
  expect(world.startMs).toBe(START_MS);
  world.advanceTo(START_MS + 1500);
  expect(world.nowMs).toBe(START_MS + 1500);
  world.advanceTo(START_MS);
  expect(world.nowMs).toBe(START_MS + 1500);
  expect(world.nextAlertEvaluationMs()).toBe(START_MS + 60_000);
});

describe('the name and the labels of a scenario', () => {
  const queries = (now: number): [string, string, unknown?][] => {
    const interval = `interval.startTime=${new Date(now - 1_800_000).toISOString()}&interval.endTime=${new Date(now).toISOString()}`;
    const series = (filter: string) =>
      `/v3/projects/acme-staging/timeSeries?${interval}&filter=${encodeURIComponent(filter)}`;
    return [
      ['GET', `/v2/${LOCATION}/services`],
      ['GET', `/v2/${LOCATION}/services/-/revisions`],
      ['GET', `/v1/${LOCATION}/connectors`],
      ['GET', '/v3/projects/acme-staging/metricDescriptors'],
      ['GET', series('metric.type="run.googleapis.com/request_count"')],
      ['GET', series('metric.type="run.googleapis.com/container/instance_count"')],
      ['GET', series('metric.type="vpcaccess.googleapis.com/connector/sent_bytes_count"')],
      ['GET', series('metric.type="loadbalancing.googleapis.com/https/request_count"')],
      [
        'POST',
        '/v2/entries:list',
        { resourceNames: ['projects/acme-staging'], orderBy: 'timestamp desc', pageSize: 500 },
      ],
    ];
  };

  async function everything(google: Served): Promise<unknown[]> {
    const seen: unknown[] = [];
    for (let minute = 0; minute < 4; minute++) {
      google.after(90);
      for (const [method, path, body] of queries(google.world.nowMs))
        seen.push(await google.call('investigate', method, path, body));
      seen.push(google.world.snapshot(), google.world.drainEvents(), google.world.drainNotifications());
    }
    return seen;
  }

  /** One of every kind of thing that can happen, and the case itself. */
  const examples = (): readonly string[] => {
    const seen = new Set<string>();
    return ['staging-503', ...scenarioNames()].filter((name) => {
      const kinds = loadScenario(name).causes.map(({ type }) => type);
      const isNew = kinds.some((kind) => !seen.has(kind));
      for (const kind of kinds) seen.add(kind);
      return isNew;
    });
  };

  test.each(['staging-503', 'trap-broken-release-busy-connector'])('of %s change no reply of any API', async (name) => {
    const { name: _name, labels: _labels, description: _description, ...bare } = loadScenario(name);
    const named: Scenario = { ...loadScenario(name), name: 'healthy', labels: { answer: 'release-broken' } };
    const [a, b] = await Promise.all([serveGoogle(bare), serveGoogle(named)]);
    const [without, withThem] = [await everything(a), await everything(b)];
    expect(withThem).toEqual(without);
    // Whoever asks may; a project that is not paid for is refused for another reason.
    expect(without.some((reply) => JSON.stringify(reply).includes('IAM_PERMISSION_DENIED'))).toBe(false);
    await Promise.all([a.close(), b.close()]);
  });

  test.each(examples())('of %s are read by nobody', async (name) => {
    const { name: _name, labels: _labels, description: _description, ...bare } = loadScenario(name);
    const untold = { get: () => expect.unreachable('the world has read what only people may know') };
    const sealed = Object.defineProperties(bare, { name: untold, labels: untold, description: untold });
    const google = await serveGoogle(sealed);
    google.after(90);
    for (const [method, path, body] of queries(google.world.nowMs))
      await google.call('investigate', method, path, body);
    expect(google.world.snapshot().services.length).toBeGreaterThan(0);
    await google.close();
  });
});
