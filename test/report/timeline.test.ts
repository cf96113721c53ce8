import { describe, expect, it } from 'vitest';
import type { IncidentEvent } from '../../shared/incident/event.ts';
import type { AuditEntry } from '../../shared/incident/store.ts';
import { peopleIn, threadMessages } from '../../shared/report/timeline.ts';
import { at } from '../builders/evidence.ts';
import { alertNote, must } from '../builders/incident.ts';
import {
  approved,
  awaitingStage,
  due,
  next,
  offered,
  people,
  rejected,
  type Stage,
  staged,
  stageOf,
  stages,
  started,
  stepFinished,
  without,
} from './stages.ts';

const names = people(
  new Map([
    ['U0ANN', 'Ann Lindqvist'],
    ['U0BEN', 'Ben <b> & co'],
  ]),
);
const bare = (text: string) => text.replaceAll(/<!date[^>]*> /g, '');
const told = ({ trail }: Stage, from = 0) =>
  threadMessages(trail, from, names).map(({ kind, text }) => `${kind}: ${bare(text)}`);

describe('the thread', () => {
  it.each(Object.entries(stages))('tells what happened: %s', (_, stage) => {
    expect(`\n${told(stage).join('\n')}\n`).toMatchSnapshot();
  });

  it.each(Object.entries(stages))('mentions nobody but who has to do something by hand: %s', (_, stage) => {
    const others = told(stage).filter((line) => !line.includes('*To be done by hand.*'));
    expect(others.join('\n')).not.toMatch(/<@|<!subteam|<!channel|<!here/);
  });

  it('calls those who may say that it is done, once', () => {
    const lines = told(stageOf('to be done by hand again')).filter((line) => line.includes('*To be done by hand.*'));
    expect(lines).toEqual([
      'told: <!subteam^S0ONCALL> <@U0ANN> *To be done by hand.* Firewall blocks the way. Disable firewall rule deny-databases: how is on the card. Press *Done* there when it is.',
      'told: *To be done by hand.* Firewall blocks the way. Disable firewall rule deny-databases: how is on the card. Press *Done* there when it is.',
    ]);
  });

  it('says who did it by hand', () => {
    expect(told(stageOf('done by hand, resolved')).join('\n')).toContain(
      'Done by Ann Lindqvist, by hand: Disable firewall rule deny-databases. Now recovery is checked.',
    );
  });

  it('puts quiet lines together and those that are told by themselves', () => {
    const messages = threadMessages(stages.resolved.trail, 0, names);
    expect(messages.map(({ kind, text }) => [kind, text.split('\n').length])).toEqual([
      ['told', 1],
      ['quiet', 5],
      ['told', 1],
    ]);
  });

  it('goes on where it was left', () => {
    const { trail } = stages.resolved;
    const all = threadMessages(trail, 0, names);
    const [first] = all;
    expect(threadMessages(trail, first?.upTo ?? 0, names)).toEqual(all.slice(1));
    expect(threadMessages(trail, trail.length, names)).toEqual([]);
    expect(all.at(-1)?.upTo).toBe(trail.length);
  });

  it('leaves being handed to people to the escalation, which calls them', () => {
    const failed = staged(offered(), approved(), started, stepFinished({ kind: 'failed', detail: 'quota' }));
    expect(told(failed, 4)).toEqual(['quiet: *Failed:* Scale connector staging-connector. Quota.']);
    const moved = staged(offered(), approved(), stepFinished({ kind: 'moved', detail: 'max is 5' }));
    expect(told(moved, 3)).toEqual([
      'told: *Not made:* Scale connector staging-connector. Someone changed it meanwhile: max is 5.',
    ]);
    const refused = staged(offered(), approved(), stepFinished({ kind: 'refused', detail: 'it is paused' }));
    expect(told(refused, 3)).toEqual([
      'told: *Not made:* Scale connector staging-connector. Refused right before the write: it is paused.',
    ]);
    expect(told(stages['not what was signed'], 3)).toEqual([
      'quiet: *Not made:* Scale connector staging-connector. It is not what was signed: its digest differs.',
    ]);
  });

  it.each([
    ['an investigation', 'the investigation failed', 'quiet: No answer came from the investigation.'],
    ['a decision', 'nobody decided', 'quiet: Nobody decided in time.'],
    ['the end of a change', 'the change did not end', 'quiet: The change did not end in time.'],
    ['an answer about recovery', 'no look came back', 'quiet: No look at recovery came to an answer in time.'],
  ] as const)('says what did not come in time when a timer hands it to people: %s', (_, name, line) => {
    const { trail } = stages[name];
    expect(told(stages[name], trail.length - 1)).toEqual([line]);
  });

  it('counts a storm of alerts instead of listing it', () => {
    const storm = Array.from({ length: 40 }, (_, index): IncidentEvent => {
      const alert = alertNote(`0.${index}/open`, { policy: `policy ${index}` });
      return { type: 'alert-joined', at: at(index), alert, services: [] };
    });
    const [message, ...rest] = told(staged(...storm));
    expect(rest).toEqual([]);
    expect(message?.split('\n')).toHaveLength(15);
    expect(message).toContain('… 26 more …');
    expect(message).toContain('policy 39');
  });

  it('says once what look after look says', () => {
    const looked = (['not-yet', 'not-yet', 'inconclusive', 'inconclusive', 'not-yet'] as const).reduce(
      (stage, verdict, index) =>
        next(stage, {
          type: 'verified',
          at: at(240 + index * 60),
          digest: stage.incident.status === 'verifying' ? stage.incident.signed.plan.digest : '',
          recovery: { verdict, checks: [{ name: 'http', status: 'failed', detail: '503' }] },
        }),
      stages['changed, not looked at'],
    );
    const lines = told(looked, stages['changed, not looked at'].trail.length).join('\n').split('\n');
    expect(lines.map((line) => line.split(':')[0])).toEqual([
      'quiet',
      'Recovery could not be measured',
      'Not recovered yet',
    ]);
  });

  it('says once that look after look found no cause, and says when that changes', () => {
    let stage: Stage = staged(without('no-cause', 5));
    for (const seconds of [65, 125]) stage = next(next(stage, due(stage, seconds)), without('no-cause', seconds + 5));
    expect(told(stage)).toEqual(['quiet: No cause found. Looking again. Told to be no-cause.']);
    const healthy = next(next(stage, due(stage, 185)), without('healthy', 190));
    expect(told(healthy).join('\n').split('\n')).toHaveLength(2);
  });

  it.each([
    ['stood-already', 'quiet: Already as approved, nothing was written: Scale connector staging-connector.'],
    ['done', 'quiet: Done: Scale connector staging-connector. Now recovery is checked.'],
  ] as const)('says of a step that it %s', (kind, line) => {
    expect(told(staged(offered(), approved(), stepFinished({ kind })), 3)).toEqual([line]);
  });

  it.each([
    [{ kind: 'done' } as const, 'told: *Undone:* Shift backend back to backend-00002.'],
    [{ kind: 'stood-already' } as const, 'told: *Undone:* Shift backend back to backend-00002.'],
    [
      { kind: 'moved', detail: 'traffic is split' } as const,
      'quiet: *Undoing failed:* Shift backend back to backend-00002. Traffic is split.',
    ],
    [
      { kind: 'failed', detail: 'etag' } as const,
      'quiet: *Undoing failed:* Shift backend back to backend-00002. Etag.',
    ],
    [
      { kind: 'not-genuine', detail: 'its digest differs' } as const,
      'quiet: *Undoing failed:* Shift backend back to backend-00002. Its digest differs.',
    ],
    [
      { kind: 'refused', detail: 'it is paused' } as const,
      'quiet: *Undoing failed:* Shift backend back to backend-00002. It is paused.',
    ],
  ])('says what came of undoing: %o', (result, line) => {
    const { incident, trail } = stages.undoing;
    const digest = incident.status === 'executing' ? incident.signed.plan.digest : '';
    const undone = next(stages.undoing, {
      type: 'step-finished',
      at: at(400),
      digest,
      step: 0,
      direction: 'undo',
      result,
    });
    expect(told(undone, trail.length)).toEqual([line]);
  });

  it('says what an alert that joins names, and that it is a reason to look again', () => {
    const joined = (state: 'open' | 'closed', services: readonly string[]): IncidentEvent => ({
      type: 'alert-joined',
      at: at(30),
      alert: alertNote(`0.def/${state}`),
      services,
    });
    expect(told(staged(joined('open', ['auth', 'frontend'])), 1)).toEqual([
      'quiet: Alert open: 5xx of backend (auth, frontend).',
    ]);
    expect(told(staged(offered(), joined('closed', [])), 2)).toEqual([
      'quiet: Alert closed: 5xx of backend. Looking again.',
    ]);
  });

  it('says what was found where there is no safe change, and what would help where nobody may approve it', () => {
    const { diagnosis } = awaitingStage();
    const none = { ...without('no-safe-action', 5), diagnosis } as IncidentEvent;
    expect(told(staged(none), 1)).toEqual([
      'quiet: VPC connector saturated, and no change to offer. Told to be no-safe-action.',
    ]);
    const [opened, entry] = staged(offered()).trail;
    const called = entry === undefined ? [] : [{ ...entry, to: 'escalated' as const }];
    expect(
      threadMessages([...(opened ? [opened] : []), ...called], 1, names).map(({ kind, text }) => [kind, bare(text)]),
    ).toEqual([
      [
        'quiet',
        expect.stringMatching(/^\*Nobody may approve what would help\.\* VPC connector saturated\. Scale connector/),
      ],
    ]);
  });

  it('offers a plan without naming a cause where the diagnosis holds none', () => {
    const event = { ...offered(), diagnosis: { ...awaitingStage().diagnosis, root: undefined } } as IncidentEvent;
    expect(told(staged(event), 1)).toEqual([
      expect.stringMatching(/^told: \*Approval needed\.\* Scale connector staging-connector: /),
    ]);
  });

  it('leaves recovery out of the first of two steps', () => {
    const first = stages['first of two steps'];
    const { signed } = must(first.incident, 'executing');
    const after = next(first, {
      type: 'step-finished',
      at: at(180),
      digest: signed.plan.digest,
      step: 0,
      direction: 'apply',
      result: { kind: 'done' },
    });
    expect(told(after, first.trail.length)).toEqual(['quiet: Done: Scale connector staging-connector.']);
  });

  it.each<[string, unknown]>([
    ['an event', { type: 'foreign' }],
    ['the result of a step', { type: 'step-finished', direction: 'apply', result: { kind: 'foreign' } }],
    ['the result of undoing one', { type: 'step-finished', direction: 'undo', result: { kind: 'foreign' } }],
    ['a verdict', { type: 'verified', recovery: { verdict: 'foreign', checks: [] } }],
  ])('is refused aloud where no type lets it in: %s', (_, event) => {
    const [, entry] = staged(offered()).trail;
    if (entry === undefined) throw new Error('no entry');
    const foreign = { ...entry, to: 'verifying', event: { ...(event as object), at: at(9), digest: 'd', step: 0 } };
    expect(() => threadMessages([foreign as AuditEntry], 0, names)).toThrow(/^unhandled: .*foreign/);
  });

  it('names a step by its number where the trail holds no plan for it', () => {
    const { trail } = staged(offered(), approved(), stepFinished({ kind: 'done' }));
    expect(threadMessages(trail.slice(2), 1, names).map(({ text }) => bare(text))).toEqual([
      'Done: step 1. Now recovery is checked.',
    ]);
  });

  it('says that a plan has more steps than its line', () => {
    const waiting = awaitingStage();
    const [step] = waiting.signed.plan.steps;
    const signed = { ...waiting.signed, plan: { ...waiting.signed.plan, steps: [step, step, step] as const } };
    const offer = { kind: 'plan', signed, expiresAt: waiting.expiresAt } as const;
    const event = { type: 'investigated', at: at(5), round: 1, diagnosis: waiting.diagnosis, offer } as const;
    expect(told(staged(event))).toEqual([expect.stringMatching(/, and 2 more on the card$/)]);
  });

  it('says who decided by id where the name is not known', () => {
    const [, , entry] = staged(offered(), rejected).trail;
    const lines = threadMessages(entry === undefined ? [] : [entry], 0, people());
    expect(lines.map(({ text }) => bare(text))).toEqual(['Declined by U0BEN: Traffic falls already']);
  });

  it('keeps to what a section holds', () => {
    const storm = Array.from({ length: 15 }, (_, index): IncidentEvent => {
      const alert = alertNote(`0.${index}/open`, { policy: '&'.repeat(500) });
      return { type: 'alert-joined', at: at(index), alert, services: [] };
    });
    const reason = '<'.repeat(500);
    const declined = { ...rejected, refusal: { approver: 'U0BEN', reason, at: at(70) } };
    const { trail } = staged(offered(), ...storm, declined);
    const messages = threadMessages(trail, 0, names);
    expect(messages).toHaveLength(2);
    for (const { text } of messages) expect(text.length).toBeLessThanOrEqual(3000);
  });
});

describe('peopleIn', () => {
  it('names who decided, once', () => {
    expect(peopleIn(staged(offered(), rejected).trail)).toEqual(['U0BEN']);
    expect(peopleIn(stages.resolved.trail)).toEqual(['U0ANN']);
    expect(peopleIn(stages.investigating.trail)).toEqual([]);
  });
});
