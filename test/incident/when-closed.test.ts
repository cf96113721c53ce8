import { describe, expect, it } from 'vitest';
import type { Effect } from '../../shared/incident/effect.ts';
import { calledForTestsSince, START_SECONDS_MAX, type TestResult } from '../../shared/incident/end-to-end.ts';
import type { IncidentEvent } from '../../shared/incident/event.ts';
import type { Incident, IncidentIn } from '../../shared/incident/incident.ts';
import { transition } from '../../shared/incident/transition.ts';
import { withoutEnvironment } from '../../shared/incident/without-environment.ts';
import type { Environment } from '../../shared/policy/policy.ts';
import { at, environment } from '../builders/evidence.ts';
import { alertNote, awaiting, diagnosisOf, looked, must, opened, timer, verifying } from '../builders/incident.ts';

const tested: Environment = {
  ...environment,
  endToEnd: { kind: 'github', repository: 'acme/shop', workflow: 'e2e.yml', ref: 'main', timeoutSeconds: 1200 },
};
const run = { name: 'repos/acme/shop/actions/runs/7', url: 'https://github.com/acme/shop/actions/runs/7' };
const retest = (incident: Incident): Effect => ({ type: 'retest', incident: incident.id });

const moved = (incident: Incident, event: IncidentEvent, where = tested) => transition(incident, event, where);
const closedAfter = (incident: Incident, ...events: readonly IncidentEvent[]): IncidentIn<'closed'> =>
  must(
    events.reduce((now: Incident, event) => moved(now, event).incident, incident),
    'closed',
  );

/** Resolved at 360 s. */
function resolved(where = tested) {
  const good = (seconds: number): IncidentEvent => ({
    type: 'verified',
    at: at(seconds),
    digest: verifying().signed.plan.digest,
    recovery: looked('recovered'),
  });
  const before = [240, 300].reduce((now: Incident, seconds) => moved(now, good(seconds), where).incident, verifying());
  return moved(before, good(360), where);
}
const closed = (): IncidentIn<'closed'> => must(resolved().incident, 'closed');
const claimed = (by: string, seconds: number): IncidentEvent => ({ type: 'tests-claimed', at: at(seconds), by });
const began = (seconds = 380): IncidentEvent => ({ type: 'tests-started', at: at(seconds), run, deadline: at(1580) });
const ended = (result: TestResult, seconds = 500): IncidentEvent => ({ type: 'tests-ended', at: at(seconds), result });
const running = (): IncidentIn<'closed'> => closedAfter(closed(), claimed('a', 365), began());

describe('an incident that is resolved', () => {
  it('has its end-to-end tests run, where there are any', () => {
    const { incident, effects } = resolved();
    expect(effects).toEqual([retest(incident), { type: 'announce', incident: incident.id }]);
    expect(must(incident, 'closed').endToEnd).toEqual({
      status: 'starting',
      askedAt: at(360),
      claim: undefined,
      dueAt: at(960),
    });
    const untested = resolved(environment);
    expect(untested.effects).toEqual([{ type: 'announce', incident: incident.id }]);
    expect(must(untested.incident, 'closed').endToEnd).toBeUndefined();
  });

  it('has them run also where it recovered by itself', () => {
    const healthy = (seconds: number): IncidentEvent => ({
      type: 'investigated',
      at: at(seconds),
      round: 1,
      diagnosis: diagnosisOf(),
      offer: { kind: 'none', reason: 'healthy', detail: 'nothing wrong was seen' },
    });
    const once = moved(opened(), healthy(5)).incident;
    const { incident, effects } = moved(moved(once, timer(once, 60)).incident, healthy(65));
    expect(must(incident, 'closed')).toMatchObject({ outcome: { by: 'itself' }, endToEnd: { status: 'starting' } });
    expect(effects[0]).toEqual(retest(incident));
  });

  it('has none run where it was declined: nothing is said to be well', () => {
    const { digest } = awaiting().signed.plan;
    const refusal = { approver: 'U0BEN', reason: 'no', at: at(70) };
    const { incident, effects } = moved(awaiting(), { type: 'rejected', at: at(70), digest, refusal });
    expect(must(incident, 'closed').endToEnd).toBeUndefined();
    expect(effects.map(({ type }) => type)).toEqual(['announce']);
  });
});

