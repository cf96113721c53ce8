import { connect } from 'node:tls';
import { describe, expect, test } from 'vitest';
import WebSocket from 'ws';
import { startEndpoints } from '../../../sandbox/endpoints/start-endpoints.ts';
import { loadScenario } from '../../../sandbox/scenarios/load-scenario.ts';
import type { Json } from '../../../sandbox/world/state.ts';
import { listAt } from '../../../sandbox/world/template.ts';
import { type Play, play } from './play.ts';

/** The 95th percentile of what was answered with 200 between two seconds, milliseconds. */
function p95(played: Play, service: string, from: number, to: number): number {
  const { startMs, state } = played.world;
  const answered = state.ledger.requests
    .filter((r) => r.service === service && r.status === 200)
    .filter((r) => r.atMs > startMs + from * 1000 && r.atMs <= startMs + to * 1000)
    .flatMap((r) => Array<number>(r.count).fill(r.latencyMs))
    .sort((a, b) => a - b);
  return answered[Math.floor(answered.length * 0.95)] ?? 0;
}

/** Someone changes the template: a new revision. */
function change(played: Play, service: string, patch: (template: Json) => Json): void {
  const template = structuredClone(played.world.state.services.get(service)?.spec.template ?? {});
  const { revision: _, ...kept } = template;
  played.write(service, { template: patch(kept) }, 'new-revision');
}

const resources = (limits: Json) => (template: Json) => ({
  ...template,
  containers: listAt(template, 'containers').map((container) => ({ ...container, resources: { limits } })),
});

describe('workers that are fewer than what an instance admits', () => {
  test('let requests wait inside it, with CPU idle and room to start more; admitting fewer heals it', () => {
    const evening = play('concurrency-mismatched');
    evening.until(600);
    expect(p95(evening, 'frontend', -300, 0)).toBeLessThan(500);
    expect(p95(evening, 'frontend', 300, 600)).toBeGreaterThan(3000);
    expect(evening.requests(-300, 600, (r) => r.status >= 400)).toBe(0);
    const frontend = evening.service('frontend');
    expect(frontend.instancesReady).toBeLessThan(frontend.instancesMax / 2);
    evening.restart('frontend');
    evening.until(900);
    expect(p95(evening, 'frontend', 780, 900)).toBeGreaterThan(3000);
    change(evening, 'frontend', (template) => ({ ...template, maxInstanceRequestConcurrency: 3 }));
    evening.until(1200);
    expect(p95(evening, 'frontend', 1020, 1200)).toBeLessThan(1000);
  });
});

describe('requests that take more CPU than there is', () => {
  test('are answered ever later, and none is refused; more CPU heals it', () => {
    const starved = play('cpu-starved');
    starved.until(400);
    expect(p95(starved, 'backend', 100, 200)).toBeLessThan(p95(starved, 'backend', 300, 400));
    expect(starved.requests(0, 400, (r) => r.service === 'backend' && r.status >= 400)).toBe(0);
    change(starved, 'backend', resources({ cpu: '4000m', memory: '2Gi' }));
    starved.until(700);
    expect(p95(starved, 'backend', 600, 700)).toBeLessThan(1000);
  });

  test('are as many health checks that are dear', () => {
    const checked = play('health-endpoint-overloading');
    checked.until(300);
    const byPingdom = checked.requests(60, 300, (r) => r.path === '/health' && (r.agent ?? '').includes('Pingdom'));
    expect(byPingdom).toBeGreaterThan(20 * 240 * 0.8);
    expect(p95(checked, 'backend', 200, 300)).toBeGreaterThan(3000);
    // Whoever mends the endpoint, or asks less often, gives the CPU back: here the monitor is taken away.
    const scenario = structuredClone(loadScenario('health-endpoint-overloading'));
    const without = play({
      ...scenario,
      causes: scenario.causes.map((cause) => (cause.type === 'health-checked' ? { ...cause, until: 200 } : cause)),
    });
    without.until(600);
    expect(p95(without, 'backend', 500, 600)).toBeLessThan(1000);
  });

  test('wait at the ceiling of the instances; more of them heal it', () => {
    const sale = play('instance-ceiling-slow');
    sale.until(400);
    expect(p95(sale, 'backend', 300, 400)).toBeGreaterThan(3000);
    change(sale, 'backend', (template) => ({ ...template, scaling: { maxInstanceCount: 30 } }));
    sale.until(700);
    expect(p95(sale, 'backend', 600, 700)).toBeLessThan(1000);
  });
});

