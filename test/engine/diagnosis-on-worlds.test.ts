import { afterEach, describe, expect, it } from 'vitest';
import { loadScenario } from '../../sandbox/scenarios/load-scenario.ts';
import type { Scenario } from '../../sandbox/scenarios/scenario.ts';
import type { Effect } from '../../shared/incident/effect.ts';
import type { Environment } from '../../shared/policy/policy.ts';
import { must } from '../builders/incident.ts';
import { onWorld } from './on-world.ts';

const open: Awaited<ReturnType<typeof onWorld>>[] = [];

async function alertedOn(scenario: string | Scenario, over: Partial<Environment> = {}) {
  const world = await onWorld(scenario, over);
  open.push(world);
  await world.alerted();
  await world.settle();
  return world;
}

afterEach(async () => {
  for (const world of open.splice(0)) await world.close();
});

describe('the first look', () => {
  it.each([
    ['staging-503', 'connector-saturated', 'scale-connector'],
    ['release-broken', 'release-broken', 'shift-traffic'],
    ['trap-broken-release-busy-connector', 'release-broken', 'shift-traffic'],
    ['memory-exhausted', 'memory-exhausted', 'restart-service'],
    ['memory-leaking-slowly', 'memory-exhausted', 'restart-service'],
    ['concurrency-out-of-memory', 'memory-exhausted', 'raise-memory'],
    ['instance-ceiling-reached', 'instance-ceiling-reached', 'raise-instance-ceiling'],
    ['scaled-to-zero', 'scaled-to-zero', 'set-minimum-instances'],
    ['request-timeout-exceeded', 'request-timeout-exceeded', 'extend-request-timeout'],
    ['startup-slower-than-probe', 'startup-slower-than-probe', 'extend-startup-probe'],
  ])('at %s finds %s and offers %s', async (scenario, rule, action) => {
    const { diagnosis, signed } = must(await (await alertedOn(scenario)).incident(), 'awaiting-approval');
    expect(diagnosis.root?.rule).toBe(rule);
    expect(signed.plan.steps.map((step) => step.action)).toEqual([action]);
  });

  it.each([
    ['staging-503', 'scale-connector'],
    ['firewall-egress-deny', 'guided-firewall'],
  ])('at %s shows people what would help, and offers nothing, where it only observes', async (scenario, action) => {
    const world = await alertedOn(scenario, { observe: 'environments.staging.observe' });
    const incident = must(await world.incident(), 'escalated');
    expect(incident).toMatchObject({
      reason: 'observed',
      detail: expect.stringMatching(/^observe mode \(environments\.staging\.observe is true\)/),
    });
    expect(incident.lapsed).toMatchObject({ signed: { plan: { steps: [{ action }] } } });
    expect(incident.lapsed?.expiredAt).toBeUndefined();
    expect(await world.store.audit(incident.id)).toHaveLength(incident.version);
  });

  it('at an incident that Google has announced says so once, changes nothing and looks until it is over', async () => {
    const scenario = structuredClone(loadScenario('regional-incident-announced'));
    const causes = scenario.causes.map((cause) =>
      cause.type === 'cloud-incident' ? { ...cause, until: 2400 } : cause,
    );
    const world = await alertedOn({ ...scenario, causes });
    const calls: Effect[] = [];
    const looks = new Set<number>();
    for (let minutes = 0; minutes < 60 && (await world.incident()).status !== 'closed'; minutes += 1) {
      calls.push(...(await world.settle('escalate')));
      const { status, round } = await world.incident();
      if (status === 'escalated') looks.add(round);
      await world.minute();
    }
    expect(must(await world.incident(), 'closed')).toMatchObject({ outcome: { by: 'itself' }, attempts: [] });
    const trail = await world.store.audit((await world.incident()).id);
    expect(trail.find(({ to }) => to === 'escalated')?.event).toMatchObject({
      type: 'investigated',
      diagnosis: { root: { rule: 'platform-incident' } },
      offer: { kind: 'none', reason: 'platform-incident' },
    });
    // Of every look the same call is asked for, which is made once: nobody is called level by level.
    expect(calls.map((effect) => effect.type === 'escalate' && effect.level)).toEqual(calls.map(() => 0));
    expect(looks.size).toBeGreaterThan(2);
    expect(world.writes()).toEqual([]);
  });

  it('at one that nobody has announced has people look at it', async () => {
    expect(await (await alertedOn('regional-incident-unannounced')).incident()).toMatchObject({
      status: 'escalated',
      reason: 'no-safe-action',
      detail: 'it looks like trouble of Google Cloud itself, which Google has not announced',
      diagnosis: { root: { rule: 'platform-incident' } },
    });
  });

  it.each([
    ['cpu-starved', 'Raise the CPU'],
    ['concurrency-mismatched', 'Set the concurrency'],
  ])('at %s says which bound keeps it from a change that may cost more', async (scenario, title) => {
    expect(await (await alertedOn(scenario)).incident()).toMatchObject({
      status: 'escalated',
      reason: 'no-safe-action',
      detail: expect.stringMatching(
        new RegExp(
          `${title}: \\$\\d+\\.\\d\\d more a month is over environments\\.staging\\.bounds\\.costUsdPerMonthMax \\(500\\)`,
        ),
      ),
      diagnosis: { root: { rule: scenario } },
    });
  });

  it('under an impatient alert names nothing that is only a symptom, and finds the root once its numbers have come', async () => {
    const world = await alertedOn('staging-503-early-alert');
    const early = must(await world.incident(), 'investigating');
    expect(early.diagnosis?.root).toBeUndefined();
    expect(early.diagnosis?.unchecked.map(({ rule }) => rule)).toContain('connector-saturated');
    expect((await world.planned()).diagnosis.root?.rule).toBe('connector-saturated');
  });
});

describe('a change that does not help', () => {
  it('is not taken for recovery: the next best plan is asked for, and not the same again', async () => {
    // A surge that ten small machines cannot carry either; larger ones cost more than the policy allows.
    const scenario = structuredClone(loadScenario('staging-503'));
    const causes = scenario.causes.map((cause) =>
      'connector' in cause && cause.type === 'surge' ? { ...cause, factor: 20 } : cause,
    );
    const world = await alertedOn({ ...scenario, causes });
    await world.approve(await world.signedApproval());
    for (let minutes = 0; minutes < 40 && (await world.incident()).attempts.length === 0; minutes += 1) {
      await world.settle();
      await world.minute();
    }
    await world.settle();
    expect(await world.incident()).toMatchObject({
      status: 'awaiting-approval',
      attempts: [{ action: 'scale-connector', result: 'not-verified', undone: 'no' }],
      signed: {
        plan: { steps: expect.arrayContaining([expect.objectContaining({ action: 'switch-to-direct-vpc-egress' })]) },
      },
    });
  });
});
