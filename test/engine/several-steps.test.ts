import { afterEach, describe, expect, it } from 'vitest';
import type { Effect } from '../../shared/incident/effect.ts';
import { must } from '../builders/incident.ts';
import { onWorld } from './on-world.ts';

type OnWorld = Awaited<ReturnType<typeof onWorld>>;
type CarryOut = Extract<Effect, { type: 'carry-out' }>;

const open: OnWorld[] = [];
afterEach(async () => {
  for (const world of open.splice(0)) await world.close();
});

/** A new connector and the moves to it, approved; holds the effect that carries out the first step. */
async function approvedOn(scenario: string) {
  const world = await onWorld(scenario);
  open.push(world);
  await world.alerted();
  await world.planned();
  await world.approve(await world.signedApproval());
  return { world, effect: await next(world) };
}

async function next(world: OnWorld): Promise<CarryOut> {
  const [effect] = await world.settle('carry-out');
  if (effect?.type !== 'carry-out') throw new Error('nothing to carry out');
  return effect;
}

const through = ({ world }: OnWorld, service: string) =>
  JSON.stringify(world.state.services.get(service)?.spec.template['vpcAccess']);

describe('a plan of several steps', () => {
  it('is carried out in order, each by its own', async () => {
    const { world, effect } = await approvedOn('connector-in-error');
    const { steps } = must(await world.incident(), 'executing').signed.plan;
    expect(steps.map(({ action }) => action)).toEqual([
      'recreate-connector',
      'move-to-connector',
      'move-to-connector',
      'move-to-connector',
    ]);
    await world.handle(effect);
    expect(world.world.state.connectors.get('staging-connector2')?.state).toBe('READY');
    expect(through(world, 'backend')).not.toContain('staging-connector2');
    for (let step = 1; step < steps.length; step += 1) {
      const following = await next(world);
      expect(following).toMatchObject({ step, direction: 'apply' });
      await world.handle(following);
    }
    for (const service of ['auth', 'backend', 'frontend'])
      expect(through(world, service)).toContain('staging-connector2');
    expect(world.world.state.connectors.get('staging-connector')?.state, 'the old one stays').toBe('ERROR');
    expect((await world.incident()).status).toBe('verifying');
  });

  it('stops at the first that does not go through, and puts back what went before', async () => {
    const { world, effect } = await approvedOn('connector-in-error');
    const { steps } = must(await world.incident(), 'executing').signed.plan;
    await world.handle(effect);
    await world.handle(await next(world));
    const moved = steps[1]?.target.split('/').at(-1) ?? '';
    const blocked = world.world.state.services.get(steps[2]?.target.split('/').at(-1) ?? '');
    expect(through(world, moved)).toContain('staging-connector2');
    // Someone else deploys it in between: its etag is another.
    if (blocked) blocked.version = 'moved';
    await world.handle(await next(world));
    const undo = await next(world);
    expect(undo).toMatchObject({ step: 1, direction: 'undo' });
    await world.handle(undo);
    expect(through(world, moved)).not.toContain('staging-connector2');
    expect(world.world.state.connectors.has('staging-connector2'), 'nothing is deleted').toBe(true);
    expect(await world.incident()).toMatchObject({ attempts: [{ action: 'recreate-connector' }, {}, {}, {}] });
  });

  it('ends with people where its first step is refused, in the words of the platform', async () => {
    const { world, effect } = await approvedOn('connector-recreate-without-quota');
    await world.handle(effect);
    expect(await world.incident()).toMatchObject({
      status: 'escalated',
      detail: expect.stringContaining('Insufficient CPU quota in region'),
      attempts: [{ action: 'recreate-connector', result: 'failed' }, {}, {}, {}],
    });
    expect(through(world, 'backend')).not.toContain('staging-connector2');
  });
});
