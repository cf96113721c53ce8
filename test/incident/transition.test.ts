import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { IncidentEvent } from '../../shared/incident/event.ts';
import type { Incident } from '../../shared/incident/incident.ts';
import { ROUNDS_MAX } from '../../shared/incident/moves.ts';
import { at } from '../builders/evidence.ts';
import {
  alertNote,
  approvalOf,
  awaiting,
  diagnosisOf,
  looked,
  offer,
  opened,
  play,
  step,
} from '../builders/incident.ts';

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
    { type: 'check-asked', at: at(150), by: 'U0SAM' },
    { type: 'look-under-way', at: at(160), round: 1 },
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
