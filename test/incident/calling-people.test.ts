import { describe, expect, it } from 'vitest';
import type { IncidentEvent } from '../../shared/incident/event.ts';
import type { Incident } from '../../shared/incident/incident.ts';
import { ROUNDS_MAX } from '../../shared/incident/moves.ts';
import { at, evidence } from '../builders/evidence.ts';
import {
  alertNote,
  approvalOf,
  awaiting,
  diagnosisOf,
  executing,
  must,
  offer,
  opened,
  play,
  step,
  timer,
} from '../builders/incident.ts';

const types = (effects: readonly { readonly type: string }[]) => effects.map(({ type }) => type);

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
