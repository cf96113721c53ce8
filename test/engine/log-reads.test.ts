import { afterEach, describe, expect, it } from 'vitest';
import { LOG_CALLS_MAX } from '../../shared/evidence/log-budget.ts';
import { must } from '../builders/incident.ts';
import { onWorld } from './on-world.ts';

type OnWorld = Awaited<ReturnType<typeof onWorld>>;

const open: OnWorld[] = [];

async function alertedOn(scenario: string): Promise<OnWorld> {
  const world = await onWorld(scenario);
  open.push(world);
  await world.alerted();
  return world;
}

/** By the sandbox's own log of calls: what was sent, not what we believe to have sent. */
const readsOf = ({ calls }: OnWorld) => calls.list().filter(({ path }) => path.startsWith('/v2/entries:list'));

afterEach(async () => {
  for (const world of open.splice(0)) await world.close();
});

describe('reads of Logging', () => {
  it('are six for a diagnosis and two or three for each verification, from an outage to its recovery', async () => {
    const world = await alertedOn('staging-503');
    await world.planned();
    expect(readsOf(world)).toHaveLength(LOG_CALLS_MAX);
    await world.approve(await world.signedApproval());
    await world.settle();
    for (let minutes = 0; minutes < 20 && (await world.incident()).status === 'verifying'; minutes += 1) {
      await world.minute();
      await world.settle();
    }
    const closed = must(await world.incident(), 'closed');
    const all = readsOf(world);
    const [diagnosis = 0, ...verifications] = [...Map.groupBy(all, ({ at }) => at.slice(0, 16)).values()].map(
      ({ length }) => length,
    );
    expect(diagnosis).toBe(LOG_CALLS_MAX);
    expect([Math.min(...verifications), Math.max(...verifications)]).toEqual([2, 3]);
    // What the card's footer says.
    expect(closed.googleCalls.logReads).toBe(all.length);
  });

  it('are not repeated where the quota is spent', async () => {
    const world = await alertedOn('blind-logs-over-quota');
    await world.settle();
    const statuses = readsOf(world).map(({ status }) => status);
    expect(statuses).toContain(429);
    expect(statuses.length).toBeLessThanOrEqual(LOG_CALLS_MAX);
  });
});