describe('the request timeout', () => {
  test('cuts off what needs longer, and only that; a longer one heals it', () => {
    const exports = play('request-timeout-exceeded');
    exports.until(400);
    const cut = exports.world.state.ledger.requests.filter((r) => r.status === 504);
    expect(cut.length).toBeGreaterThan(0);
    expect(cut.every((r) => r.path === '/api/export' && r.latencyMs === 60_000 && r.kind === 'timeout')).toBe(true);
    change(exports, 'backend', (template) => ({ ...template, timeout: '300s' }));
    exports.until(800);
    expect(exports.requests(600, 800, (r) => r.status === 504)).toBe(0);
  });

  test('cuts WebSockets that are open so long, says so, and counts them as they end; a longer one heals it', () => {
    const live = play('websocket-cut-by-timeout');
    live.until(720);
    expect(live.requests(-5400, 0, (r) => r.kind === 'socket-cut')).toBe(0);
    const cut = live.world.state.ledger.requests.filter((r) => r.kind === 'socket-cut');
    expect(cut.length).toBeGreaterThan(10);
    expect(cut.every((r) => r.status === 101 && r.latencyMs === 300_000)).toBe(true);
    expect(live.lines(0, 720, 'Truncated response body')).toHaveLength(
      live.requests(0, 720, (r) => r.kind === 'socket-cut'),
    );
    expect(live.requests(0, 720, (r) => r.status >= 400)).toBe(0);
    change(live, 'backend', (template) => ({ ...template, timeout: '3600s' }));
    live.until(1400);
    expect(live.requests(1100, 1400, (r) => r.kind === 'socket-cut')).toBe(0);
  });

  test('ends a real socket too, in the world’s time and without a closing frame', async () => {
    const { world } = play('websocket-cut-by-timeout');
    world.advanceTo(world.startMs + 60_000);
    const endpoints = await startEndpoints(world);
    try {
      const socket = new WebSocket('wss://api-staging.acme.test/ws', {
        createConnection: () =>
          connect({
            host: '127.0.0.1',
            port: endpoints.port,
            servername: 'api-staging.acme.test',
            ca: endpoints.caPem,
          }),
      });
      const closed = new Promise<number>((resolve, reject) => {
        socket.on('close', resolve).on('error', reject);
      });
      await new Promise((resolve) => socket.on('message', resolve));
      world.advanceTo(world.startMs + 359_000);
      const stillOpen = await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, 300, 'open'))]);
      expect(stillOpen).toBe('open');
      world.advanceTo(world.startMs + 361_000);
      expect(await closed).toBe(1006);
    } finally {
      await endpoints.close();
    }
  });
});

describe('a liveness probe', () => {
  test.each([
    ['that it answers in time', 0.5, false],
    ['that it answers too late', 1.5, true],
  ])('shuts down no instance %s: %s', (_, seconds, isShutDown) => {
    const scenario = structuredClone(loadScenario('liveness-probe-too-strict'));
    const request = scenario.estate.services[0]?.code?.request;
    if (request === undefined) throw new Error('it has no backend');
    request.healthLatencyMs = seconds * 1000;
    const { until, lines, failed } = play(scenario);
    until(200);
    const text =
      'LIVENESS HTTP probe failed 1 time consecutively for container "backend-1" on port 8080 path "/health".';
    expect(lines(0, 200, text).length > 0).toBe(isShutDown);
    expect(failed('backend', 100, 200) > 0.05).toBe(isShutDown);
  });
});

describe('sessions in the memory of one instance', () => {
  test('are known to one alone, and to all again with a ceiling of one', () => {
    const seen = play('sessions-in-memory');
    const { until, requests, lines } = seen;
    const astray = (from: number, to: number) => requests(from, to, ({ status }) => status === 404);
    until(400);
    expect(astray(0, 29)).toBe(0);
    expect(astray(300, 400)).toBeGreaterThan(0.1 * requests(300, 400, ({ service }) => service === 'backend'));
    expect(requests(0, 400, ({ status }) => status >= 500)).toBe(0);
    expect(lines(300, 400, 'Could not find session').length).toBeGreaterThan(0);
    seen.capInstances('backend', 1);
    until(900);
    expect(astray(800, 900)).toBe(0);
  });
});

describe('a third party', () => {
  test.each([
    [
      'external-dependency-failing',
      '503 Server Error: Service Unavailable for url: https://api.payments.example.com/v1/charges',
    ],
    ['external-rate-limited', '429 Client Error: Too Many Requests for url: https://huggingface.co'],
    ['external-dependency-times-out-busy-connector', 'dial tcp 198.51.100.24:443: i/o timeout'],
    [
      'external-dependency-slow-and-innocent-surge',
      'timeout of 13000ms exceeded (POST https://search.example.net/query)',
    ],
  ])('fails its callers in %s, whose lines name it', (scenario, fragment) => {
    const played = play(scenario);
    played.until(120);
    expect(played.failed('backend', -600, 0)).toBe(0);
    expect(played.failed('backend', 60, 120)).toBeGreaterThan(0.1);
    expect(played.lines(30, 120, fragment).length).toBeGreaterThan(20);
    expect(played.failed('auth', 60, 120)).toBe(0);
  });

  test.each(['refuses', 'slow', 'errors', 'times-out'] as const)('that %s is well again in the end', (how) => {
    const scenario = structuredClone(loadScenario('external-dependency-failing'));
    const [cause] = scenario.causes;
    if (cause?.type !== 'upstream-failing') throw new Error('not what this test is about');
    const played = play({ ...scenario, causes: [{ ...cause, how, until: 90 }] });
    played.until(200);
    const isHarmed = how === 'slow' ? p95(played, 'backend', 60, 90) > 1000 : played.failed('backend', 60, 90) > 0.1;
    expect(isHarmed).toBe(true);
    expect(played.failed('backend', 150, 200)).toBe(0);
    expect(p95(played, 'backend', 150, 200)).toBeLessThan(500);
  });
});

test('a surge that instances take minutes to follow is served in the end', () => {
  const crawled = play('traffic-surge');
  crawled.until(260);
  expect(crawled.failed('backend', 30, 150)).toBeGreaterThan(0.2);
  expect(crawled.failed('backend', 230, 260)).toBe(0);
  expect(crawled.service('backend').instancesReady).toBeLessThan(200);
});

test('a leak that nobody feels yet fills memory at the same traffic', () => {
  const leaking = play('memory-leaking');
  leaking.until(0);
  const before = leaking.service('backend').memoryRatio;
  leaking.until(600);
  expect(leaking.service('backend').memoryRatio).toBeGreaterThan(before + 0.04);
  expect(leaking.requests(-5400, 600, (r) => r.status >= 400)).toBe(0);
  leaking.restart('backend');
  leaking.until(700);
  expect(leaking.service('backend').memoryRatio).toBeLessThan(0.5);
});
