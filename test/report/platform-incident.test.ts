import { describe, expect, it } from 'vitest';
import type { Diagnosis } from '../../shared/diagnosis/diagnosis.ts';
import type { IncidentEvent } from '../../shared/incident/event.ts';
import { card } from '../../shared/report/card.ts';
import { escalationMessage } from '../../shared/report/escalation-message.ts';
import { threadMessages } from '../../shared/report/timeline.ts';
import { at, environment } from '../builders/evidence.ts';
import { diagnosisOf, must } from '../builders/incident.ts';
import { readable } from './readable.ts';
import { due, next, people, type Stage, staged } from './stages.ts';

const EVENT = 'projects/acme-staging/locations/global/events/e1';
const LINKS =
  '<https://console.cloud.google.com/servicehealth/incidentDetails/projects%2Facme-staging%2Flocations%2Fglobal%2Fevents%2Fe1?project=acme-staging|Service Health>, <https://status.cloud.google.com/|status.cloud.google.com>';

function googles(target: string): Diagnosis {
  const diagnosis = diagnosisOf();
  if (diagnosis.root === undefined) throw new Error('this evidence has no root');
  const claim = 'Google Cloud has an incident of Cloud Run: "Instances fail to start".';
  return { ...diagnosis, root: { ...diagnosis.root, rule: 'platform-incident', target, claim } };
}

const announced = (seconds: number, round = 1): IncidentEvent => ({
  type: 'investigated',
  at: at(seconds),
  round,
  diagnosis: googles(EVENT),
  offer: { kind: 'none', reason: 'platform-incident', detail: 'Google has announced an incident that explains it' },
});
const unannounced: IncidentEvent = {
  type: 'investigated',
  at: at(5),
  round: 1,
  diagnosis: googles('projects/acme-staging/locations/us-central1'),
  offer: { kind: 'none', reason: 'no-safe-action', detail: 'it looks like trouble of Google Cloud itself' },
};

const shown = ({ incident, trail }: Stage) => readable(card({ incident, trail, environment }).blocks);
const called = ({ incident }: Stage) => escalationMessage(incident, { level: 0, since: at(5) }, environment).text;

describe("Google's own incident", () => {
  const WHY = `Google has announced an incident that explains it. Change nothing for it: no change of yours would help, and one made now would have to be taken back. runmedic offers none, and looks again every 10 min until it is over. Google tells how it goes on: ${LINKS}.`;

  it('is on the card as what it is, with nothing to be done, why, and where Google tells of it', () => {
    const text = shown(staged(announced(5)));
    expect(text).toContain(
      ':cloud: Critical: staging (backend, auth, frontend) · Google Cloud incident, nothing to change',
    );
    expect(text).toContain(`*Nothing to be done here: Google Cloud has an incident.*\n${WHY}`);
    expect(text).toContain('runmedic looks again when somebody clicks *Check again*');
    expect(text).not.toMatch(/Needs people|Recommended change|Approve|By hand/);
  });

  it('is told once, in calm words', () => {
    expect(called(staged(announced(5)))).toBe(
      [
        '<!subteam^S0ONCALL> <@U0ANN> *Critical: staging (backend, auth, frontend) · Google Cloud incident, nothing to change.*',
        WHY,
        '*Root cause as last found: Google Cloud incident* (certain)',
        'Google Cloud has an incident of Cloud Run: "Instances fail to start".',
      ].join('\n'),
    );
  });

  it('is in the thread once, however often it is found again', () => {
    const first = staged(announced(5));
    const again = next(next(first, due(first, 605)), announced(610, 2));
    expect(must(again.incident, 'escalated').round).toBe(2);
    const texts = threadMessages(again.trail, 0, people(new Map())).map(({ text }) =>
      text.replaceAll(/<!date[^>]*> /g, ''),
    );
    expect(texts).toEqual([
      'Google Cloud has an incident: nothing is to be changed here. Looking again every 10 min until it is over.',
    ]);
  });
});

describe('an incident that looks like one, and that nobody has announced', () => {
  it('is given to people to look at, with no change and where Google would tell of it', () => {
    const why =
      'It looks like trouble of Google Cloud itself. Nothing that was looked at here explains it, so that runmedic offers no change. See <https://status.cloud.google.com/|status.cloud.google.com>, and open a support case where it says nothing. *Check again* on the card has runmedic look anew.';
    expect(shown(staged(unannounced))).toContain(`*Needs people: no safe change to offer.*\n${why}`);
    expect(called(staged(unannounced))).toContain(why);
  });
});
