import { describe, expect, it } from 'vitest';
import { START_SECONDS_MAX, type TestResult } from '../../shared/incident/end-to-end.ts';
import type { IncidentEvent } from '../../shared/incident/event.ts';
import { transition } from '../../shared/incident/transition.ts';
import { withoutEnvironment } from '../../shared/incident/without-environment.ts';
import type { Environment } from '../../shared/policy/policy.ts';
import { card } from '../../shared/report/card.ts';
import { endToEndLine, resultWords } from '../../shared/report/end-to-end-words.ts';
import { escalationMessage } from '../../shared/report/escalation-message.ts';
import { threadMessages } from '../../shared/report/timeline.ts';
import { at, environment } from '../builders/evidence.ts';
import { timer } from '../builders/incident.ts';
import { readable } from './readable.ts';
import { people, type Stage, seen, stageOf, without } from './stages.ts';

const tested: Environment = {
  ...environment,
  endToEnd: { kind: 'github', repository: 'acme/shop', workflow: 'e2e.yml', ref: 'main', timeoutSeconds: 1200 },
};
const run = { name: 'repos/acme/shop/actions/runs/7', url: 'https://github.com/acme/shop/actions/runs/7' };
const LINK = '<https://github.com/acme/shop/actions/runs/7|';

/** As `next` of the stages, where there are tests. */
function on({ incident, trail }: Stage, event: IncidentEvent): Stage {
  const { incident: after } = transition(incident, event, tested);
  const { id, version, status: to } = after;
  const entry = { incident: id, version, at: event.at, by: 'retest', event, from: incident.status, to };
  return after.version === incident.version ? { incident, trail } : { incident: after, trail: [...trail, entry] };
}

const starting = (): Stage =>
  on(
    [240, 300].reduce((stage, seconds) => on(stage, seen('recovered', seconds)), stageOf('verifying')),
    seen('recovered', 360),
  );
const began: IncidentEvent = { type: 'tests-started', at: at(380), run, deadline: at(1580) };
const running = (): Stage => on(on(starting(), { type: 'tests-claimed', at: at(365), by: 'a' }), began);
const ended = (result: TestResult, stage = running()): Stage => on(stage, { type: 'tests-ended', at: at(500), result });

const shown = ({ incident, trail }: Stage) => readable(card({ incident, trail, environment: tested }).blocks);
const told = ({ trail }: Stage) =>
  threadMessages(trail, 0, people(new Map()))
    .map(({ kind, text }) => `${kind}: ${text.replaceAll(/<!date[^>]*> /g, '')}`)
    .slice(-1);

const FAILED: TestResult = { kind: 'failed', detail: 'failure' };
const REFUSED: TestResult = { kind: 'not-started', detail: 'github POST on x: 401: Bad credentials' };

describe('the card of what is resolved', () => {
  it.each<[string, Stage, string]>([
    ['being started', starting(), '… *End-to-end tests*: being started'],
    ['running', running(), `… *End-to-end tests*: ${LINK}running>`],
    ['passed', ended({ kind: 'passed' }), `✓ *End-to-end tests*: ${LINK}passed>`],
    ['failed', ended(FAILED), `✗ *End-to-end tests*: ${LINK}failed> (failure)`],
    [
      'timed out',
      ended({ kind: 'timed-out' }),
      `? *End-to-end tests*: ${LINK}not ended in time>; they are not followed any more`,
    ],
    [
      'refused',
      ended(REFUSED, starting()),
      '? *End-to-end tests*: could not be started: github POST on x: 401: Bad credentials',
    ],
    [
      'unread',
      ended({ kind: 'unread', detail: '404' }),
      `? *End-to-end tests*: ${LINK}started>, and how they ended cannot be read: 404`,
    ],
  ])('has them as its last success criterion: %s', (_, stage, line) => {
    const text = shown(stage);
    expect(text).toContain(`*check of the cause (VPC connector saturated)*: 40 %\n${line}`);
  });

  it('says so at the top when they failed, and only then', () => {
    expect(shown(ended(FAILED))).toContain(
      ':warning: Critical: staging (backend, auth, frontend) · Resolved, end-to-end tests failed',
    );
    expect(shown(ended({ kind: 'passed' }))).toContain(':white_check_mark:');
    expect(shown(ended({ kind: 'timed-out' }))).toMatch(/:white_check_mark:.+· Resolved\n/);
  });

  it('has them also where it recovered by itself', () => {
    const { incident, trail } = [without('healthy', 5)].reduce(on, stageOf('investigating'));
    const once = { incident, trail };
    const twice = on(on(once, timer(incident, 60)), without('healthy', 65));
    expect(shown(twice)).toContain('Nothing wrong is seen any more.\n… *End-to-end tests*: being started');
  });
});

