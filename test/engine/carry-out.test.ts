import { afterEach, describe, expect, it } from 'vitest';
import { advance } from '../../shared/engine/advance.ts';
import { carryOut } from '../../shared/engine/carry-out.ts';
import { APPROVAL_HOLDS_SECONDS, approvalOf } from '../../shared/incident/approval.ts';
import type { Incident } from '../../shared/incident/incident.ts';
import type { Environment } from '../../shared/policy/policy.ts';
import { type Clock, instant, plusSeconds } from '../../shared/ports/clock.ts';
import { signed } from '../../shared/remedy/signature.ts';
import { environment } from '../builders/evidence.ts';
import { must } from '../builders/incident.ts';
import { onWorld } from './on-world.ts';

type OnWorld = Awaited<ReturnType<typeof onWorld>>;

const open: OnWorld[] = [];
const { bounds } = environment;
const NEVER = new AbortController().signal;

async function plannedOn(scenario: string): Promise<OnWorld> {
  const world = await onWorld(scenario);
  open.push(world);
  await world.alerted();
  await world.planned();
  return world;
}

/** As whoever can write to the store, and nothing more, would. */
async function tamper(world: OnWorld, change: (incident: Incident) => Incident): Promise<void> {
  const before = await world.incident();
  const after = { ...change(before), version: before.version + 1 };
  const audit = {
    incident: before.id,
    version: after.version,
    at: before.openedAt,
    by: 'intruder',
    event: { type: 'timer-due', at: before.openedAt, version: 0 },
    from: before.status,
    to: after.status,
  } as const;
  const result = await world.store.commit({ before, after, audit, effects: [], alert: undefined });
  expect(result.kind).toBe('saved');
}

/** Approves for real, and holds the effect that would carry it out. */
async function approved(world: OnWorld) {
  await world.approve(await world.signedApproval());
  const [effect] = await world.settle('carry-out');
  if (effect?.type !== 'carry-out') throw new Error('nothing to carry out');
  return effect;
}

afterEach(async () => {
  for (const world of open.splice(0)) await world.close();
});

