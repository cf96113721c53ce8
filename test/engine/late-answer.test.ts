import { expect, it } from 'vitest';
import { investigate } from '../../shared/engine/investigate.ts';
import { must } from '../builders/incident.ts';
import { onWorld } from './on-world.ts';

const NEVER = new AbortController().signal;

it('a look that ends only once people were called for want of its answer still ends in a plan to decide on', async () => {
  const world = await onWorld('staging-503');
  try {
    await world.alerted();
    const [effect, ...more] = await world.settle('investigate');
    if (effect?.type !== 'investigate') throw new Error('nothing to look at');
    expect(more).toEqual([]);
    while ((await world.incident()).status === 'investigating') {
      await world.minute();
      await world.settle('investigate');
    }
    expect(await world.incident()).toMatchObject({ status: 'escalated', reason: 'investigation-failed' });
    await investigate(effect, world.investigation, NEVER);
    const { root } = must(await world.incident(), 'awaiting-approval').diagnosis;
    expect(root?.rule).toBe('connector-saturated');
  } finally {
    await world.close();
  }
});
