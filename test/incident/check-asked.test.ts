import { describe, expect, it } from 'vitest';
import type { IncidentEvent } from '../../shared/incident/event.ts';
import { ROUNDS_MAX } from '../../shared/incident/moves.ts';
import { transition } from '../../shared/incident/transition.ts';
import { CHECK_EVERY_SECONDS, noCheck } from '../../shared/incident/when-check-asked.ts';
import { at, environment, evidence } from '../builders/evidence.ts';
import {
  awaiting,
  diagnosisOf,
  executing,
  looked,
  must,
  offer,
  opened,
  play,
  verifying,
} from '../builders/incident.ts';

const asked = (seconds: number): IncidentEvent => ({ type: 'check-asked', at: at(seconds), by: 'U0SAM' });
const look = (
  seconds: number,
  over: Partial<Extract<IncidentEvent, { type: 'investigated' }>> = {},
): IncidentEvent => ({
  type: 'investigated',
  at: at(seconds),
  round: 1,
  diagnosis: diagnosisOf(evidence()),
  offer: { kind: 'none', reason: 'no-cause', detail: 'nothing explains it' },
  ...over,
});
const betweenLooks = () => must(play(opened(), look(5)), 'investigating');
const escalated = () =>
  must(
    play(opened(), look(5, { offer: { kind: 'none', reason: 'no-safe-action', detail: 'nothing answers it' } })),
    'escalated',
  );

describe('when somebody asks for a look', () => {
  it('between looks, the next one comes now, of the same round', () => {
    const before = betweenLooks();
    const { incident, effects } = transition(before, asked(20), environment);
    expect(incident).toMatchObject({
      status: 'investigating',
      tries: 1,
      round: 1,
      unexplainedLooks: 1,
      version: before.version + 1,
      dueAt: at(140),
      checkAskedAt: at(20),
    });
    expect(effects).toEqual([
      { type: 'investigate', incident: before.id, round: 1 },
      { type: 'announce', incident: before.id },
    ]);
  });

  it('while a plan waits, it is withdrawn and looked at anew', () => {
    const before = awaiting();
    const { incident, effects } = transition(before, asked(60), environment);
    expect(incident).toMatchObject({
      status: 'investigating',
      round: 2,
      tries: 1,
      version: before.version + 1,
      checkAskedAt: at(60),
    });
    expect(effects).toEqual([
      { type: 'investigate', incident: before.id, round: 2 },
      { type: 'announce', incident: before.id },
    ]);
    const again = { kind: 'plan', signed: offer(before.id), expiresAt: at(1900) } as const;
    const shown = must(
      play(incident, look(70, { round: 2, diagnosis: diagnosisOf(), offer: again })),
      'awaiting-approval',
    );
    expect(shown.signed.plan.steps).toEqual(before.signed.plan.steps);
  });

  it('a click on the plan that was withdrawn changes nothing', () => {
    const before = awaiting();
    const refusal = { approver: 'U0ANN', reason: 'no', at: at(61) };
    const late = { type: 'rejected', at: at(61), digest: before.signed.plan.digest, refusal } as const;
    expect(play(before, asked(60), late)).toMatchObject({ status: 'investigating', version: before.version + 1 });
  });

  it('in people’s hands, it is looked at anew, and the same finding does not call them anew', () => {
    const before = escalated();
    const { incident } = transition(before, asked(600), environment);
    expect(incident).toMatchObject({
      status: 'investigating',
      round: 2,
      paged: { reason: 'no-safe-action', level: 1 },
    });
    const found = look(610, {
      round: 2,
      offer: { kind: 'none', reason: 'no-safe-action', detail: 'nothing answers it' },
    });
    expect(play(incident, found)).toMatchObject({ status: 'escalated', since: before.since, level: 1 });
  });

  it.each([
    [CHECK_EVERY_SECONDS - 1, 'just-asked'],
    [CHECK_EVERY_SECONDS, undefined],
  ])('again %i s later', (later, expected) => {
    const after = play(betweenLooks(), asked(20), look(21));
    expect(noCheck(after, at(20 + later))).toBe(expected);
    const { incident } = transition(after, asked(20 + later), environment);
    expect(incident === after).toBe(expected !== undefined);
  });

  it.each([
    ['a look is awaited', opened(), 'looking-already'],
    ['a change is made', executing(), 'being-changed'],
    ['recovery is checked', verifying(), 'being-changed'],
  ] as const)('while %s, nothing happens', (_, before, why) => {
    expect(noCheck(before, at(400))).toBe(why);
    expect(transition(before, asked(400), environment)).toEqual({ incident: before, effects: [] });
  });

  it('where the configuration has no such environment any more, nothing happens', () => {
    const before = { ...escalated(), reason: 'environment-removed' } as const;
    expect(noCheck(before, at(400))).toBe('not-configured');
    expect(transition(before, asked(400), environment)).toEqual({ incident: before, effects: [] });
  });

  it('of one that is over, nothing happens', () => {
    const before = awaiting();
    const refusal = { approver: 'U0ANN', reason: 'no', at: at(61) };
    const over = play(before, { type: 'rejected', at: at(61), digest: before.signed.plan.digest, refusal });
    expect(noCheck(over, at(400))).toBe('closed');
    expect(transition(over, asked(400), environment)).toEqual({ incident: over, effects: [] });
  });

  it('the last plan that an incident gets stands; people may go on asking', () => {
    expect(noCheck({ ...awaiting(), round: ROUNDS_MAX }, at(60))).toBe('looked-often');
    expect(noCheck({ ...awaiting(), round: ROUNDS_MAX - 1 }, at(60))).toBeUndefined();
    expect(noCheck({ ...escalated(), round: ROUNDS_MAX }, at(60))).toBeUndefined();
  });
});

describe('what looks asked of Google', () => {
  const calls = { total: 38, logReads: 3 };
  it('is added up over looks and verifications', () => {
    const once = play(opened(), look(5, { calls }));
    expect(once.googleCalls).toEqual(calls);
    const { signed } = verifying();
    const verified: IncidentEvent = {
      type: 'verified',
      at: at(300),
      digest: signed.plan.digest,
      recovery: looked('not-yet'),
      calls,
    };
    expect(play({ ...verifying(), googleCalls: calls }, verified).googleCalls).toEqual({ total: 76, logReads: 6 });
  });

  it('does not count an answer that nobody waits for, and is as it was where nobody counted', () => {
    expect(play(betweenLooks(), look(6, { calls })).googleCalls).toEqual({ total: 0, logReads: 0 });
    expect(play(opened(), look(5)).googleCalls).toEqual({ total: 0, logReads: 0 });
  });
});
