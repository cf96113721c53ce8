import { describe, expect, it } from 'vitest';
import { topicOf } from '../../shared/incident/effect.ts';
import type { IncidentEvent } from '../../shared/incident/event.ts';
import type { Incident } from '../../shared/incident/incident.ts';
import { ROUNDS_MAX } from '../../shared/incident/moves.ts';
import { StoredDocumentInvalid } from '../../shared/incident/stored-document-invalid.ts';
import { transition } from '../../shared/incident/transition.ts';
import { at, environment } from '../builders/evidence.ts';
import { awaiting, brokenRelease, executing, looked, opened, play, verifying } from '../builders/incident.ts';

const finished = (direction: 'apply' | 'undo', result: unknown): IncidentEvent =>
  ({
    type: 'step-finished',
    at: at(90),
    digest: executing().signed.plan.digest,
    step: 0,
    direction,
    result,
  }) as IncidentEvent;

describe('an incident that has been diagnosed as often as it may', () => {
  it('goes to people instead of being diagnosed once more', () => {
    const last = { ...executing(), round: ROUNDS_MAX };
    expect(play(last, finished('apply', { kind: 'moved', detail: 'max is 5' }))).toMatchObject({
      status: 'escalated',
      reason: 'not-verified',
      detail: `${ROUNDS_MAX} diagnoses did not end it`,
      round: ROUNDS_MAX,
    });
  });
});

describe('where the policy names no levels of escalation', () => {
  it('people are told at once all the same', () => {
    const incident = awaiting();
    const expired = { type: 'timer-due', at: incident.dueAt, version: incident.version } as const;
    const { incident: after, effects } = transition(incident, expired, { ...environment, escalation: [] });
    expect(after).toMatchObject({ status: 'escalated', reason: 'nobody-decided', level: 1, since: incident.dueAt });
    expect(effects).toContainEqual({ type: 'escalate', incident: incident.id, level: 0 });
  });
});

describe('what comes late or from elsewhere changes nothing', () => {
  const digest = awaiting().signed.plan.digest;
  const refusal = { approver: 'U0ANN', reason: 'no', at: at(60) };
  it.each<[string, Incident, IncidentEvent]>([
    ['a rejection of what is no longer offered', executing(), { type: 'rejected', at: at(70), digest, refusal }],
    [
      'a look at another change',
      verifying(brokenRelease),
      { type: 'verified', at: at(240), digest, recovery: looked('recovered') },
    ],
    [
      'a claim on a step that is over',
      verifying(),
      { type: 'step-claimed', at: at(190), digest, step: 0, direction: 'apply', by: 'a second delivery' },
    ],
    [
      'the start of a step that is over',
      verifying(),
      { type: 'step-started', at: at(190), digest, step: 0, direction: 'apply', operation: 'op' },
    ],
    ['the end of a step that is over', verifying(), finished('apply', { kind: 'done' })],
    ['a look while nothing was changed', opened(), { type: 'verified', at: at(9), digest, recovery: looked('worse') }],
  ])('%s', (_, incident, event) => {
    const { incident: after, effects } = transition(incident, event, environment);
    expect(after).toBe(incident);
    expect(effects).toEqual([]);
  });
});

describe('what no type lets in', () => {
  const undoing = { ...executing(), direction: 'undo' } as const;
  it.each<[string, Incident, IncidentEvent]>([
    ['an event', opened(), { type: 'foreign', at: at(1) } as never],
    ['the result of a step', executing(), finished('apply', { kind: 'foreign' })],
    ['the result of undoing one', undoing, finished('undo', { kind: 'foreign' })],
    [
      'a verdict',
      verifying(),
      { type: 'verified', at: at(9), digest: verifying().signed.plan.digest, recovery: looked('foreign' as never) },
    ],
    [
      'a status',
      { ...opened(), status: 'foreign' } as never,
      { type: 'timer-due', at: at(9), version: opened().version },
    ],
  ])('is refused aloud, not passed over: %s', (_, incident, event) => {
    expect(() => play(incident, event)).toThrow(/^unhandled: .*foreign/);
  });
});

describe('an effect', () => {
  it('goes out to the function that may do it: only carrying out reaches the one that writes', () => {
    expect(topicOf).toEqual({
      investigate: 'investigations',
      verify: 'investigations',
      'carry-out': 'remediations',
      retest: 'retests',
      announce: 'announcements',
      escalate: 'announcements',
    });
  });
});

describe('a stored document that cannot be read', () => {
  it('is named, with every fault, and said to be kept', () => {
    const error = new StoredDocumentInvalid('incidents/inc-1', ['status: found "gone"', 'round: found -1']);
    expect(error).toMatchObject({
      name: 'StoredDocumentInvalid',
      document: 'incidents/inc-1',
      faults: ['status: found "gone"', 'round: found -1'],
      message: 'incidents/inc-1 cannot be read (it is kept as it is): status: found "gone"; round: found -1',
    });
  });
});
