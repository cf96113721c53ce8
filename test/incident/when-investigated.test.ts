import { describe, expect, it } from 'vitest';
import type { IncidentEvent } from '../../shared/incident/event.ts';
import type { Incident } from '../../shared/incident/incident.ts';
import {
  ESCALATED_LOOK_EVERY_SECONDS,
  lookDueAt,
  nextCall,
  UNANSWERED_LOOK_EVERY_SECONDS,
  UNEXPLAINED_LOOKS,
} from '../../shared/incident/moves.ts';
import { transition } from '../../shared/incident/transition.ts';
import { at, environment, evidence } from '../builders/evidence.ts';
import { awaiting, diagnosisOf, must, offer, opened, play, step, timer } from '../builders/incident.ts';

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

  it.each([
    ['metrics may be late before it says that it found no cause', 'no-cause', 'no-cause'],
    ['another incident may take over what would help', 'being-changed', 'no-safe-action'],
  ] as const)('looks as long as %s', (_, found, reason) => {
    const none = (seconds: number): IncidentEvent => ({
      type: 'investigated',
      at: at(seconds),
      round: 1,
      diagnosis: diagnosisOf(evidence()),
      offer: { kind: 'none', reason: found, detail: 'nothing fits' },
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
      reason,
      detail: 'nothing fits',
      level: 1,
      dueAt: at(600 + ESCALATED_LOOK_EVERY_SECONDS),
    });
    expect(effects).toContainEqual({ type: 'escalate', incident: after.id, level: 0 });
  });

  it('hands a plan that is only shown to people at once, and calls them for it once', () => {
    const signed = offer(opened().id);
    const shown = (seconds: number, round: number): IncidentEvent => ({
      type: 'investigated',
      at: at(seconds),
      round,
      diagnosis: diagnosisOf(),
      offer: { kind: 'observed', signed, setting: 'environments.staging.observe' },
    });
    const incident = play(opened(), shown(5, 1));
    expect(incident).toMatchObject({
      status: 'escalated',
      reason: 'observed',
      detail: expect.stringMatching(
        /^observe mode \(environments\.staging\.observe is true\): .* Who maintains runmedic\.yaml can lift it$/,
      ),
      lapsed: { signed, expiredAt: undefined },
    });
    const again = play(incident, { type: 'check-asked', at: at(60), by: 'U0SAM' });
    expect(play(again, shown(65, again.round))).toMatchObject({ status: 'escalated', since: at(5), level: 1 });
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

  describe('whose looks all stayed without an answer', () => {
    const unanswered = [120, 240, 360].reduce<Incident>(
      (incident, seconds) => play(incident, timer(incident, seconds)),
      opened(),
    );
    const answer = (seconds: number, of: Partial<Extract<IncidentEvent, { type: 'investigated' }>> = {}) =>
      ({
        type: 'investigated',
        at: at(seconds),
        round: 1,
        diagnosis: diagnosisOf(),
        offer: { kind: 'plan', signed: offer(unanswered.id), expiresAt: at(2200) },
        ...of,
      }) as const satisfies IncidentEvent;

    it('offers the plan of an answer that comes once people were called', () => {
      expect(unanswered).toMatchObject({ status: 'escalated', reason: 'investigation-failed', round: 1 });
      const offered = play(unanswered, answer(400));
      expect(offered).toMatchObject({ status: 'awaiting-approval', round: 1, version: unanswered.version + 1 });
      expect(offered).not.toHaveProperty('reason');
      expect(play(offered, answer(401)), 'a second answer to one question').toBe(offered);
    });

    it('takes no other round for its own', () => {
      expect(play(unanswered, answer(400, { round: 2 }))).toBe(unanswered);
    });

    it('is looked at once more before it closes by itself, and remembers that people were called', () => {
      const healthy = { offer: { kind: 'none', reason: 'healthy', detail: '' } } as const;
      const once = play(unanswered, answer(400, healthy));
      expect(once).toMatchObject({
        status: 'investigating',
        healthyLooks: 1,
        tries: 0,
        paged: { reason: 'investigation-failed', since: at(360), level: 1 },
      });
      expect(play(once, timer(once, 440), answer(445, healthy))).toMatchObject({ status: 'closed' });
    });

    it('calls people for what the late answer found', () => {
      const none = { offer: { kind: 'none', reason: 'no-safe-action', detail: 'at its maximum' } } as const;
      expect(step(unanswered, answer(400, none))).toMatchObject({
        incident: { status: 'escalated', reason: 'no-safe-action', since: at(400) },
        effects: [{ type: 'escalate', level: 0 }, { type: 'announce' }],
      });
    });

    it('is looked at again within ten minutes, in the same round, so that what is under way may still answer', () => {
      expect(unanswered).toMatchObject({ dueAt: at(360 + UNANSWERED_LOOK_EVERY_SECONDS) });
      const { incident, effects } = step(unanswered, timer(unanswered, 960));
      expect(incident).toMatchObject({ status: 'investigating', round: 1, tries: 1 });
      expect(effects[0]).toEqual({ type: 'investigate', incident: incident.id, round: 1 });
      expect(play(incident, answer(970))).toMatchObject({ status: 'awaiting-approval' });
    });

    it.each([
      ['sooner than the look', 300, 360 + 300, 1],
      ['later than it', 900, 360 + UNANSWERED_LOOK_EVERY_SECONDS, undefined],
    ])('tells a level that is due %s in its time', (_, afterSeconds, dueSeconds, told) => {
      const environmentNow = { ...environment, escalation: [{ afterSeconds, users: [], usergroups: [] }] };
      const before = [120, 240].reduce<Incident>(
        (incident, seconds) => play(incident, timer(incident, seconds)),
        opened(),
      );
      const { incident } = transition(before, timer(before, 360), environmentNow);
      expect(incident).toMatchObject({ status: 'escalated', dueAt: at(dueSeconds) });
      const { effects } = transition(incident, timer(incident, dueSeconds), environmentNow);
      expect(effects.find(({ type }) => type === 'escalate')).toEqual(
        told === undefined ? undefined : { type: 'escalate', incident: incident.id, level: told },
      );
      expect(lookDueAt(must(incident, 'escalated'), environmentNow)).toBe(
        told === undefined ? at(dueSeconds) : at(dueSeconds + UNANSWERED_LOOK_EVERY_SECONDS),
      );
    });
  });

  it.each([
    ['after the levels that are left', 1, at(5 + 4 * 3600 + ESCALATED_LOOK_EVERY_SECONDS)],
    ['in an hour where none is left', 3, at(5 + ESCALATED_LOOK_EVERY_SECONDS)],
  ])('is looked at again %s once people have it', (_, level, look) => {
    const paged = { reason: 'no-safe-action', since: at(5), level } as const;
    const dueAt = nextCall(paged, { at: at(5), environment });
    expect(lookDueAt({ ...paged, dueAt }, environment)).toBe(look);
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
});
