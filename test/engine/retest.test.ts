import { afterEach, describe, expect, it } from 'vitest';
import { loadScenario } from '../../sandbox/scenarios/load-scenario.ts';
import type { Scenario } from '../../sandbox/scenarios/scenario.ts';
import { retest } from '../../shared/engine/retest.ts';
import type { Effect } from '../../shared/incident/effect.ts';
import type { EndToEnd } from '../../shared/policy/policy.ts';
import { must } from '../builders/incident.ts';
import { onWorld } from './on-world.ts';

type OnWorld = Awaited<ReturnType<typeof onWorld>>;

const NEVER = new AbortController().signal;
const github: EndToEnd = {
  kind: 'github',
  repository: 'acme/shop',
  workflow: 'e2e.yml',
  ref: 'main',
  timeoutSeconds: 1200,
};
const cloudBuild: EndToEnd = {
  kind: 'cloud-build',
  project: 'acme-staging',
  region: 'us-central1',
  trigger: 'end-to-end',
  timeoutSeconds: 1200,
};

const open: OnWorld[] = [];
afterEach(async () => {
  for (const world of open.splice(0)) await world.close();
});

/** A connector that was full, raised and verified, with the effect that asks for the tests still on its way. */
async function resolved(scenario: string | Scenario, options: Parameters<typeof onWorld>[1]) {
  const world = await onWorld(scenario, options);
  open.push(world);
  await world.alerted();
  await world.planned();
  await world.approve(await world.signedApproval());
  const held: Effect[] = [...(await world.settle('retest'))];
  for (let minutes = 0; minutes < 20 && (await world.incident()).status === 'verifying'; minutes += 1) {
    await world.minute();
    held.push(...(await world.settle('retest')));
  }
  const [effect] = held;
  if (effect?.type !== 'retest') throw new Error('no tests were asked for');
  expect(held).toHaveLength(1);
  return { world, effect };
}

const testsOf = async (world: OnWorld) => must(await world.incident(), 'closed').endToEnd;
const begun = (world: OnWorld) => world.runs.list('e2e.yml');

