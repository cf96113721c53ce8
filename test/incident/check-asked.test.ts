import { describe, expect, it } from 'vitest';
import type { IncidentEvent } from '../../shared/incident/event.ts';
import type { Incident } from '../../shared/incident/incident.ts';
import { ROUNDS_MAX } from '../../shared/incident/moves.ts';
import { transition } from '../../shared/incident/transition.ts';
import { CHECK_EVERY_SECONDS, noCheck } from '../../shared/incident/when-check-asked.ts';
import { at, environment, evidence } from '../builders/evidence.ts';
import {
  awaiting,
  brokenRelease,
  diagnosisOf,
  executing,
  looked,
  must,
  offer,
  opened,
  play,
  timer,
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

  it('in people’s hands, it is looked at anew, and the same finding does not call them anew', () => {
    const before = escalated();
    const { incident } = transition(before, asked(600), environment);
    expect(incident).toMatchObject({
      status: 'investigating',
      round: 1,
      paged: { reason: 'no-safe-action', level: 1 },
    });
    const found = look(610, {
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

  it.each([
    ['a plan waits', awaiting()],
    ['people have it', escalated()],
  ])('as often as people like while %s: it is not counted as a round', (_, before) => {
    let incident: Incident = before;
    for (let seconds = 600; seconds < 600 + (ROUNDS_MAX + 1) * CHECK_EVERY_SECONDS; seconds += CHECK_EVERY_SECONDS) {
      incident = play(incident, asked(seconds), answer(seconds + 5, before));
      expect(incident).toMatchObject({ status: before.status, round: 1, checkAskedAt: at(seconds) });
    }
  });
});

/** The same as was found before. */
const answer = (seconds: number, before: Incident): IncidentEvent =>
  before.status === 'awaiting-approval'
    ? foundAgain(seconds)
    : look(seconds, { offer: { kind: 'none', reason: 'no-safe-action', detail: 'nothing answers it' } });

const foundAgain = (seconds: number, signed = offer(opened().id)): IncidentEvent =>
  look(seconds, { diagnosis: diagnosisOf(), offer: { kind: 'plan', signed, expiresAt: at(seconds + 1800) } });

describe('when somebody asks for a look while a plan waits', () => {
  const waiting = awaiting();
  const beside = () => must(play(waiting, asked(60)), 'awaiting-approval');
  const { approval } = executing();

  it('the plan stands while the look runs', () => {
    const { incident, effects } = transition(waiting, asked(60), environment);
    const { id, version, signed, expiresAt } = waiting;
    expect(incident).toMatchObject({ status: 'awaiting-approval', round: 1, version: version + 1, signed, expiresAt });
    expect(incident).toMatchObject({
      look: { by: 'U0SAM', askedAt: at(60), tries: 1, result: 'awaited' },
      dueAt: at(180),
    });
    expect(effects).toEqual([
      { type: 'investigate', incident: id, round: 1 },
      { type: 'announce', incident: id },
    ]);
    expect(noCheck(incident, at(400))).toBe('looking-already');
  });

  it('an approval meanwhile wins, and the late look changes nothing', () => {
    const approved = play(beside(), { type: 'approved', at: at(62), approval });
    expect(approved).toMatchObject({ status: 'executing', signed: waiting.signed });
    expect(play(approved, look(70)), 'found otherwise').toBe(approved);
    expect(play(approved, foundAgain(70)), 'found the same').toBe(approved);
  });

  it('the same finding leaves plan, diagnosis and expiry as they are, whatever is said of it', () => {
    const signed = offer(waiting.id);
    const [first] = signed.plan.steps;
    const prospect = { ...first.prospect, whatCouldGoWrong: 'said with other numbers' };
    const plan = { ...signed.plan, digest: 'another', steps: [{ ...first, prospect }] as const };
    for (const found of [foundAgain(70), foundAgain(70, { ...signed, plan })]) {
      const { incident, effects } = transition(beside(), found, environment);
      const { diagnosis, expiresAt } = waiting;
      expect(incident).toMatchObject({ status: 'awaiting-approval', diagnosis, expiresAt, dueAt: expiresAt });
      expect(incident).toMatchObject({ signed: waiting.signed, look: { result: 'same' } });
      expect(effects).toEqual([{ type: 'announce', incident: waiting.id }]);
      expect(play(incident, foundAgain(71)), 'a second answer to one question').toBe(incident);
    }
  });

  it('a look that cannot judge the cause takes nothing away', () => {
    const unchecked = [{ rule: 'connector-saturated', reason: 'the metrics could not be read' }];
    const blind = look(70, { diagnosis: { ...diagnosisOf(evidence()), unchecked } });
    expect(play(beside(), blind)).toMatchObject({ signed: waiting.signed, look: { result: 'unjudged' } });
  });

  it.each([
    ['health', { kind: 'none', reason: 'healthy', detail: '' }, { status: 'investigating', healthyLooks: 1 }],
    ['no cause', { kind: 'none', reason: 'no-cause', detail: '' }, { status: 'investigating', unexplainedLooks: 1 }],
    [
      'no change that may be made',
      { kind: 'none', reason: 'no-safe-action', detail: 'paused' },
      { status: 'escalated' },
    ],
  ] as const)('a look that comes to %s takes its place', (_, found, after) => {
    expect(play(beside(), look(70, { offer: found }))).toMatchObject(after);
  });

  it('another plan takes its place, with a time of its own', () => {
    const other = offer(waiting.id, brokenRelease);
    const found = look(70, {
      diagnosis: diagnosisOf(brokenRelease),
      offer: { kind: 'plan', signed: other, expiresAt: at(1870) },
    });
    expect(play(beside(), found)).toMatchObject({
      status: 'awaiting-approval',
      signed: other,
      expiresAt: at(1870),
      look: undefined,
    });
    const [first] = waiting.signed.plan.steps;
    const moved = { ...waiting.signed.plan, steps: [{ ...first, etag: '"2"' }] as const };
    const rewritten = { ...waiting.signed, plan: moved };
    expect(play(beside(), foundAgain(70, rewritten)), 'what is written over has moved').toMatchObject({
      signed: rewritten,
    });
  });

  it('a look that never comes to an answer is asked for three times, and the plan stands', () => {
    let incident: Incident = beside();
    for (const [seconds, tries] of [
      [180, 2],
      [300, 3],
    ] as const) {
      const { incident: after, effects } = transition(incident, timer(incident, seconds), environment);
      expect(after).toMatchObject({ signed: waiting.signed, look: { tries, result: 'awaited' } });
      expect(effects[0]).toEqual({ type: 'investigate', incident: waiting.id, round: 1 });
      incident = after;
    }
    const given = play(incident, timer(incident, 420));
    expect(given).toMatchObject({
      status: 'awaiting-approval',
      look: { result: 'no-answer' },
      dueAt: waiting.expiresAt,
    });
    expect(play(given, timer(given, 430)), 'nothing is due').toBe(given);
    expect(play(given, timer(given, 1805))).toMatchObject({ status: 'escalated', reason: 'nobody-decided' });
  });

  it('the look does not hold up the end of the offer', () => {
    const late = must(play(waiting, asked(1790)), 'awaiting-approval');
    expect(late.dueAt).toBe(waiting.expiresAt);
    expect(play(late, timer(late, 1805))).toMatchObject({ status: 'escalated', reason: 'nobody-decided' });
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
