import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { carryOut } from '../../shared/engine/carry-out.ts';
import type { Effect } from '../../shared/incident/effect.ts';
import { CLAIM_SECONDS } from '../../shared/incident/moves.ts';
import { type Clock, instant } from '../../shared/ports/clock.ts';
import { PlatformFailure } from '../../shared/ports/platform-failure.ts';
import type { Lease } from '../../shared/remedy/lease.ts';
import type { ConnectorSize } from '../../shared/remedy/scale-connector.ts';
import { CONNECTOR } from '../builders/evidence.ts';
import { must } from '../builders/incident.ts';
import { incident, opening, states } from '../contracts/incidents.ts';
import { onWorld } from './on-world.ts';

type OnWorld = Awaited<ReturnType<typeof onWorld>>;
type CarryOut = Extract<Effect, { type: 'carry-out' }>;

const open: OnWorld[] = [];
afterEach(async () => {
  for (const world of open.splice(0)) await world.close();
});
const NEVER = new AbortController().signal;
const LARGER: ConnectorSize = { machineType: 'e2-micro', instancesMin: 2, instancesMax: 4 };

async function alertedOn(scenario = 'staging-503'): Promise<OnWorld> {
  const world = await onWorld(scenario);
  open.push(world);
  await world.alerted();
  return world;
}

async function approvedOn(scenario?: string): Promise<{ world: OnWorld; effect: CarryOut }> {
  const world = await alertedOn(scenario);
  await world.planned();
  await world.approve(await world.signedApproval());
  const [effect] = await world.settle('carry-out');
  if (effect?.type !== 'carry-out') throw new Error('nothing to carry out');
  return { world, effect };
}

/** The connector in the hands of inc-other, which is at that step still or not any more. */
async function lent(
  world: OnWorld,
  holder: 'at-work' | 'gone' | 'unreadable',
  over: Partial<Lease> = {},
): Promise<Lease> {
  const { digest } = must({ ...incident('inc-other'), ...states.executing }, 'executing').signed.plan;
  const state = holder === 'gone' ? states.escalated : states.executing;
  // Opened before all others, so that it is none that the test plays.
  const other = { ...incident('inc-other', 'elsewhere', state), openedAt: instant('2026-01-01T00:00:00.000Z') };
  await world.store.commit(opening(other));
  if (holder === 'unreadable') world.database.exec(`UPDATE incidents SET document = '{}' WHERE id = 'inc-other'`);
  const lease: Lease = {
    resource: CONNECTOR,
    incident: 'inc-other',
    digest,
    step: 0,
    direction: 'apply',
    operation: undefined,
    takenAt: await world.clock.now(),
    mark: randomUUID(),
    ...over,
  };
  await world.store.saveLease(undefined, lease);
  return lease;
}

/** Only the clock moves while anybody waits. */
function waiting(world: OnWorld): { clock: Clock; sleptSeconds: () => number } {
  let { nowMs } = world.world;
  const began = nowMs;
  const clock: Clock = {
    now: async () => instant(nowMs),
    sleepUntil: async (at) => {
      nowMs = Date.parse(at);
    },
  };
  return { clock, sleptSeconds: () => (nowMs - began) / 1000 };
}