describe('an approved plan', () => {
  it('changes exactly what was shown, once, and users are served again', async () => {
    const world = await plannedOn('staging-503');
    const effect = await approved(world);
    await world.handle(effect);
    expect(world.writes()).toMatchObject([
      { identity: 'remediate@acme-runmedic.iam.gserviceaccount.com', method: 'PATCH', status: 200 },
    ]);
    expect(must(await world.incident(), 'verifying').passed).toBe(0);
    for (let minutes = 0; minutes < 20 && (await world.incident()).status === 'verifying'; minutes += 1) {
      await world.minute();
      await world.settle();
    }
    expect(await world.incident()).toMatchObject({
      status: 'closed',
      outcome: { kind: 'resolved', by: 'remediation' },
      recovery: { verdict: 'recovered' },
    });
  });

  it('is written once though it is delivered twice', async () => {
    const world = await plannedOn('staging-503');
    const effect = await approved(world);
    const both = await Promise.allSettled([world.handle(effect), world.handle(effect)]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    await world.handle(effect);
    expect(world.writes()).toHaveLength(1);
    expect((await world.incident()).status).toBe('verifying');
  });

  it('is followed on where a crash left it', async () => {
    const world = await plannedOn('staging-503');
    const effect = await approved(world);
    const crash = new AbortController();
    const clock = { ...world.clock, sleepUntil: () => Promise.reject(new Error('the process ended')) };
    await carryOut(
      effect,
      {
        ...world.remediation,
        clock,
        store: {
          ...bound(world.store),
          commit: (commit) =>
            commit.audit.event.type === 'step-finished'
              ? Promise.reject(new Error('the process ended'))
              : world.store.commit(commit),
        },
      },
      crash.signal,
    ).catch(() => undefined);
    expect(must(await world.incident(), 'executing').operation?.name).toMatch(/^vpcaccess:/);
    await world.handle(effect);
    expect((await world.incident()).status).toBe('verifying');
    expect(world.writes()).toHaveLength(1);
  });

  it('stops and is planned anew when the world has moved', async () => {
    const world = await plannedOn('staging-503');
    const effect = await approved(world);
    const { target } = must(await world.incident(), 'executing').signed.plan.steps[0];
    const { operation } = await world.remediation.writer.updateConnector(
      target,
      { machineType: 'e2-micro', instancesMin: 2, instancesMax: 5 },
      NEVER,
    );
    for (let tries = 0; tries < 60 && !(await world.remediation.writer.operation(operation, NEVER)).done; tries += 1)
      await world.clock.sleepUntil(plusSeconds(await world.clock.now(), 5), NEVER);
    await world.handle(effect);
    expect(world.writes()).toHaveLength(1);
    expect(await world.incident()).toMatchObject({ status: 'investigating', round: 2 });
  });

  it('is done when what was to be stands already', async () => {
    const world = await plannedOn('staging-503');
    const effect = await approved(world);
    const [step] = must(await world.incident(), 'executing').signed.plan.steps;
    if (step.action !== 'scale-connector') throw new Error(step.action);
    await world.remediation.writer.updateConnector(step.target, step.after, NEVER);
    await world.handle(effect);
    expect(world.writes()).toHaveLength(1);
    expect((await world.incident()).status).toBe('verifying');
  });
});

describe('nothing is written', () => {
  /** People are called, and nothing counts as tried. */
  const notGenuine = async (world: OnWorld, because: string) => {
    expect(world.writes()).toEqual([]);
    expect(await world.incident()).toMatchObject({
      status: 'escalated',
      reason: 'not-genuine',
      detail: expect.stringContaining(because),
      attempts: [],
    });
  };
  /** What may be offered now is looked for, and nothing counts as tried. */
  const refused = async (world: OnWorld, because: string) => {
    expect(world.writes()).toEqual([]);
    const incident = await world.incident();
    expect(incident).toMatchObject({ status: 'investigating', round: 2, attempts: [] });
    expect((await world.store.audit(incident.id)).at(-1)?.event).toMatchObject({
      type: 'step-finished',
      result: { kind: 'refused', detail: expect.stringContaining(because) },
    });
  };

  it('for an approval that another key signed', async () => {
    const world = await plannedOn('staging-503');
    const { signature: _, ...claim } = await world.signedApproval();
    await world.approve(approvalOf(claim, world.keys.plan.privateKey));
    await world.settle();
    await notGenuine(world, "the approval does not carry chat's signature");
  });

  it('for someone whom the policy does not name, though chat vouched for them', async () => {
    const world = await plannedOn('staging-503');
    await world.approve(await world.signedApproval({ approver: 'U0SAM' }));
    const [effect] = await world.settle('carry-out');
    if (effect === undefined) throw new Error('nothing to carry out');
    await world.handle(effect);
    await refused(world, 'does not name U0SAM');
  });

  it('for a plan that was changed in the store, though its digest was left', async () => {
    const world = await plannedOn('staging-503');
    const effect = await approved(world);
    await tamper(world, (incident) => {
      const { signed: offer, ...rest } = must(incident, 'executing');
      const [step] = offer.plan.steps;
      if (step.action !== 'scale-connector') throw new Error(step.action);
      return {
        ...rest,
        signed: { ...offer, plan: { ...offer.plan, steps: [{ ...step, after: { ...step.after, instancesMax: 9 } }] } },
      };
    });
    await world.handle(effect);
    await notGenuine(world, 'its digest differs');
  });

  it("for a plan that does not carry investigate's signature", async () => {
    const world = await plannedOn('staging-503');
    const effect = await approved(world);
    await tamper(world, (incident) => {
      const executing = must(incident, 'executing');
      const signature = signed({ digest: executing.signed.plan.digest }, world.keys.approval.privateKey);
      return { ...executing, signed: { ...executing.signed, signature } };
    });
    await world.handle(effect);
    await notGenuine(world, "does not carry investigate's signature");
  });

  it('once the approval has expired', async () => {
    const world = await plannedOn('staging-503');
    const effect = await approved(world);
    world.world.advanceTo(world.world.nowMs + APPROVAL_HOLDS_SECONDS * 1000);
    await world.handle(effect);
    await refused(world, 'the approval expired');
  });

  it('when the approval was used for this step before', async () => {
    const world = await plannedOn('staging-503');
    const effect = await approved(world);
    await world.store.spend(`${effect.digest}/0/apply`, await world.clock.now());
    await world.handle(effect);
    await refused(world, 'has been used for this step');
  });

  describe('while the resource is busy with a change', () => {
    /** The connector goes on updating for as long as anybody waits: only the clock moves. */
    const busy = async (world: OnWorld) => {
      const { target } = must(await world.incident(), 'executing').signed.plan.steps[0];
      const size = { machineType: 'e2-micro', instancesMin: 2, instancesMax: 5 } as const;
      await world.remediation.writer.updateConnector(target, size, NEVER);
      let { nowMs } = world.world;
      const clock: Clock = {
        now: async () => instant(nowMs),
        sleepUntil: async (at) => {
          nowMs = Date.parse(at);
        },
      };
      return { ...world.remediation, clock };
    };

    it("of someone else's: it is looked at again", async () => {
      const world = await plannedOn('staging-503');
      const effect = await approved(world);
      await carryOut(effect, await busy(world), NEVER);
      expect(world.writes()).toHaveLength(1);
      expect(await world.incident()).toMatchObject({ status: 'investigating', round: 2, attempts: [] });
      expect((await world.store.audit(effect.incident)).at(-1)?.event).toMatchObject({
        result: { kind: 'refused', detail: expect.stringContaining('was busy for 480 s') },
      });
    });

    it('that may be our own, from before a crash: the next delivery waits on', async () => {
      const world = await plannedOn('staging-503');
      const effect = await approved(world);
      const { digest, step, direction, incident } = effect;
      const claim = { type: 'step-claimed', at: await world.clock.now(), digest, step, direction, by: 'died' } as const;
      await advance(incident, claim, world.shell('remediate'));
      await carryOut(effect, await busy(world), NEVER);
      expect(world.writes()).toHaveLength(1);
      expect(await world.incident()).toMatchObject({ status: 'executing', claim: { by: 'died' } });
    });
  });

  it.each<[string, Partial<Environment>, string]>([
    ['cost', { bounds: { ...bounds, costUsdPerMonthMax: 1 } }, 'bounds.costUsdPerMonthMax (1)'],
    ['size', { bounds: { ...bounds, connectorInstancesMax: 9 } }, 'bounds.connectorInstancesMax (9)'],
    ['action', { bounds: { ...bounds, actions: [] } }, 'bounds.actions (none) does not name scale-connector'],
    ['pause', { paused: true }, 'environments.staging.paused is true'],
    ['observe', { observe: 'observe' }, 'observe is true, so that runmedic shows plans here and makes none'],
    ['name', { connectors: [] }, 'is not named by environments.staging.connectors (none)'],
    [
      'label',
      { guardrails: { ...environment.guardrails, optInLabel: { key: 'runmedic', value: 'yes' } } },
      'the label runmedic=yes is not on backend, auth, frontend (environments.staging.guardrails.optInLabel)',
    ],
  ])('when a guardrail came since, which is named, and what may be offered now is looked for: %s', async (...given) => {
    const [_, change, because] = given;
    const world = await plannedOn('staging-503');
    const effect = await approved(world);
    const environments = world.remediation.policy.environments.map((environment) => ({ ...environment, ...change }));
    await carryOut(effect, { ...world.remediation, policy: { ...world.remediation.policy, environments } }, NEVER);
    await refused(world, because);
  });

  it("in runmedic's own project, whatever was approved", async () => {
    const world = await plannedOn('staging-503');
    const effect = await approved(world);
    const policy = { ...world.remediation.policy, ownProject: 'acme-staging' };
    await carryOut(effect, { ...world.remediation, policy }, NEVER);
    expect(world.writes()).toEqual([]);
    expect((await world.store.audit(effect.incident)).at(-1)?.event).toMatchObject({
      result: { kind: 'refused', detail: expect.stringContaining("runmedic's own project acme-staging (ownProject)") },
    });
  });

  it('by the identity that looks', async () => {
    const world = await plannedOn('staging-503');
    const effect = await approved(world);
    const { googleWriter } = await import('../../shared/adapters/google/writer.ts');
    expect(effect.step).toBe(0);
    const { address } = world;
    const writer = googleWriter(address('investigate'));
    await expect(
      writer.updateConnector(
        'projects/acme-staging/locations/us-central1/connectors/staging-connector',
        { machineType: 'e2-micro', instancesMin: 2, instancesMax: 10 },
        NEVER,
      ),
    ).rejects.toMatchObject({ code: 'permission-denied' });
  });
});

/** The store with its methods bound, so that one of them can be replaced. */
function bound(store: OnWorld['store']) {
  return {
    load: store.load.bind(store),
    openIncident: store.openIncident.bind(store),
    commit: store.commit.bind(store),
    recordAlert: store.recordAlert.bind(store),
    alertTrace: store.alertTrace.bind(store),
    due: store.due.bind(store),
    undelivered: store.undelivered.bind(store),
    markDelivered: store.markDelivered.bind(store),
    saveEvidence: store.saveEvidence.bind(store),
    evidence: store.evidence.bind(store),
    audit: store.audit.bind(store),
    card: store.card.bind(store),
    saveCard: store.saveCard.bind(store),
    spend: store.spend.bind(store),
    spent: store.spent.bind(store),
    changes: store.changes.bind(store),
    leases: store.leases.bind(store),
    saveLease: store.saveLease.bind(store),
    endLease: store.endLease.bind(store),
    recent: store.recent.bind(store),
  };
}
