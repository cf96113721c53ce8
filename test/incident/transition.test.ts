import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { IncidentEvent } from '../../shared/incident/event.ts';
import type { Incident } from '../../shared/incident/incident.ts';
import {
  CLAIM_SECONDS,
  ESCALATED_LOOK_EVERY_SECONDS,
  EXECUTION_SECONDS_MAX,
  ROUNDS_MAX,
  UNEXPLAINED_LOOKS,
} from '../../shared/incident/moves.ts';
import { transition } from '../../shared/incident/transition.ts';
import { at, environment, evidence } from '../builders/evidence.ts';
import {
  alertNote,
  approvalOf,
  awaiting,
  brokenRelease,
  diagnosisOf,
  executing,
  looked,
  must,
  offer,
  opened,
  play,
  verifying,
} from '../builders/incident.ts';

const step = (incident: Incident, event: IncidentEvent) => transition(incident, event, environment);
const types = (effects: readonly { readonly type: string }[]) => effects.map(({ type }) => type);
const timer = (incident: Incident, seconds: number): IncidentEvent => ({
  type: 'timer-due',
  at: at(seconds),
  version: incident.version,
});

describe('an incident under investigation', () => {
  it('offers the plan when a cause was found', () => {
    const after = awaiting();
    expect(after).toMatchObject({ status: 'awaiting-approval', version: 2, dueAt: at(1805) });
  });

  it('goes to people at once when nobody may approve what would help, and says what that is', () => {
    const nobody = { ...environment.approvers, users: [], usergroups: [] };
    const incident = opened();
    const event: IncidentEvent = {
      type: 'investigated',
      at: at(5),
      round: 1,
      diagnosis: diagnosisOf(evidence()),
      offer: { kind: 'plan', signed: offer(incident.id), expiresAt: at(1805) },
    };
    const { incident: after, effects } = transition(incident, event, { ...environment, approvers: nobody });
    expect(after).toMatchObject({
      status: 'escalated',
      reason: 'nobody-may-approve',
      detail: expect.stringMatching(
        /^nobody is named in environments\.staging\.approvers for what would help: Scale connector .+ -> .+/,
      ),
    });
    expect(effects).toContainEqual({ type: 'escalate', incident: incident.id, level: 0 });
    const someone = { ...nobody, byAction: { 'scale-connector': { users: ['U0ANN'], usergroups: [] } } };
    expect(transition(incident, event, { ...environment, approvers: someone }).incident.status).toBe(
      'awaiting-approval',
    );
  });

  it('closes by itself only after two healthy looks', () => {
    const healthy = (seconds: number): IncidentEvent => ({
      type: 'investigated',
      at: at(seconds),
      round: 1,
      diagnosis: diagnosisOf(evidence()),
      offer: { kind: 'none', reason: 'healthy', detail: '' },
    });
    const once = play(opened(), healthy(5));
    expect(once).toMatchObject({ status: 'investigating', healthyLooks: 1, tries: 0, dueAt: at(45) });
    expect(play(once, healthy(6)), 'a second answer to one question').toBe(once);
    const again = play(once, timer(once, 65), healthy(70));
    expect(again).toMatchObject({ status: 'closed', outcome: { kind: 'resolved', by: 'itself' } });
  });

  it('looks as long as metrics may be late before it says that it found no cause', () => {
    const none = (seconds: number): IncidentEvent => ({
      type: 'investigated',
      at: at(seconds),
      round: 1,
      diagnosis: diagnosisOf(evidence()),
      offer: { kind: 'none', reason: 'no-cause', detail: 'nothing fits' },
    });
    let incident: Incident = opened();
    for (let look = 1; look < UNEXPLAINED_LOOKS; look += 1) {
      incident = play(incident, none(look * 60));
      expect(incident).toMatchObject({ status: 'investigating', unexplainedLooks: look });
      incident = play(incident, timer(incident, look * 60 + 60));
    }
    const { incident: after, effects } = step(incident, none(600));
    expect(after).toMatchObject({
      status: 'escalated',
      reason: 'no-cause',
      detail: 'nothing fits',
      level: 1,
      dueAt: at(600 + ESCALATED_LOOK_EVERY_SECONDS),
    });
    expect(effects).toContainEqual({ type: 'escalate', incident: after.id, level: 0 });
  });

  it('escalates at once when no safe action is left', () => {
    const event: IncidentEvent = {
      type: 'investigated',
      at: at(5),
      round: 1,
      diagnosis: diagnosisOf(),
      offer: { kind: 'none', reason: 'no-safe-action', detail: 'at its maximum' },
    };
    expect(play(opened(), event)).toMatchObject({
      status: 'escalated',
      reason: 'no-safe-action',
      detail: 'at its maximum',
    });
  });

  it('ignores the answer of an earlier round', () => {
    const incident = opened();
    const event: IncidentEvent = {
      type: 'investigated',
      at: at(5),
      round: 7,
      diagnosis: diagnosisOf(),
      offer: { kind: 'plan', signed: offer(incident.id), expiresAt: at(9) },
    };
    expect(play(incident, event)).toBe(incident);
  });

  it('is asked again when nothing is heard of it, and escalates after three', () => {
    let incident: Incident = opened();
    for (const seconds of [120, 240]) {
      const { incident: after, effects } = step(incident, timer(incident, seconds));
      expect(types(effects)).toEqual(['investigate', 'announce']);
      incident = after;
    }
    expect(play(incident, timer(incident, 360))).toMatchObject({ status: 'escalated', reason: 'investigation-failed' });
  });

  it('takes in further alerts once each, and the services that they name', () => {
    const joined = play(opened(), {
      type: 'alert-joined',
      at: at(3),
      alert: alertNote('0.def/open'),
      services: ['auth', 'backend'],
    });
    expect(joined).toMatchObject({ version: 2, alertsTotal: 2, subject: { services: ['backend', 'auth'] } });
    expect(play(joined, { type: 'alert-joined', at: at(4), alert: alertNote('0.def/open'), services: ['auth'] })).toBe(
      joined,
    );
  });
});