describe('a step that finds its resource in the hands of another incident', () => {
  it('waits as long as its delivery may, and ends with a sentence that names that incident', async () => {
    const { world, effect } = await approvedOn();
    const lease = await lent(world, 'at-work');
    const { clock, sleptSeconds } = waiting(world);
    await carryOut(effect, { ...world.remediation, clock }, NEVER);
    expect(sleptSeconds()).toBeGreaterThanOrEqual(480);
    expect(world.writes()).toEqual([]);
    expect((await world.store.audit(effect.incident)).at(-1)?.event).toMatchObject({
      type: 'step-finished',
      result: { kind: 'refused', detail: expect.stringContaining(`inc-other is changing ${CONNECTOR}`) },
    });
    expect(await world.incident()).toMatchObject({ status: 'investigating', round: 2, attempts: [] });
    expect(await world.store.leases()).toEqual([lease]);
  });

  it('is let go first where the other took it at the last moment', async () => {
    const { world, effect } = await approvedOn();
    let looks = 0;
    const store = new Proxy(world.store, {
      get: (object, property) => {
        const value: unknown = Reflect.get(object, property, object);
        if (property !== 'leases') return typeof value === 'function' ? value.bind(object) : value;
        return async () => {
          looks += 1;
          if (looks === 2) await lent(world, 'at-work');
          return object.leases();
        };
      },
    });
    await carryOut(effect, { ...world.remediation, store }, NEVER);
    expect(world.writes()).toEqual([]);
    expect((await world.store.audit(effect.incident)).at(-1)?.event).toMatchObject({
      result: { kind: 'refused', detail: expect.stringContaining('inc-other') },
    });
  });

  it('takes it over once the other is no longer at it and Google says that its operation has ended', async () => {
    const { world, effect } = await approvedOn();
    const { operation } = await world.remediation.writer.updateConnector(CONNECTOR, LARGER, NEVER);
    await lent(world, 'gone', { operation });
    const before = world.world.nowMs;
    await world.handle(effect);
    expect((await world.remediation.writer.operation(operation, NEVER)).done).toBe(true);
    expect(world.world.nowMs - before).toBeGreaterThan(30_000);
    // What the other made stands: this plan is none for it.
    expect(await world.incident()).toMatchObject({ status: 'investigating', round: 2 });
    expect(world.writes()).toHaveLength(1);
    expect(await world.store.leases()).toEqual([]);
  });

  it.each(['gone', 'unreadable'] as const)(
    'takes it over where no operation is known, once a write must have ended: the other is %s',
    async (holder) => {
      const { world, effect } = await approvedOn();
      await lent(world, holder);
      const before = world.world.nowMs;
      await world.handle(effect);
      expect(world.writes()).toHaveLength(1);
      expect(world.world.nowMs - before).toBeGreaterThanOrEqual(CLAIM_SECONDS * 1000);
      expect((await world.incident()).status).toBe('verifying');
      expect(await world.store.leases()).toEqual([]);
    },
  );

  it.each([
    ['does not know it any more', 'not-found', 'verifying'],
    ['does not say', 'unavailable', 'executing'],
  ] as const)('of whose operation Google %s', async (_, code, status) => {
    const { world, effect } = await approvedOn();
    const lease = await lent(world, 'gone', { operation: 'vpcaccess:operations/old' });
    const { writer } = world.remediation;
    const operation: typeof writer.operation = (name, abort) =>
      name === lease.operation ? Promise.reject(new PlatformFailure(code, 'no word')) : writer.operation(name, abort);
    const shell = { ...world.remediation, writer: { ...writer, operation } };
    await carryOut(effect, shell, NEVER).catch(() => undefined);
    expect((await world.incident()).status).toBe(status);
    expect(await world.store.leases()).toEqual(status === 'executing' ? [lease] : []);
  });
});

it('keeps nobody from saying that they have done it by hand', async () => {
  const { world, effect } = await approvedOn('firewall-egress-deny');
  const { target } = must(await world.incident(), 'executing').signed.plan.steps[0];
  await lent(world, 'at-work', { resource: target });
  await world.handle(effect);
  expect((await world.incident()).status).toBe('verifying');
});

describe('a step that has its resource', () => {
  it('has it with its operation while that runs, and gives it back in the end', async () => {
    const { world, effect } = await approvedOn();
    const seen: (readonly Lease[])[] = [];
    const { writer } = world.remediation;
    const operation: typeof writer.operation = async (name, abort) => {
      seen.push(await world.store.leases());
      return writer.operation(name, abort);
    };
    await carryOut(effect, { ...world.remediation, writer: { ...writer, operation } }, NEVER);
    const { digest, incident: id } = effect;
    for (const leases of seen)
      expect(leases).toMatchObject([
        { resource: CONNECTOR, incident: id, digest, step: 0, operation: expect.stringMatching(/^vpcaccess:/) },
      ]);
    expect(seen.length).toBeGreaterThan(0);
    expect(await world.store.leases()).toEqual([]);
  });

  it('keeps it where its end is not known, until Google says so to whoever wants it next', async () => {
    const { world, effect } = await approvedOn();
    const { writer } = world.remediation;
    const denied = () => Promise.reject(new PlatformFailure('permission-denied', 'vpcaccess.operations.get'));
    await carryOut(effect, { ...world.remediation, writer: { ...writer, operation: denied } }, NEVER);
    expect(await world.incident()).toMatchObject({ status: 'escalated', reason: 'execution-failed' });
    expect(await world.store.leases()).toMatchObject([{ incident: effect.incident, operation: expect.anything() }]);
  });

  it('gives it back where Google says that the operation failed', async () => {
    const { world, effect } = await approvedOn('connector-recreate-without-quota');
    await world.handle(effect);
    expect(await world.incident()).toMatchObject({ status: 'escalated', reason: 'execution-failed' });
    expect(await world.store.leases()).toEqual([]);
  });
});

describe('while another incident is changing what a plan would change', () => {
  it('nothing is offered, it is looked at again, and people read by which incident when it goes on', async () => {
    const world = await alertedOn();
    await lent(world, 'at-work');
    await world.settle();
    expect(await world.incident()).toMatchObject({ status: 'investigating', unexplainedLooks: 1 });
    for (let minutes = 0; minutes < 10 && (await world.incident()).status === 'investigating'; minutes += 1) {
      await world.settle();
      await world.minute();
    }
    expect(await world.incident()).toMatchObject({
      status: 'escalated',
      reason: 'no-safe-action',
      detail: expect.stringContaining(`inc-other is changing ${CONNECTOR}`),
    });
  });

  it('what a death left behind keeps nothing back', async () => {
    const world = await alertedOn();
    await lent(world, 'gone');
    expect((await world.planned()).signed.plan.steps[0].action).toBe('scale-connector');
  });
});
