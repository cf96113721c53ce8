import { describe, expect, it } from 'vitest';
import { loadScenario } from '../../../sandbox/scenarios/load-scenario.ts';
import { querySeries } from '../../../sandbox/world/metrics/query.ts';
import { type Play, play } from './play.ts';

const quota = (world: Play, metric: string) =>
  querySeries(world.world.state, {
    filter: `metric.type="serviceruntime.googleapis.com/quota/${metric}" AND resource.type="consumer_quota"`,
    startMs: world.world.startMs,
    endMs: world.world.nowMs,
    aligner: 'ALIGN_NONE',
    periodSeconds: 0,
    reducer: 'REDUCE_NONE',
    groupBy: [],
  }).flatMap(({ points }) => points.map(({ value }) => value));

describe('a quota of calls', () => {
  it('that others use up refuses the starts that ask for it; what runs serves on', () => {
    const world = play('quota-of-cloud-sql-api');
    world.until(300);
    expect(world.lines(60, 300, "Quota exceeded for quota metric 'Queries'").length).toBeGreaterThan(5);
    expect(world.failed('backend', 120, 300)).toBeGreaterThan(0.2);
    expect(world.failed('auth', 120, 300)).toBeLessThan(0.01);
    expect(quota(world, 'exceeded').length).toBeGreaterThan(0);
    expect(quota(world, 'rate/net_usage').at(-1)).toBe(180);
    expect(quota(world, 'limit').at(-1)).toBe(180);
  });

  it('heals when others let go of it', () => {
    const scenario = structuredClone(loadScenario('quota-of-cloud-sql-api'));
    for (const cause of scenario.causes) if (cause.type === 'quota-used') cause.until = 300;
    const world = play(scenario);
    world.until(600);
    expect(world.failed('backend', 480, 600)).toBeLessThan(0.01);
  });
});

describe('the quota of CPU of a region', () => {
  it('gives no instance beyond it, far below the ceiling, and Cloud Run says why', () => {
    const world = play('quota-of-cpu-in-region');
    world.until(300);
    expect(world.service('backend').instancesReady).toBeLessThan(10);
    expect(world.requests(120, 300, (r) => r.kind === 'over-quota')).toBeGreaterThan(100);
    expect(quota(world, 'concurrent/usage').at(-1)).toBeLessThanOrEqual(20_000 + 1000);
    expect(quota(world, 'concurrent/limit').at(-1)).toBe(20_000);
  });

  it('costs a project with room nothing', () => {
    const scenario = structuredClone(loadScenario('quota-of-cpu-in-region'));
    const world = play({ ...scenario, causes: scenario.causes.filter(({ type }) => type !== 'quota-used') });
    world.until(300);
    expect(world.failed('backend', 120, 300)).toBeLessThan(0.02);
  });
});

describe('a project without billing', () => {
  it('has no instance, and none for half an hour after it was lifted', () => {
    const scenario = structuredClone(loadScenario('billing-disabled'));
    for (const cause of scenario.causes)
      if (cause.type === 'billing-disabled') Object.assign(cause, { until: 60, settleSeconds: 200 });
    const world = play(scenario);
    world.until(250);
    expect(world.service('backend').instancesReady).toBe(0);
    expect(world.failed('backend', 40, 250)).toBe(1);
    expect(world.requests(40, 250, (r) => r.kind !== 'no-instance' && r.status >= 400)).toBe(0);
    world.until(400);
    expect(world.failed('backend', 320, 400)).toBeLessThan(0.05);
    const entries = world.world.state.ledger.lines.filter(({ resource }) => resource?.type === 'project');
    expect(entries.map(({ protoPayload }) => protoPayload?.['methodName'])).toEqual([
      'DisableResourceBilling',
      'AssignResourceToBillingAccount',
    ]);
  });
});

describe('an incident of Google Cloud', () => {
  it('takes containers of every service, and none comes up; no application says a word', () => {
    const world = play('regional-incident-unannounced');
    world.until(300);
    for (const service of ['backend', 'auth', 'frontend']) expect(world.failed(service, 240, 300)).toBeGreaterThan(0.5);
    expect(world.lines(60, 300, 'STARTUP TCP probe failed').length).toBeGreaterThan(20);
    const own = world.world.state.ledger.lines.filter(
      ({ log, atMs, text }) => log === 'stderr' && atMs > world.world.startMs && !text?.includes('upstream'),
    );
    expect(own).toEqual([]);
  });

  it('loses connections to private addresses, and passes', () => {
    const scenario = structuredClone(loadScenario('egress-of-platform-slow'));
    for (const cause of scenario.causes) if (cause.type === 'cloud-incident') cause.until = 200;
    const world = play(scenario);
    world.until(400);
    expect(world.failed('backend', 60, 200)).toBeGreaterThan(0.2);
    expect(world.failed('backend', 260, 400)).toBeLessThan(0.01);
    expect(world.lines(60, 200, 'i/o timeout').length).toBeGreaterThan(0);
  });
});