describe('the thread', () => {
  it.each<[string, Stage, string]>([
    ['they began', running(), `End-to-end tests: ${LINK}started>.`],
    ['they passed', ended({ kind: 'passed' }), `*End-to-end tests:* ${LINK}passed>.`],
    ['they failed, which calls people by itself', ended(FAILED), `*End-to-end tests:* ${LINK}failed> (failure).`],
  ])('says quietly that %s', (_, stage, line) => {
    expect(told(stage)[0]).toContain(line);
    expect(told(stage)[0]).toMatch(/^quiet: /);
  });

  it('tells the channel that nobody knows how they went', () => {
    expect(told(ended(REFUSED, starting()))).toEqual([
      'told: *End-to-end tests:* could not be started: github POST on x: 401: Bad credentials.',
    ]);
    const lost = running();
    expect(told(on(lost, timer(lost.incident, 1580)))).toEqual([
      `told: *End-to-end tests:* ${LINK}not ended in time>; they are not followed any more.`,
    ]);
    const unheard = starting();
    expect(told(on(unheard, timer(unheard.incident, 360 + START_SECONDS_MAX)))).toEqual([
      'told: *End-to-end tests:* could not be started: nobody had started them within 30 min.',
    ]);
  });

  it('says nothing of being asked for once more, nor of a claim', () => {
    const stage = running();
    const asked = on(stage, timer(stage.incident, 980));
    expect(asked.trail).toHaveLength(stage.trail.length + 1);
    expect(told(asked)).toEqual(told(stage));
    const unheard = starting();
    expect(told(on(unheard, timer(unheard.incident, 960)))).toEqual(told(unheard));
    expect(told(on(starting(), { type: 'tests-claimed', at: at(365), by: 'a' }))).toEqual(told(starting()));
  });

  it('says that they are not waited for where the environment is gone', () => {
    const { incident, trail } = running();
    const { incident: after } = withoutEnvironment(incident, at(600));
    const event = { type: 'environment-removed', at: at(600) } as const;
    const entry = {
      incident: after.id,
      version: after.version,
      at: at(600),
      by: 'patrol',
      event,
      from: 'closed',
      to: 'closed',
    } as const;
    expect(told({ incident: after, trail: [...trail, entry] })[0]).toContain(
      'Its environment was removed from the configuration, and its end-to-end tests are not waited for.',
    );
  });
});

describe('the message that calls people for tests that failed', () => {
  it('says what failed, where to look, and that nothing is undone', () => {
    const { text } = escalationMessage(ended(FAILED).incident, { level: 0, since: at(500) }, tested);
    expect(text).toBe(
      [
        '<!subteam^S0ONCALL> <@U0ANN> *Critical: staging (backend, auth, frontend) · Resolved, end-to-end tests failed.*',
        `✗ *End-to-end tests*: ${LINK}failed> (failure)`,
        'Users were seen to be served again, so runmedic undoes nothing and changes nothing more: see what the tests found, and whether it belongs to this incident.',
      ].join('\n'),
    );
  });
});

describe('an unknown kind', () => {
  it('is refused aloud', () => {
    expect(() => endToEndLine({ status: 'foreign' } as never)).toThrow(/^unhandled: .*foreign/);
    expect(() => resultWords({ kind: 'foreign' } as never, run)).toThrow(/^unhandled: .*foreign/);
  });
});
