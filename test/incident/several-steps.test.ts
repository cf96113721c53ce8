import { describe, expect, it } from 'vitest';
import type { IncidentEvent, StepResult } from '../../shared/incident/event.ts';
import type { Incident, IncidentIn } from '../../shared/incident/incident.ts';
import { transition } from '../../shared/incident/transition.ts';
import type { PlanStep } from '../../shared/remedy/actions.ts';
import { at, environment } from '../builders/evidence.ts';
import { approvalOf, awaiting, brokenRelease, looked, must, play } from '../builders/incident.ts';

const [scale] = awaiting().signed.plan.steps;
const [shift] = awaiting(brokenRelease).signed.plan.steps;

/** An approved plan of these steps, the first about to be carried out. */
function begun(first: PlanStep, ...rest: readonly PlanStep[]): IncidentIn<'executing'> {
  const waiting = awaiting();
  const plan = { ...waiting.signed.plan, steps: [first, ...rest] as const };
  const incident = { ...waiting, signed: { ...waiting.signed, plan } };
  return must(play(incident, { type: 'approved', at: at(60), approval: approvalOf(incident) }), 'executing');
}

/** The step at hand ends like this. */
const end = (incident: Incident, result: StepResult, seconds = 100) => {
  const { signed, step, direction } = must(incident, 'executing');
  const event: IncidentEvent = {
    type: 'step-finished',
    at: at(seconds),
    digest: signed.plan.digest,
    step,
    direction,
    result,
  };
  return transition(incident, event, environment);
};
const ended = (incident: Incident, ...results: readonly StepResult[]): Incident =>
  results.reduce((now, result) => end(now, result).incident, incident);

const done = { kind: 'done' } as const;
const failed = { kind: 'failed', detail: 'quota exceeded' } as const;
const refused = { kind: 'refused', detail: 'environments.staging.paused is true' } as const;
const moved = { kind: 'moved', detail: 'traffic is split' } as const;

describe('a plan of several steps', () => {
  it('is carried out one after the other, then verified', () => {
    const incident = begun(scale, shift);
    const { incident: second, effects } = end(incident, done);
    expect(second).toMatchObject({ status: 'executing', step: 1, direction: 'apply', operation: undefined });
    expect(effects[0]).toEqual({
      type: 'carry-out',
      incident: incident.id,
      digest: incident.signed.plan.digest,
      step: 1,
      direction: 'apply',
    });
    expect(ended(second, { kind: 'stood-already' })).toMatchObject({ status: 'verifying' });
  });

  it.each([
    ['fails', failed, 'quota exceeded'],
    ['finds that someone else changed it', moved, 'traffic is split'],
    ['is refused by a guardrail that came since', refused, 'environments.staging.paused is true'],
  ])('puts back what was done when a later step %s', (_, result, because) => {
    const undoing = ended(begun(shift, scale), done, result);
    expect(undoing).toMatchObject({ status: 'executing', step: 0, direction: 'undo', undoBecause: because });
    expect(ended(undoing, done)).toMatchObject({
      status: 'investigating',
      round: 2,
      attempts: [
        { action: 'shift-traffic', undone: 'yes' },
        { action: 'scale-connector', undone: 'yes' },
      ],
    });
  });

  it.each([
    ['fails', failed],
    ['finds that someone else changed it', moved],
  ])('is handed to people when a later step %s and nothing before it can be put back', (_, result) => {
    expect(ended(begun(scale, shift), done, result)).toMatchObject({
      status: 'escalated',
      reason: 'execution-failed',
      detail: result.detail,
      attempts: [
        { action: 'scale-connector', result: 'failed', undone: 'no' },
        { action: 'shift-traffic', result: 'failed', undone: 'no' },
      ],
    });
  });

  it('is handed to people as it stands when a later step, or putting one back, is not what was signed', () => {
    const forged = { kind: 'not-genuine', detail: 'its digest differs' } as const;
    expect(ended(begun(shift, scale), done, forged)).toMatchObject({
      status: 'escalated',
      reason: 'not-genuine',
      attempts: [
        { action: 'shift-traffic', result: 'failed', undone: 'no' },
        { action: 'scale-connector', result: 'failed', undone: 'no' },
      ],
    });
    expect(ended(begun(shift, scale), done, failed, forged)).toMatchObject({
      status: 'escalated',
      reason: 'not-genuine',
      attempts: [{ action: 'shift-traffic', result: 'worse', undone: 'no' }, { action: 'scale-connector' }],
    });
  });

  it('is undone from the end, past what cannot be put back', () => {
    const made = must(ended(begun(shift, scale, shift), done, done, done), 'verifying');
    const worse = (seconds: number): IncidentEvent => ({
      type: 'verified',
      at: at(seconds),
      digest: made.signed.plan.digest,
      recovery: looked('worse'),
    });
    const last = play(made, worse(240), worse(300));
    expect(last).toMatchObject({ status: 'executing', step: 2, direction: 'undo' });
    const first = ended(last, { kind: 'stood-already' });
    expect(first).toMatchObject({ status: 'executing', step: 0, direction: 'undo' });
    expect(ended(first, done)).toMatchObject({ status: 'investigating', round: 2 });
    for (const result of [moved, refused])
      expect(ended(first, result)).toMatchObject({
        status: 'escalated',
        detail: `the change made things measurably worse; undoing it failed: ${result.detail}`,
      });
  });

  it('says why in general where it is not known why it was undone', () => {
    const undoing = { ...must(ended(begun(shift, scale), done, failed), 'executing'), undoBecause: undefined };
    expect(ended(undoing, failed)).toMatchObject({
      detail: 'the change made things worse; undoing it failed: quota exceeded',
    });
  });
});