describe('a plan awaiting approval', () => {
  it('is carried out once approved', () => {
    const incident = awaiting();
    const { incident: after, effects } = step(incident, {
      type: 'approved',
      at: at(60),
      approval: approvalOf(incident),
    });
    expect(after).toMatchObject({ status: 'executing', step: 0, direction: 'apply', approval: { approver: 'U0ANN' } });
    expect(effects[0]).toEqual({
      type: 'carry-out',
      incident: incident.id,
      digest: incident.signed.plan.digest,
      step: 0,
      direction: 'apply',
    });
  });

  it.each([
    ['another plan', { digest: 'other' }, 60],
    ['another incident', { incident: 'inc-other' }, 60],
    ['an expired plan', {}, 1805],
    ['an expired approval', { expiresAt: at(30) }, 60],
  ])('does nothing for an approval of %s', (_, over, seconds) => {
    const incident = awaiting();
    const event: IncidentEvent = { type: 'approved', at: at(seconds), approval: { ...approvalOf(incident), ...over } };
    expect(play(incident, event)).toBe(incident);
  });

  it('closes as declined when rejected, and knows why', () => {
    const incident = awaiting();
    const refusal = { approver: 'U0ANN', reason: 'not tonight', at: at(60) };
    expect(
      play(incident, { type: 'rejected', at: at(60), digest: incident.signed.plan.digest, refusal }),
    ).toMatchObject({ status: 'closed', outcome: { kind: 'declined', refusal } });
    expect(play(incident, { type: 'rejected', at: at(60), digest: 'other', refusal })).toBe(incident);
  });

  it('escalates when nobody decides in time', () => {
    const incident = awaiting();
    expect(play(incident, timer(incident, 1805))).toMatchObject({ status: 'escalated', reason: 'nobody-decided' });
  });

  it('is looked at again when the alert closes: that is no recovery', () => {
    const { incident: after, effects } = step(awaiting(), {
      type: 'alert-joined',
      at: at(30),
      alert: alertNote('0.abc/closed'),
      services: [],
    });
    expect(after).toMatchObject({ status: 'investigating', round: 2, version: 3, alertsTotal: 1 });
    expect(effects).toContainEqual({ type: 'investigate', incident: after.id, round: 2 });
  });
});

