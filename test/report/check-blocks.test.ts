import { describe, expect, it } from 'vitest';
import type { Incident } from '../../shared/incident/incident.ts';
import { card } from '../../shared/report/card.ts';
import { footer, toSettle } from '../../shared/report/check-blocks.ts';
import { noCheckWords, notTheirs } from '../../shared/report/check-refusals.ts';
import { type Click, parseClick, parseIncidentId } from '../../shared/report/click.ts';
import { theirOwnWords } from '../../shared/report/diagnosis-blocks.ts';
import { peopleIn, threadMessages } from '../../shared/report/timeline.ts';
import { at, environment, evidence, observed, past } from '../builders/evidence.ts';
import { awaiting, diagnosisOf, executing, opened, play, saturated } from '../builders/incident.ts';
import { people } from './stages.ts';

const shown = (incident: Incident): string => JSON.stringify(card({ incident, environment, trail: [] }).blocks);
const look = {
  type: 'investigated',
  at: at(5),
  round: 1,
  diagnosis: {
    ...diagnosisOf(evidence()),
    nextChecks: ['Open the <quota> page', 'Ask the network team'],
    said: [{ text: 'backend: 9 x "<oh>"', url: 'https://console.cloud.google.com/run' }, { text: 'auth: 2 x "no"' }],
  },
} as const;
const between = () => play(opened(), { ...look, offer: { kind: 'none', reason: 'no-cause', detail: 'nothing' } });
const escalated = () =>
  play(opened(), { ...look, offer: { kind: 'none', reason: 'no-safe-action', detail: 'nothing' } });

describe('the button that asks for a look', () => {
  it.each([
    ['between looks', between()],
    ['while a plan waits', awaiting()],
    ['in people’s hands', escalated()],
  ])('is there %s, and carries nothing but the incident', (_, incident) => {
    expect(card({ incident, environment, trail: [] }).blocks).toContainEqual({
      type: 'actions',
      block_id: `check/${incident.id}`,
      elements: [
        {
          type: 'button',
          action_id: 'check-again',
          text: { type: 'plain_text', text: 'Check again' },
          value: incident.id,
        },
      ],
    });
  });

  it('is not there while a look is awaited or a change is under way', () => {
    const beside = play(awaiting(), { type: 'check-asked', at: at(40), by: 'U0SAM' });
    for (const incident of [opened(), executing(), beside]) expect(shown(incident)).not.toContain('check-again');
    expect(shown(beside)).toContain('approve-plan');
  });

  it('stays for who comes right after somebody asked', () => {
    expect(shown({ ...between(), checkAskedAt: at(5) })).toContain('check-again');
  });
});

describe('what the logs say where no cause was found', () => {
  it('is said on the card, harmless whatever it says', () => {
    for (const incident of [between(), escalated()])
      expect(shown(incident)).toContain(
        '*Their logs say most:*\\n• <https://console.cloud.google.com/run|backend: 9 x \\"&lt;oh&gt;\\">\\n• auth: 2 x \\"no\\"',
      );
    expect(theirOwnWords(diagnosisOf(evidence()))).toEqual([]);
  });
});

describe('what would settle a doubt', () => {
  it('is said on the card, harmless whatever it says', () => {
    for (const incident of [between(), escalated()])
      expect(shown(incident)).toContain('*To settle it:*\\n• Open the &lt;quota&gt; page\\n• Ask the network team');
  });

  it('is four sentences at most, and nothing where there is no doubt', () => {
    expect(JSON.stringify(toSettle({ nextChecks: ['1', '2', '3', '4', '5'] }))).not.toContain('• 5');
    expect(toSettle({ nextChecks: [] })).toEqual([]);
  });
});

describe('what looks asked of Google', () => {
  it.each([
    [{ total: 38, logReads: 9 }, '38 Google API calls, 9 of them Logging reads.'],
    [{ total: 1, logReads: 0 }, '1 Google API call.'],
  ])('stands at the foot of the card', (googleCalls, words) => {
    const last = card({ incident: { ...opened(), googleCalls }, environment, trail: [] }).blocks.at(-1);
    expect(last).toMatchObject({ type: 'context', elements: [{ text: words }] });
  });

  it('is not said where nothing was asked', () => {
    expect(footer({ googleCalls: { total: 0, logReads: 0 } })).toEqual([]);
  });
});

describe('what was seen before', () => {
  const seen = (...ended: ReturnType<typeof past>[]) => {
    const diagnosis = diagnosisOf({ ...saturated, recurrence: observed({ days: 30, ended }) });
    return shown({ ...awaiting(), diagnosis });
  };
  it.each([
    [[past(), past()], 'Seen before: 2 times in 30 days; last on ', ': Scale the VPC connector, resolved in 9 min.'],
    [
      [past({ fixedBy: ['gone-action'] })],
      'Seen before: once in 30 days; last on ',
      ': gone-action, resolved in 9 min.',
    ],
    [[past({ outcome: 'recovered-by-itself', fixedBy: [] })], 'Seen before: once', ': recovered by itself in 9 min.'],
    [[past({ outcome: 'declined', fixedBy: [] })], 'Seen before: once', ': declined after 9 min.'],
  ])('is told under the cause', (ended, start, end) => {
    expect(seen(...ended)).toContain(start);
    expect(seen(...ended)).toContain(end);
  });

  it('is not told where nothing was', () => expect(seen()).not.toContain('Seen before'));
});

describe('a click that asks for a look', () => {
  const click: Click = { kind: 'check-again', incident: 'inc-1', user: 'U0SAM', channel: 'C0STAGING' };
  it('names an incident and no plan', () => {
    expect(parseClick(JSON.stringify(click))).toEqual(click);
    expect(() => parseClick(JSON.stringify({ ...click, incident: 'a/b' }))).toThrow();
    expect([parseIncidentId('inc-1'), parseIncidentId('a/b'), parseIncidentId(undefined)]).toEqual([
      'inc-1',
      undefined,
      undefined,
    ]);
  });

  it('is told in the thread, by the name of who asked', () => {
    const entry = {
      incident: 'inc-1',
      version: 2,
      at: at(20),
      by: 'chat',
      event: { type: 'check-asked', at: at(20), by: 'U0SAM' },
      from: 'escalated',
      to: 'investigating',
    } as const;
    expect(peopleIn([entry])).toEqual(['U0SAM']);
    expect(threadMessages([entry], 0, people(new Map([['U0SAM', 'Sam']])))).toMatchObject([
      { text: expect.stringContaining('Sam had it looked at again.'), kind: 'quiet' },
    ]);
  });

  it('has words for each reason why there is no look', () => {
    expect(Object.values(noCheckWords).every((words) => words.endsWith('.'))).toBe(true);
    const guest = { id: 'U1', name: 'Gus', standing: 'guest' } as const;
    expect([notTheirs(guest), notTheirs(undefined)]).toEqual([
      'Nothing was looked at: guests may not ask for a look. A member of this workspace can ask for it.',
      'Nothing was looked at: Slack does not know you. A member of this workspace can ask for it.',
    ]);
  });
});