describe('end-to-end tests', () => {
  it('are claimed by one delivery at a time, silently', () => {
    const first = moved(closed(), claimed('a', 365));
    expect(first).toMatchObject({ effects: [], incident: { endToEnd: { claim: { by: 'a', until: at(485) } } } });
    const held = must(first.incident, 'closed');
    expect(moved(held, claimed('b', 484)).incident).toBe(held);
    expect(closedAfter(held, claimed('a', 470)).endToEnd).toMatchObject({ claim: { by: 'a', until: at(590) } });
    expect(closedAfter(held, claimed('b', 485)).endToEnd).toMatchObject({ claim: { by: 'b', until: at(605) } });
  });

  it('are asked for once more when a claim runs out', () => {
    const held = closedAfter(closed(), claimed('a', 365));
    expect(held.endToEnd).toMatchObject({ dueAt: at(485) });
    const { incident, effects } = moved(held, timer(held, 485));
    expect(effects).toEqual([retest(held)]);
    // What was claimed may have begun, and whoever comes next must know.
    expect(must(incident, 'closed').endToEnd).toMatchObject({ claim: { by: 'a' }, dueAt: at(1085) });
  });

  it('run until they are told to have ended', () => {
    const now = running();
    expect(now.endToEnd).toEqual({ status: 'running', run, deadline: at(1580), dueAt: at(980) });
    const { incident, effects } = moved(now, ended({ kind: 'passed' }));
    expect(must(incident, 'closed')).toMatchObject({
      outcome: { kind: 'resolved', by: 'remediation' },
      closedAt: at(360),
      endToEnd: { status: 'ended', run, result: { kind: 'passed' }, endedAt: at(500) },
    });
    expect(effects).toEqual([{ type: 'announce', incident: incident.id }]);
  });

  it('call people when they fail, and change nothing else', () => {
    const { incident, effects } = moved(running(), ended({ kind: 'failed', detail: 'failure' }));
    expect(effects).toEqual([
      { type: 'escalate', incident: incident.id, level: 0 },
      { type: 'announce', incident: incident.id },
    ]);
    const { endToEnd, outcome } = must(incident, 'closed');
    expect(outcome).toEqual({ kind: 'resolved', by: 'remediation' });
    expect(calledForTestsSince(endToEnd)).toBe(at(500));
  });

  it.each<TestResult>([
    { kind: 'passed' },
    { kind: 'timed-out' },
    { kind: 'not-started', detail: '401: Bad credentials' },
    { kind: 'unread', detail: '404: Not Found' },
  ])('call nobody when they are $kind', (result) => {
    const { incident, effects } = moved(running(), ended(result));
    expect(effects.map(({ type }) => type)).toEqual(['announce']);
    expect(calledForTestsSince(must(incident, 'closed').endToEnd)).toBeUndefined();
  });

  it('are followed again while nobody is heard of, and given up at their deadline', () => {
    const now = running();
    const { incident, effects } = moved(now, timer(now, 980));
    expect(effects).toEqual([retest(now)]);
    const later = must(incident, 'closed');
    expect(later.endToEnd).toMatchObject({ status: 'running', dueAt: at(1580) });
    expect(closedAfter(later, timer(later, 1580)).endToEnd).toEqual({
      status: 'ended',
      run,
      result: { kind: 'timed-out' },
      endedAt: at(1580),
    });
  });

  it('that nobody starts are given up in time', () => {
    const now = closed();
    const last = closedAfter(now, timer(now, 360 + START_SECONDS_MAX - 1));
    expect(last.endToEnd).toMatchObject({ status: 'starting', dueAt: at(360 + START_SECONDS_MAX) });
    expect(closedAfter(last, timer(last, 360 + START_SECONDS_MAX)).endToEnd).toMatchObject({
      status: 'ended',
      run: undefined,
      result: { kind: 'not-started', detail: 'nobody had started them within 30 min' },
    });
  });

  it('are left as they are by what is late, repeated or foreign', () => {
    const over = closedAfter(running(), ended({ kind: 'passed' }));
    for (const event of [claimed('b', 600), began(600), ended({ kind: 'timed-out' }, 600), timer(over, 600)])
      expect(moved(over, event).incident).toBe(over);
    const now = running();
    for (const event of [
      claimed('b', 600),
      began(600),
      { ...timer(now, 980), version: now.version - 1 } as IncidentEvent,
      { type: 'alert-joined', at: at(600), alert: alertNote('0.x/open'), services: [] } as const,
    ])
      expect(moved(now, event).incident).toBe(now);
    const none = must(resolved(environment).incident, 'closed');
    for (const event of [claimed('b', 600), began(600), ended({ kind: 'passed' }), timer(none, 600)])
      expect(moved(none, event).incident).toBe(none);
    // Of an incident that is open there are none.
    const open = opened();
    for (const event of [claimed('b', 600), began(600), ended({ kind: 'passed' })])
      expect(moved(open, event).incident).toBe(open);
  });

  it('are not waited for where their environment is gone', () => {
    const gone = 'the configuration no longer has environments.staging';
    expect(withoutEnvironment(closed(), at(400)).incident).toMatchObject({
      status: 'closed',
      endToEnd: { status: 'ended', result: { kind: 'not-started', detail: gone } },
    });
    expect(withoutEnvironment(running(), at(400)).incident).toMatchObject({
      endToEnd: { status: 'ended', run, result: { kind: 'unread', detail: gone } },
    });
    const over = closedAfter(running(), ended({ kind: 'passed' }));
    expect(withoutEnvironment(over, at(600)).incident).toBe(over);
  });
});