describe('the end-to-end tests of what is resolved', () => {
  it('pass at GitHub after healing, once, however often they are asked for', async () => {
    const { world, effect } = await resolved('staging-503', { endToEnd: github });
    await Promise.all([world.handle(effect), world.handle(effect)]);
    await world.handle(effect);
    expect(await testsOf(world)).toMatchObject({
      status: 'ended',
      run: { url: expect.stringMatching(/^https:\/\/github\.com\/acme\/shop\/actions\/runs\/\d+$/) },
      result: { kind: 'passed' },
    });
    expect(await begun(world)).toHaveLength(1);
    const trail = await world.store.audit(effect.incident);
    expect(trail.slice(-3).map(({ event, by }) => `${by} ${event.type}`)).toEqual([
      'retest tests-claimed',
      'retest tests-started',
      'retest tests-ended',
    ]);
  });

  it('pass at Cloud Build, under the identity that may start builds', async () => {
    const { world, effect } = await resolved('staging-503', { endToEnd: cloudBuild });
    await world.handle(effect);
    expect(await testsOf(world)).toMatchObject({ status: 'ended', result: { kind: 'passed' } });
    const calls = world.calls.list().filter(({ permission }) => permission?.startsWith('cloudbuild.'));
    expect(new Set(calls.map(({ identity }) => identity.split('@')[0]))).toEqual(new Set(['retest']));
    expect(calls.filter(({ method }) => method === 'POST')).toHaveLength(1);
  });

  it('fail for what no check of the policy sees, call people and undo nothing', async () => {
    const scenario = structuredClone(loadScenario('staging-503'));
    const later = {
      type: 'ingress-changed',
      at: 3000,
      service: 'auth',
      ingress: 'internal',
      by: 'ann@acme.test',
    } as const;
    const { world, effect } = await resolved(
      { ...scenario, causes: [...scenario.causes, later] },
      { endToEnd: github },
    );
    const writes = world.writes().length;
    world.world.advanceTo(world.world.startMs + 3060_000);
    await world.handle(effect);
    expect(must(await world.incident(), 'closed')).toMatchObject({
      outcome: { kind: 'resolved', by: 'remediation' },
      endToEnd: { status: 'ended', result: { kind: 'failed', detail: 'failure' } },
    });
    expect(await world.settle('escalate')).toEqual([{ type: 'escalate', incident: effect.incident, level: 0 }]);
    expect(world.writes()).toHaveLength(writes);
    expect((await begun(world))[0]?.found.join()).toContain('https://api-staging.acme.test/auth');
  });

  it.each([
    ['GitHub refuses the token', { endToEnd: github, githubToken: 'revoked' }, '401: Bad credentials'],
    ['GitHub does not have the workflow', { endToEnd: { ...github, workflow: 'x.yml' } }, '404: Not Found'],
    ['the trigger is not there', { endToEnd: { ...cloudBuild, trigger: 'gone' } }, '404 NOT_FOUND: Requested entity'],
    [
      'the identity may not',
      { endToEnd: { ...cloudBuild, project: 'acme-other' } },
      "403 PERMISSION_DENIED: Permission 'cloudbuild.builds.create' denied",
    ],
  ])('are said not to have been started where %s', async (_, options, why) => {
    const { world, effect } = await resolved('staging-503', options);
    await world.handle(effect);
    expect(await testsOf(world)).toMatchObject({
      status: 'ended',
      result: { kind: 'not-started', detail: expect.stringContaining(why) },
    });
  });

  it.each([
    ['GitHub', github],
    ['Cloud Build', cloudBuild],
  ])('are followed where they had begun at %s before anybody heard of it, and not begun twice', async (_, endToEnd) => {
    const { world, effect } = await resolved('staging-503', { endToEnd });
    const { testRuns } = world.retests;
    const dies = {
      ...testRuns,
      start: async (...given: Parameters<typeof testRuns.start>) => {
        await testRuns.start(...given);
        throw new Error('the process died');
      },
    };
    await expect(retest(effect, { ...world.retests, testRuns: dies }, NEVER)).rejects.toThrow('the process died');
    await world.handle(effect);
    expect(await testsOf(world)).toMatchObject({ status: 'starting' });
    for (let minutes = 0; minutes < 4; minutes += 1) {
      await world.minute();
      await world.settle();
    }
    expect(await testsOf(world)).toMatchObject({ status: 'ended', result: { kind: 'passed' } });
    const of = endToEnd.kind === 'github' ? 'e2e.yml' : 'end-to-end';
    expect(await world.runs.list(of)).toHaveLength(1);
  });

  it('are not waited for past their time, across deliveries', async () => {
    const { world, effect } = await resolved('staging-503', { endToEnd: { ...github, timeoutSeconds: 900 } });
    const hangs = { ...world.retests.testRuns, status: async () => ({ kind: 'under-way' }) as const };
    const shell = { ...world.retests, testRuns: hangs };
    await retest(effect, shell, NEVER);
    expect(await testsOf(world)).toMatchObject({ status: 'running' });
    for (let minutes = 0; minutes < 20 && (await testsOf(world))?.status !== 'ended'; minutes += 1) {
      await world.minute();
      for (const again of await world.settle('retest')) if (again.type === 'retest') await retest(again, shell, NEVER);
    }
    expect(await testsOf(world)).toMatchObject({ status: 'ended', result: { kind: 'timed-out' } });
  });

  it('are said to be unread where they began and cannot be looked at any more', async () => {
    const { world, effect } = await resolved('staging-503', { endToEnd: github });
    const { testRuns } = world.retests;
    const status = () => testRuns.status('repos/acme/shop/actions/runs/1', NEVER);
    await retest(effect, { ...world.retests, testRuns: { ...testRuns, status } }, NEVER);
    expect(await testsOf(world)).toMatchObject({ result: { kind: 'unread', detail: expect.stringContaining('404') } });
  });

  it('are not begun where the configuration has none any more, nor followed where it has no such environment', async () => {
    const { world, effect } = await resolved('staging-503', { endToEnd: github });
    const without = (environments: typeof world.retests.policy.environments) => ({
      ...world.retests,
      policy: { ...world.retests.policy, environments },
    });
    const [environment] = world.retests.policy.environments;
    if (environment === undefined) throw new Error('no environment');
    await retest(effect, without([{ ...environment, endToEnd: undefined }]), NEVER);
    expect(await testsOf(world)).toMatchObject({
      result: { kind: 'not-started', detail: 'the configuration no longer names any' },
    });

    const other = await resolved('staging-503', { endToEnd: github });
    await retest(other.effect, { ...other.world.retests, policy: without([]).policy }, NEVER);
    expect(await testsOf(other.world)).toMatchObject({ status: 'ended', result: { kind: 'not-started' } });
  });
});
