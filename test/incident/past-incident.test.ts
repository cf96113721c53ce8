import { expect, it } from 'vitest';
import type { IncidentEvent } from '../../shared/incident/event.ts';
import { pastIncident } from '../../shared/incident/past-incident.ts';
import { at, CONNECTOR, evidence } from '../builders/evidence.ts';
import { awaiting, diagnosisOf, looked, must, opened, play, verifying } from '../builders/incident.ts';

const root = { rule: 'connector-saturated', target: CONNECTOR };

it('what is still open is not past', () => {
  expect(pastIncident(opened())).toBeUndefined();
});

it('a change that was proven is what fixed it', () => {
  const incident = verifying();
  const good = [300, 360, 420].map(
    (seconds): IncidentEvent => ({
      type: 'verified',
      at: at(seconds),
      digest: incident.signed.plan.digest,
      recovery: looked('recovered'),
    }),
  );
  const closed = play(incident, ...good);
  expect(pastIncident(closed)).toEqual({
    id: incident.id,
    openedAt: incident.openedAt,
    closedAt: at(420),
    root,
    services: incident.subject.services,
    fixedBy: ['scale-connector'],
    outcome: 'resolved',
  });
  // A look that found nothing wrong any more names no root.
  expect(pastIncident({ ...must(closed, 'closed'), diagnosis: undefined })).toMatchObject({ root });
  expect(pastIncident({ ...must(closed, 'closed'), signed: undefined })).toMatchObject({
    outcome: 'resolved',
    fixedBy: [],
  });
});

it('what was declined was fixed by nothing of ours', () => {
  const incident = awaiting();
  const refusal = { approver: 'U0ANN', reason: 'we drain it ourselves', at: at(90) };
  const rejected = { type: 'rejected', at: at(90), digest: incident.signed.plan.digest, refusal } as const;
  expect(pastIncident(play(incident, rejected))).toMatchObject({ root, fixedBy: [], outcome: 'declined' });
});

it('what recovered by itself may have had no cause that was found', () => {
  const healthy = (seconds: number): IncidentEvent => ({
    type: 'investigated',
    at: at(seconds),
    round: 1,
    diagnosis: diagnosisOf(evidence()),
    offer: { kind: 'none', reason: 'healthy', detail: 'nothing wrong was seen' },
  });
  const due = { type: 'timer-due', at: at(50), version: 2 } as const;
  expect(pastIncident(play(opened(), healthy(5), due, healthy(60)))).toMatchObject({
    root: undefined,
    fixedBy: [],
    outcome: 'recovered-by-itself',
  });
  const closed = play(verifying(), {
    type: 'verified',
    at: at(300),
    digest: verifying().signed.plan.digest,
    recovery: looked('recovered'),
  });
  expect(pastIncident(closed)).toBeUndefined();
});