describe('a change under way', () => {
  const finished = (
    incident: ReturnType<typeof executing>,
    result: Extract<IncidentEvent, { type: 'step-finished' }>['result'],
    seconds = 180,
  ): IncidentEvent => ({
    type: 'step-finished',
    at: at(seconds),
    digest: incident.signed.plan.digest,
    step: incident.step,
    direction: incident.direction,
    result,
  });

  it('is claimed by one delivery at a time, for as long as a write may take', () => {
    const incident = executing();
    const claim = (by: string, seconds: number): IncidentEvent => ({
      type: 'step-claimed',
      at: at(seconds),
      digest: incident.signed.plan.digest,
      step: 0,
      direction: 'apply',
      by,
    });
    const claimed = play(incident, claim('one', 61));
    expect(claimed).toMatchObject({
      claim: { by: 'one', until: at(61 + CLAIM_SECONDS) },
      version: incident.version + 1,
    });
    expect(play(claimed, claim('two', 61 + CLAIM_SECONDS - 1))).toBe(claimed);
    expect(play(claimed, claim('two', 61 + CLAIM_SECONDS))).toMatchObject({ claim: { by: 'two' } });
    const started = play(claimed, {
      type: 'step-started',
      at: at(62),
      digest: incident.signed.plan.digest,
      step: 0,
      direction: 'apply',
      operation: 'op',
    });
    expect(play(started, claim('two', 900)), 'an operation is under way').toBe(started);
  });

  it('keeps the name of the operation', () => {
    const incident = executing();
    const event: IncidentEvent = {
      type: 'step-started',
      at: at(62),
      digest: incident.signed.plan.digest,
      step: 0,
      direction: 'apply',
      operation: 'vpcaccess:op-1',
    };
    expect(play(incident, event)).toMatchObject({
      operation: { name: 'vpcaccess:op-1', startedAt: at(62) },
      version: incident.version + 1,
    });
    expect(play(incident, event, event).version).toBe(incident.version + 1);
  });

  it.each(['done', 'stood-already'] as const)('is verified when %s', (kind) => {
    expect(play(executing(), finished(executing(), { kind }))).toMatchObject({
      status: 'verifying',
      passed: 0,
      changedAt: at(180),
      dueAt: at(220),
      deadline: at(1380),
    });
  });

  it('is planned anew when someone else changed the resource', () => {
    expect(play(executing(), finished(executing(), { kind: 'refused', detail: 'it is paused' }))).toMatchObject({
      status: 'investigating',
      round: 2,
      attempts: [],
    });
    expect(play(executing(), finished(executing(), { kind: 'moved', detail: 'it is 5' }))).toMatchObject({
      status: 'investigating',
      round: 2,
      attempts: [],
    });
  });

  it('escalates when it failed, and is not offered again', () => {
    expect(play(executing(), finished(executing(), { kind: 'failed', detail: 'quota' }))).toMatchObject({
      status: 'escalated',
      reason: 'execution-failed',
      detail: 'quota',
      attempts: [{ action: 'scale-connector', result: 'failed', undone: 'no' }],
    });
  });

  it('is put to work again when nothing is heard of it', () => {
    const incident = executing();
    expect(types(step(incident, timer(incident, 660)).effects)).toEqual(['carry-out', 'announce']);
  });

  it('is handed to people when it has not ended an hour after it was approved, naming what may still run', () => {
    const started: IncidentEvent = {
      type: 'step-started',
      at: at(62),
      digest: executing().signed.plan.digest,
      step: 0,
      direction: 'apply',
      operation: 'vpcaccess:op-1',
    };
    const incident = play(executing(), started);
    expect(play(incident, timer(incident, 60 + EXECUTION_SECONDS_MAX - 1))).toMatchObject({ status: 'executing' });
    expect(play(incident, timer(incident, 60 + EXECUTION_SECONDS_MAX))).toMatchObject({
      status: 'escalated',
      reason: 'execution-failed',
      detail: expect.stringContaining('vpcaccess:op-1 may still be under way'),
      attempts: [{ result: 'failed' }],
    });
    expect(play(executing(), timer(executing(), 60 + EXECUTION_SECONDS_MAX))).toMatchObject({
      detail: expect.stringContaining('nothing is known to be under way'),
    });
  });

  it('ignores what belongs to another plan, step or direction', () => {
    const incident = executing();
    for (const over of [{ digest: 'other' }, { step: 1 }, { direction: 'undo' as const }])
      expect(play(incident, { ...finished(incident, { kind: 'done' }), ...over } as IncidentEvent)).toBe(incident);
  });
});

