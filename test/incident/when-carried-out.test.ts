import { describe, expect, it } from 'vitest';
import type { IncidentEvent } from '../../shared/incident/event.ts';
import { CLAIM_SECONDS } from '../../shared/incident/moves.ts';
import { at } from '../builders/evidence.ts';
import { executing, play } from '../builders/incident.ts';

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

  it('ignores what belongs to another plan, step or direction', () => {
    const incident = executing();
    for (const over of [{ digest: 'other' }, { step: 1 }, { direction: 'undo' as const }])
      expect(play(incident, { ...finished(incident, { kind: 'done' }), ...over } as IncidentEvent)).toBe(incident);
  });
});
