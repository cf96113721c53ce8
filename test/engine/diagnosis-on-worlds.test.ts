import { afterEach, describe, expect, it } from 'vitest';
import { loadScenario } from '../../sandbox/scenarios/load-scenario.ts';
import type { Scenario } from '../../sandbox/scenarios/scenario.ts';
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

  it('at an incident of the platform names it, and hands it to people, since no action answers it', async () => {
    const incident = await (await alertedOn('regional-incident-announced')).incident();
    expect(incident).toMatchObject({
      status: 'escalated',
      reason: 'no-safe-action',
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
