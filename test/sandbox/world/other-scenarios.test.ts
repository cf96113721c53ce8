import { describe, expect, test } from 'vitest';
import { loadScenario } from '../../../sandbox/scenarios/load-scenario.ts';
import { hasInstance } from '../../../sandbox/world/in-flight.ts';
import { play } from './play.ts';

describe('healthy', () => {
  test('an hour without a failed request, an alert or an event', () => {
    const world = play('healthy');
    world.until(3600);
    for (const name of ['backend', 'auth', 'frontend']) expect(world.failed(name, 0, 3600)).toBe(0);
    expect(world.world.drainNotifications()).toEqual([]);
    expect(world.world.drainEvents()).toEqual([]);
  });
});

describe.each(['release-broken', 'trap-broken-release-busy-connector'])('%s', (name) => {
  test('the revision is ready, takes all traffic and crashes on its first request', () => {
    const world = play(name);
    world.until(240);
    expect(world.service('backend').revision).toMatch(/^backend-00042-/);
    expect(world.failed('backend', 120, 240)).toBeGreaterThan(0.99);
    expect(world.failed('auth', 0, 240)).toBe(0);
    expect(world.lines(0, 240, 'ModuleNotFoundError').length).toBeGreaterThan(3);
    expect(world.lines(0, 240, 'Container called exit(1).').length).toBeGreaterThan(3);
    expect(world.lines(0, 240, 'probe succeeded').length).toBeGreaterThan(3);
    expect(world.lines(0, 240, 'probe failed')).toEqual([]);
  });

  test('traffic back to the revision before heals within a minute', () => {
    const world = play(name);
    world.until(240);
    world.shiftTraffic('backend', 'backend-00041-pob');
    world.until(600);
    expect(world.healedAfter(240, 600)).toBeLessThan(60);
    expect(world.failed('backend', 300, 600)).toBe(0);
  });

  test('neither a restart nor a larger connector heals', () => {
    const world = play(name);
    world.until(240);
    const restart = world.restart('backend');
    world.scaleConnector({ minInstances: 3, maxInstances: 10 });
    world.until(900);
    expect(restart).toMatchObject({ error: undefined, doneMs: expect.any(Number) });
    expect(world.failed('backend', 600, 900)).toBeGreaterThan(0.99);
  });
});

test('the trap: the connector is busy all along, at its maximum, and loses nothing', () => {
  const world = play('trap-broken-release-busy-connector');
  for (let second = 0; second <= 600; second += 10) {
    world.until(second);
    expect(world.connector().loadRatio, `second ${second}`).toBeGreaterThan(0.84);
    expect(world.connector().loadRatio, `second ${second}`).toBeLessThan(0.94);
    expect(world.connector()).toMatchObject({ instances: 3, maxInstances: 3, timeoutRatio: 0 });
  }
});

describe('a release that fails before it is ready', () => {
  const scenario = structuredClone(loadScenario('release-broken'));
  for (const cause of scenario.causes) if (cause.type === 'release') cause.code.fails = 'before-ready';

  test('leaves the revision before serving: a failed deployment is no outage', () => {
    const world = play(scenario);
    world.until(300);
    expect(world.failed('backend', 0, 300)).toBe(0);
    expect(world.service('backend').revision).toBe('backend-00041-pob');
    const service = world.world.state.services.get('backend');
    expect(service).toMatchObject({
      reconciling: false,
      latestReady: 'backend-00041-pob',
      ready: { state: 'CONDITION_FAILED', revisionReason: 'HEALTH_CHECK_CONTAINER_ERROR' },
    });
    expect(service?.latestCreated).toMatch(/^backend-00042/);
  });
});

describe('memory-exhausted', () => {
  test('instances near their limit slow down, are killed, and requests fail', () => {
    const world = play('memory-exhausted');
    world.until(240);
    expect(world.failed('backend', 60, 240)).toBeGreaterThan(0.08);
    expect(world.lines(0, 240, 'Memory limit of 512 MiB exceeded with 5').length).toBeGreaterThan(3);
    expect(world.requests(0, 240, (r) => r.kind === 'out-of-memory')).toBeGreaterThan(0);
  });

  test('a restart buys some minutes, twice the memory more of them', () => {
    const [restarted, enlarged] = [play('memory-exhausted'), play('memory-exhausted')];
    restarted.until(240);
    enlarged.until(240);
    restarted.restart('backend');
    enlarged.giveMemory('backend', '1Gi');
    restarted.until(1200);
    enlarged.until(1200);
    expect(restarted.failed('backend', 270, 420)).toBeLessThan(0.01);
    expect(enlarged.failed('backend', 270, 900)).toBeLessThan(0.01);
    expect(restarted.failed('backend', 600, 1200)).toBeGreaterThan(0.05);
  });
});

describe('memory-leaking-slowly', () => {
  test('a restart holds for a quarter of an hour, and what leaks goes on leaking; left alone it goes on failing', () => {
    const [restarted, alone] = [play('memory-leaking-slowly'), play('memory-leaking-slowly')];
    restarted.until(420);
    alone.until(1320);
    expect(alone.failed('backend', 120, 420)).toBeGreaterThan(0.05);
    expect(alone.failed('backend', 420, 1320)).toBeGreaterThan(0.02);
    restarted.restart('backend');
    restarted.until(2700);
    expect(restarted.failed('backend', 480, 1320)).toBeLessThan(0.01);
    expect(restarted.failed('backend', 1320, 2700)).toBeGreaterThan(0.01);
  });
});

describe('instance-ceiling-reached', () => {
  test('requests find no instance, reach no container, and so are not in request_count', () => {
    const world = play('instance-ceiling-reached');
    world.until(300);
    const turnedAway = world.requests(120, 300, (r) => r.service === 'backend' && r.kind === 'no-instance');
    expect(turnedAway).toBeGreaterThan(1000);
    expect(
      world.requests(120, 300, (r) => r.kind === 'no-instance' && (r.instanceIds.length > 0 || hasInstance(r.kind))),
    ).toBe(0);
    expect(world.requests(120, 300, (r) => r.status === 429)).toBeGreaterThan(
      world.requests(120, 300, (r) => r.kind === 'no-instance' && r.status === 503),
    );
    expect(world.service('backend')).toMatchObject({ instancesReady: 3, instancesMax: 3 });
  });

  test('a higher ceiling heals within a minute; a restart does not', () => {
    const [raised, restarted] = [play('instance-ceiling-reached'), play('instance-ceiling-reached')];
    raised.until(300);
    restarted.until(300);
    raised.capInstances('backend', 8);
    restarted.restart('backend');
    raised.until(700);
    restarted.until(700);
    expect(raised.healedAfter(300, 700)).toBeLessThan(60);
    expect(restarted.failed('backend', 400, 700)).toBeGreaterThan(0.2);
  });
});

test('a database that refuses connections fails requests at once, not after a time-out, and heals when it is back', () => {
  const scenario = structuredClone(loadScenario('healthy'));
  scenario.causes.push({ type: 'database-down', at: 60, until: 180, database: 'postgres', how: 'refuses' });
  const world = play(scenario);
  world.until(400);
  const failed = world.world.state.ledger.requests.filter((r) => r.kind === 'dependency');
  expect(failed.length).toBeGreaterThan(10);
  expect(world.lines(60, 180, 'ECONNREFUSED 10.20.0.3:5432').length).toBeGreaterThan(10);
  expect(world.failed('backend', 70, 100)).toBeGreaterThan(0.9);
  expect(world.failed('backend', 260, 400)).toBe(0);
});