describe('a change being verified', () => {
  const seen = (
    verdict: 'recovered' | 'not-yet' | 'worse' | 'inconclusive',
    seconds: number,
    of = verifying(),
  ): IncidentEvent => ({
    type: 'verified',
    at: at(seconds),
    digest: of.signed.plan.digest,
    recovery: looked(verdict),
  });

  it('resolves after three good looks in a row', () => {
    const twice = play(verifying(), seen('recovered', 240), seen('recovered', 300));
    expect(twice).toMatchObject({ status: 'verifying', passed: 2, dueAt: at(340) });
    expect(play(twice, seen('not-yet', 360))).toMatchObject({ passed: 0 });
    expect(play(twice, seen('recovered', 360))).toMatchObject({
      status: 'closed',
      outcome: { kind: 'resolved', by: 'remediation' },
    });
  });

  it('keeps its count when a look is inconclusive', () => {
    expect(play(verifying(), seen('recovered', 240), seen('inconclusive', 300))).toMatchObject({
      status: 'verifying',
      passed: 1,
    });
  });

  it('looks when due', () => {
    const incident = verifying();
    expect(step(incident, timer(incident, 240)).effects[0]).toEqual({
      type: 'verify',
      incident: incident.id,
      digest: incident.signed.plan.digest,
    });
  });

  it('is handed to people when no look comes to an answer long after its deadline', () => {
    const incident = verifying();
    expect(play(incident, timer(incident, 1380 + 239))).toMatchObject({ status: 'verifying' });
    expect(play(incident, timer(incident, 1380 + 240))).toMatchObject({ status: 'escalated', reason: 'not-verified' });
  });

  it('asks for the next best plan when it did not help in time', () => {
    expect(play(verifying(), seen('not-yet', 1379))).toMatchObject({ status: 'verifying' });
    expect(play(verifying(), seen('not-yet', 1380))).toMatchObject({
      status: 'investigating',
      round: 2,
      attempts: [{ action: 'scale-connector', result: 'not-verified' }],
    });
  });

  it('escalates, and never undoes, what could not be measured in time', () => {
    expect(play(verifying(brokenRelease), seen('inconclusive', 1380, verifying(brokenRelease)))).toMatchObject({
      status: 'escalated',
      reason: 'not-verified',
    });
  });

  it('undoes what made things worse twice in a row, then plans anew', () => {
    const incident = verifying(brokenRelease);
    const once = play(incident, seen('worse', 240, incident));
    expect(once.status).toBe('verifying');
    const undoing = must(play(once, seen('worse', 300, incident)), 'executing');
    expect(undoing).toMatchObject({ direction: 'undo', step: 0 });
    const undone: IncidentEvent = {
      type: 'step-finished',
      at: at(330),
      digest: incident.signed.plan.digest,
      step: 0,
      direction: 'undo',
      result: { kind: 'done' },
    };
    expect(play(undoing, undone)).toMatchObject({
      status: 'investigating',
      attempts: [{ action: 'shift-traffic', result: 'worse', undone: 'yes' }],
    });
    const failed: IncidentEvent = { ...undone, result: { kind: 'failed', detail: 'conflict' } };
    expect(play(undoing, failed)).toMatchObject({
      status: 'escalated',
      reason: 'execution-failed',
      detail: expect.stringContaining('undoing it failed: conflict'),
    });
  });

  it('escalates when what made things worse cannot be undone', () => {
    expect(play(verifying(), seen('worse', 240), seen('worse', 300))).toMatchObject({
      status: 'escalated',
      reason: 'not-verified',
      attempts: [{ undone: 'not-possible' }],
    });
  });
});

