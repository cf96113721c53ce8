import { beforeEach, describe, expect, test } from 'vitest';
import { type Play, play } from './play.ts';

const FIX_AT = 300;
/** The policy fires after five minutes over the threshold. */
const ALERTED_AT = 480;
const END = 900;
let staging: Play;
beforeEach(() => {
  staging = play('staging-503');
});

describe('the outage', () => {
  test('before the surge everyone is served through a connector with room to spare', () => {
    expect(staging.failed('backend', -2700, 0)).toBeLessThan(0.001);
    expect(staging.connector()).toMatchObject({
      state: 'READY',
      instances: 2,
      minInstances: 2,
      maxInstances: 3,
      timeoutRatio: 0,
    });
    expect(staging.connector().loadRatio).toBeLessThan(0.7);
  });

  test('the connector grows to its maximum, is overloaded all the same, and the databases behind it are gone', () => {
    staging.until(240);
    expect(staging.connector()).toMatchObject({ instances: 3, ceilingMbps: 300, throughputMbps: 300 });
    expect(staging.world.snapshot().databases.every((d) => d.state !== 'reachable')).toBe(true);
    const ratios = Array.from({ length: 120 }, (_, second) => {
      staging.until(240 + second);
      return staging.connector().timeoutRatio;
    });
    expect(Math.min(...ratios)).toBeGreaterThan(0);
    expect(ratios.reduce((a, b) => a + b, 0) / ratios.length).toBeGreaterThan(0.5);
  });

  test('all three services answer 503, and most requests no longer reach a container', () => {
    staging.until(240);
    for (const name of ['backend', 'auth', 'frontend']) {
      expect(staging.service(name).state).toBe('down');
      expect(staging.failed(name, 150, 240)).toBeGreaterThan(0.95);
    }
    // Before the first starts fail a few find every container taken: 429.
    const failed = staging.requests(60, 240, (r) => r.status >= 400);
    expect(staging.requests(60, 240, (r) => r.status === 503)).toBeGreaterThan(0.95 * failed);
  });

  test('starts give up as the app says, and containers exit', () => {
    staging.until(240);
    expect(staging.lines(0, 240, 'Database initialization timeout after 25.0s').length).toBeGreaterThan(5);
    expect(staging.lines(0, 240, 'Container called exit(3).').length).toBeGreaterThan(5);
    expect(
      staging.lines(0, 240, 'STARTUP TCP probe failed 1 time consecutively for container "backend-1"').length,
    ).toBeGreaterThan(5);
    expect(staging.lines(-2700, 0, 'exit(')).toEqual([]);
  });

  test('it does not heal by itself', () => {
    staging.until(END);
    expect(staging.failed('backend', 600, END)).toBeGreaterThan(0.95);
  });
});

describe.each([4, 5, 6, 10])('raising the maximum to %i', (maxInstances) => {
  test('heals everything in two to four minutes', () => {
    staging.until(FIX_AT);
    staging.scaleConnector({ minInstances: 2, maxInstances });
    staging.until(FIX_AT + 30);
    expect(staging.connector()).toMatchObject({ state: 'UPDATING', maxInstances: 3 });
    staging.until(END);
    const seconds = staging.healedAfter(FIX_AT, END);
    expect(seconds).toBeGreaterThan(60);
    expect(seconds).toBeLessThan(240);
    expect(staging.failed('backend', FIX_AT + 240, END)).toBe(0);
    expect(staging.connector().loadRatio).toBeLessThan(0.95);
  });
});

test('a larger machine type heals too', () => {
  staging.until(FIX_AT);
  staging.scaleConnector({ minInstances: 2, maxInstances: 3, machineType: 'e2-standard-4' });
  staging.until(END);
  expect(staging.healedAfter(FIX_AT, END)).toBeLessThan(240);
});

test('restarting every service alone heals nothing: the new revisions cannot start', () => {
  staging.until(FIX_AT);
  const operations = ['backend', 'auth', 'frontend'].map((name) => staging.restart(name));
  staging.until(END);
  expect(operations.filter((o) => o.error?.code === 9).length).toBeGreaterThanOrEqual(2);
  expect(staging.healedAfter(FIX_AT, END)).toBe(Number.POSITIVE_INFINITY);
  expect(staging.failed('backend', 600, END)).toBeGreaterThan(0.95);
  expect(staging.service('backend').revision).toBe('backend-00041-pob');
});

test('sending traffic to the revision before heals nothing: it needs the same databases', () => {
  staging.until(FIX_AT);
  staging.shiftTraffic('backend', 'backend-00040-kip');
  staging.until(END);
  expect(staging.failed('backend', 600, END)).toBeGreaterThan(0.95);
});

test('Cloud Monitoring opens one incident for each service once it has lasted five minutes, and closes them after the fix', () => {
  staging.until(ALERTED_AT);
  const opened = staging.world.drainNotifications();
  expect(opened.map((n) => [n.incident.state, n.incident['resource_display_name']])).toEqual([
    ['open', 'backend'],
    ['open', 'auth'],
    ['open', 'frontend'],
  ]);
  expect(staging.world.drainNotifications()).toEqual([]);
  staging.scaleConnector({ minInstances: 2, maxInstances: 6 });
  staging.until(END);
  const closed = staging.world.drainNotifications();
  expect(closed.map((n) => n.incident.state)).toEqual(['closed', 'closed', 'closed']);
  expect(closed.map((n) => n.incident.incident_id).sort()).toEqual(opened.map((n) => n.incident.incident_id).sort());
});
