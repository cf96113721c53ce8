import { expect, it } from 'vitest';
import type { IncidentEvent } from '../../shared/incident/event.ts';
import type { Incident } from '../../shared/incident/incident.ts';
import { lookDueAt, PLATFORM_LOOK_EVERY_SECONDS } from '../../shared/incident/moves.ts';
import { at, environment } from '../builders/evidence.ts';
import { diagnosisOf, must, opened, play, step, timer } from '../builders/incident.ts';

const looked = (incident: Incident, seconds: number, reason: 'platform-incident' | 'healthy'): IncidentEvent => ({
  type: 'investigated',
  at: at(seconds),
  round: incident.round,
  diagnosis: diagnosisOf(),
  offer: { kind: 'none', reason, detail: 'Google has announced an incident that explains it' },
});

it("tells people once of Google's own incident, and looks again and again until it is over", () => {
  let incident: Incident = opened();
  for (const seconds of [5, 615, 1225, 1835, 7200]) {
    const { incident: told, effects } = step(incident, looked(incident, seconds, 'platform-incident'));
    const escalated = must(told, 'escalated');
    // The same call each time, which is made once; never the next level.
    expect(effects).toContainEqual({ type: 'escalate', incident: incident.id, level: 0 });
    expect(escalated).toMatchObject({ since: at(5), dueAt: at(seconds + PLATFORM_LOOK_EVERY_SECONDS) });
    expect(lookDueAt(escalated, environment)).toBe(escalated.dueAt);
    const due = step(escalated, timer(escalated, seconds + PLATFORM_LOOK_EVERY_SECONDS));
    expect(due.effects.map(({ type }) => type)).toEqual(['investigate', 'announce']);
    incident = due.incident;
  }
  const once = play(incident, looked(incident, 7805, 'healthy'));
  const again = play(once, timer(once, 7900));
  expect(must(play(again, looked(again, 7905, 'healthy')), 'closed').outcome).toEqual({
    kind: 'resolved',
    by: 'itself',
  });
});