describe('an escalated incident', () => {
  it('tells level after level when their time has come, and then looks again and again', () => {
    const incident = play(awaiting(), timer(awaiting(), 1805));
    expect(incident).toMatchObject({ status: 'escalated', level: 1, dueAt: at(1805 + ESCALATED_LOOK_EVERY_SECONDS) });
    const first = step(incident, timer(incident, 1805 + 3600));
    expect(first.effects[0]).toEqual({ type: 'escalate', incident: incident.id, level: 1 });
    const second = step(first.incident, timer(first.incident, 1805 + 14_400));
    expect(second.incident).toMatchObject({ level: 3, dueAt: at(1805 + 14_400 + ESCALATED_LOOK_EVERY_SECONDS) });
    const look = step(second.incident, timer(second.incident, 20_000));
    expect(look.effects[0]).toEqual({ type: 'investigate', incident: incident.id, round: 2 });
  });

  it('is looked at again when a further alert comes: it may be a further outage', () => {
    const incident = play(awaiting(), timer(awaiting(), 1805));
    const news: IncidentEvent = {
      type: 'alert-joined',
      at: at(2000),
      alert: alertNote('0.new/open'),
      services: ['auth'],
    };
    expect(play(incident, news)).toMatchObject({ status: 'investigating', round: 2, alertsTotal: 2 });
  });

  it('is looked at again when its alert closes', () => {
    const incident = play(awaiting(), timer(awaiting(), 1805));
    expect(
      play(incident, { type: 'alert-joined', at: at(2000), alert: alertNote('0.abc/closed'), services: [] }),
    ).toMatchObject({ status: 'investigating', round: 2 });
  });
});

describe('calling people', () => {
  const closedAlert: IncidentEvent = {
    type: 'alert-joined',
    at: at(2000),
    alert: alertNote('0.abc/closed'),
    services: [],
  };
  const noAction: IncidentEvent = {
    type: 'investigated',
    at: at(2010),
    round: 2,
    diagnosis: diagnosisOf(),
    offer: { kind: 'none', reason: 'no-safe-action', detail: 'at its maximum' },
  };

  it('happens once for one reason: a closing alert that changes nothing does not call them anew', () => {
    const first = play(opened(), { ...noAction, round: 1, at: at(5) } as IncidentEvent);
    const looking = play(first, closedAlert);
    expect(looking).toMatchObject({ status: 'investigating', paged: { reason: 'no-safe-action', since: at(5) } });
    const { incident, effects } = step(looking, noAction);
    expect(incident).toMatchObject({
      status: 'escalated',
      since: at(5),
      level: 1,
      dueAt: at(5 + 3600),
    });
    // The same call, which is made once (engine/escalate.ts): a look that came between may have overtaken it.
    expect(effects[0]).toEqual({ type: 'escalate', incident: incident.id, level: 0 });
  });

  it('happens again for another reason', () => {
    const looking = play(awaiting(), timer(awaiting(), 1805), closedAlert);
    expect(types(step(looking, noAction).effects)).toEqual(['escalate', 'announce']);
  });

  it('is looked at as often as there is news, and closes by itself once all is well', () => {
    let incident: Incident = play(awaiting(), timer(awaiting(), 1805));
    for (let round = 2; round <= ROUNDS_MAX + 2; round += 1)
      incident = play(
        incident,
        { ...closedAlert, alert: alertNote(`0.${round}/closed`) } as IncidentEvent,
        { ...noAction, round } as IncidentEvent,
      );
    const looking = play(incident, timer(incident, 3000));
    const well = (seconds: number): IncidentEvent => ({
      type: 'investigated',
      at: at(seconds),
      round: looking.round,
      diagnosis: diagnosisOf(evidence()),
      offer: { kind: 'none', reason: 'healthy', detail: '' },
    });
    const once = play(looking, well(3010));
    expect(play(once, timer(once, 3070), well(3075))).toMatchObject({
      status: 'closed',
      outcome: { kind: 'resolved', by: 'itself' },
    });
  });

  it('does not go round for ever by itself: a plan that keeps finding the world moved ends with people', () => {
    let incident: Incident = executing();
    for (let round = 2; round <= ROUNDS_MAX + 1; round += 1) {
      const { signed } = must(incident, 'executing');
      incident = play(incident, {
        type: 'step-finished',
        at: at(100),
        digest: signed.plan.digest,
        step: 0,
        direction: 'apply',
        result: { kind: 'moved', detail: 'it is 5' },
      });
      if (incident.status !== 'investigating') break;
      const offered = play(incident, {
        type: 'investigated',
        at: at(100),
        round,
        diagnosis: diagnosisOf(),
        offer: { kind: 'plan', signed: offer(incident.id), expiresAt: at(1900) },
      });
      incident = play(offered, {
        type: 'approved',
        at: at(110),
        approval: approvalOf(must(offered, 'awaiting-approval')),
      });
    }
    expect(incident).toMatchObject({ status: 'escalated', reason: 'not-verified', round: ROUNDS_MAX });
  });
});

