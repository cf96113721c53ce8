import { describe, expect, it } from 'vitest';
import type { IncidentEvent } from '../../shared/incident/event.ts';
import type { Incident } from '../../shared/incident/incident.ts';
import { ESCALATED_LOOK_EVERY_SECONDS, UNEXPLAINED_LOOKS } from '../../shared/incident/moves.ts';
import { transition } from '../../shared/incident/transition.ts';
import { at, environment, evidence } from '../builders/evidence.ts';
import { awaiting, diagnosisOf, offer, opened, play, step, timer } from '../builders/incident.ts';

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
});
