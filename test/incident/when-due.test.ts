import { describe, expect, it } from 'vitest';
import type { IncidentEvent } from '../../shared/incident/event.ts';
import type { Incident, IncidentIn } from '../../shared/incident/incident.ts';
import {
  ESCALATED_LOOK_EVERY_SECONDS,
  EXECUTION_SECONDS_MAX,
  SERVED_PATIENCE_SECONDS,
} from '../../shared/incident/moves.ts';
import { at } from '../builders/evidence.ts';
import { awaiting, executing, looked, opened, play, step, timer, verifying } from '../builders/incident.ts';

const types = (effects: readonly { readonly type: string }[]) => effects.map(({ type }) => type);

describe('an investigation', () => {
  it('is asked again when nothing is heard of it, and escalates after three', () => {
    let incident: Incident = opened();
    for (const seconds of [120, 240]) {
      const { incident: after, effects } = step(incident, timer(incident, seconds));
      expect(types(effects)).toEqual(['investigate', 'announce']);
      incident = after;
    }
    expect(play(incident, timer(incident, 360))).toMatchObject({ status: 'escalated', reason: 'investigation-failed' });
  });
});

describe('a plan awaiting approval', () => {
  it('escalates when nobody decides in time', () => {
    const incident = awaiting();
    const { signed, expiresAt } = incident;
    const lapsed = { signed, expiredAt: expiresAt };
    const escalated = play(incident, timer(incident, 1805));
    expect(escalated).toMatchObject({ status: 'escalated', reason: 'nobody-decided', lapsed });
    // It can be seen, and what is offered next is what the next look finds.
    const asked = { type: 'check-asked', at: at(1900), by: 'U0SAM' } as const;
    expect(play(escalated, asked)).not.toHaveProperty('lapsed');
  });
});

describe('a change under way', () => {
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
});

describe('a change that waits for somebody else', () => {
  const HOURS = 3600;
  const patient = (over: Partial<IncidentIn<'executing'>> = {}) => {
    const incident = executing();
    const { plan } = incident.signed;
    const [step] = plan.steps;
    const waits = { ...step, prospect: { ...step.prospect, patience: { seconds: 26 * HOURS, waitsFor: 'Google' } } };
    return {
      ...incident,
      signed: { ...incident.signed, plan: { ...plan, steps: [step, waits, step] as const } },
      ...over,
    };
  };

  it.each([
    [{ step: 0 }, 1],
    [{ step: 1 }, 27],
    [{ step: 2 }, 27],
    [{ step: 0, direction: 'undo' }, 27],
  ] as const)('is pending, and handed to people only when the patience is over too: %j', (over, hours) => {
    const incident = patient(over);
    expect(play(incident, timer(incident, 60 + hours * HOURS - 1))).toMatchObject({ status: 'executing' });
    expect(play(incident, timer(incident, 60 + hours * HOURS))).toMatchObject({
      status: 'escalated',
      detail: expect.stringContaining(`no end within ${hours * 60} min of the approval`),
    });
  });
});

describe('a change being verified', () => {
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
    expect(play(incident, timer(incident, 1380 + 240))).toMatchObject({
      status: 'escalated',
      reason: 'not-verified',
      detail: 'whether users are served again could not be measured',
    });
  });

  it('is looked at again, however late, where the last look found users served', () => {
    const { digest } = verifying().signed.plan;
    const good = (seconds: number): IncidentEvent => ({
      type: 'verified',
      at: at(seconds),
      digest,
      recovery: looked('recovered'),
    });
    const once = play(verifying(), good(400));
    // As after a death in the middle of it: nobody was there to look.
    const { incident, effects } = step(once, timer(once, 1380 + SERVED_PATIENCE_SECONDS - 1));
    expect(effects[0]).toEqual({ type: 'verify', incident: once.id, digest });
    expect(play(incident, good(5000), good(5060))).toMatchObject({ status: 'closed', outcome: { kind: 'resolved' } });
    expect(play(once, timer(once, 1380 + SERVED_PATIENCE_SECONDS))).toMatchObject({
      status: 'escalated',
      detail:
        'users were served at the last look that could tell (1 of 3 good looks in a row), and no look after it could',
    });
  });
});

describe('an escalated incident', () => {
  it.each([
    ['that nobody decided about', awaiting(), 1805],
    ['whose change could not be measured', verifying(), 1380 + 240],
  ])('%s counts its levels from when people were called, not from when it began', (_, waiting, calledAt) => {
    const incident = play(waiting, timer(waiting, calledAt));
    expect(incident).toMatchObject({ openedAt: at(0), since: at(calledAt), level: 1, dueAt: at(calledAt + 3600) });
    expect(step(incident, timer(incident, calledAt + 3600)).effects[0]).toMatchObject({ type: 'escalate', level: 1 });
  });

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
});