describe('transition', () => {
  const events: fc.Arbitrary<IncidentEvent> = fc.constantFrom<IncidentEvent[]>(
    { type: 'alert-joined', at: at(10), alert: alertNote('0.x/closed'), services: ['auth'] },
    {
      type: 'investigated',
      at: at(10),
      round: 1,
      diagnosis: diagnosisOf(),
      offer: { kind: 'plan', signed: offer(opened().id), expiresAt: at(1810) },
    },
    {
      type: 'investigated',
      at: at(10),
      round: 2,
      diagnosis: diagnosisOf(),
      offer: { kind: 'none', reason: 'no-cause', detail: '' },
    },
    { type: 'approved', at: at(60), approval: approvalOf(awaiting()) },
    {
      type: 'rejected',
      at: at(60),
      digest: awaiting().signed.plan.digest,
      refusal: { approver: 'U0ANN', reason: 'no', at: at(60) },
    },
    {
      type: 'step-started',
      at: at(61),
      digest: awaiting().signed.plan.digest,
      step: 0,
      direction: 'apply',
      operation: 'op',
    },
    {
      type: 'step-finished',
      at: at(90),
      digest: awaiting().signed.plan.digest,
      step: 0,
      direction: 'apply',
      result: { kind: 'done' },
    },
    { type: 'verified', at: at(200), digest: awaiting().signed.plan.digest, recovery: looked('recovered') },
    ...[1, 2, 3, 4, 5, 6].map((version): IncidentEvent => ({ type: 'timer-due', at: at(300), version })),
  );

  it('answers every event in every state, raises the version by one or leaves all as it was, and never leaves closed', () => {
    fc.assert(
      fc.property(fc.array(events, { maxLength: 25 }), (sequence) => {
        let incident: Incident = opened();
        for (const event of sequence) {
          const { incident: after, effects } = step(incident, event);
          if (after.version === incident.version) expect([after, effects]).toEqual([incident, []]);
          else expect(after.version).toBe(incident.version + 1);
          if (incident.status === 'closed') expect(after).toBe(incident);
          if (after.status === 'executing') expect(after.approval.digest).toBe(after.signed.plan.digest);
          expect(after.round).toBeLessThanOrEqual(ROUNDS_MAX);
          incident = after;
        }
      }),
      { numRuns: 2000 },
    );
  });
});
