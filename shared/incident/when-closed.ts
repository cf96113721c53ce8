import { earliest, type Instant, plusSeconds } from '../ports/clock.ts';
import { type EndToEndTests, resultAtDeadline, START_SECONDS_MAX, type TestResult } from './end-to-end.ts';
import type { EventOf, IncidentEvent } from './event.ts';
import type { IncidentIn } from './incident.ts';
import { CARRY_OUT_PATIENCE_SECONDS, CLAIM_SECONDS, move, type Step, stay } from './moves.ts';

type Closed = IncidentIn<'closed'>;
type Under<S extends EndToEndTests['status']> = Extract<EndToEndTests, { readonly status: S }>;

/** What is over stays over; only its end-to-end tests go on, where there are any. */
export function whenClosed(incident: Closed, event: IncidentEvent): Step {
  const tests = incident.endToEnd;
  if (tests === undefined || tests.status === 'ended') return stay(incident);
  switch (event.type) {
    case 'tests-claimed':
      return tests.status === 'starting' ? claimed(incident, tests, event) : stay(incident);
    case 'tests-started':
      return tests.status === 'starting' ? started(incident, event) : stay(incident);
    case 'tests-ended':
      return endTests(incident, event.result, event.at);
    case 'timer-due':
      return event.version === incident.version ? overdue(incident, tests, event.at) : stay(incident);
    default:
      return stay(incident);
  }
}

/** Saved silently, as every claim is. Whoever is not heard of after it is followed by another as soon as it ends. */
function claimed(incident: Closed, tests: Under<'starting'>, { at, by }: EventOf<'tests-claimed'>): Step {
  const { claim } = tests;
  if (claim !== undefined && claim.by !== by && claim.until > at) return stay(incident);
  const until = plusSeconds(at, CLAIM_SECONDS);
  const endToEnd = { ...tests, claim: { by, until }, dueAt: until };
  return { incident: { ...incident, endToEnd, version: incident.version + 1 }, effects: [] };
}

/** The run's name is saved before it is followed. */
function started(incident: Closed, { at, run, deadline }: EventOf<'tests-started'>): Step {
  return move(incident, { ...incident, endToEnd: { status: 'running', run, deadline, dueAt: heardBy(at, deadline) } });
}

/** @param incident one whose tests are not over. */
export function endTests(incident: Closed, result: TestResult, at: Instant): Step {
  const run = incident.endToEnd?.status === 'running' ? incident.endToEnd.run : undefined;
  const ended = { ...incident, endToEnd: { status: 'ended', run, result, endedAt: at } } as const;
  const { id } = incident;
  return move(incident, ended, {
    effects: result.kind === 'failed' ? [{ type: 'escalate', incident: id, level: 0 }] : [],
  });
}

/** Nobody is heard of: it is asked for once more, until its time is over. */
function overdue(incident: Closed, tests: Under<'starting' | 'running'>, at: Instant): Step {
  const deadline = deadlineOf(tests);
  if (at >= deadline) return endTests(incident, resultAtDeadline(tests.status), at);
  const endToEnd = { ...tests, dueAt: heardBy(at, deadline) };
  const again = { type: 'retest', incident: incident.id } as const;
  return { incident: { ...incident, endToEnd, version: incident.version + 1 }, effects: [again] };
}

const deadlineOf = (tests: Under<'starting' | 'running'>): Instant =>
  tests.status === 'running' ? tests.deadline : plusSeconds(tests.askedAt, START_SECONDS_MAX);

const heardBy = (at: Instant, deadline: Instant): Instant =>
  earliest(plusSeconds(at, CARRY_OUT_PATIENCE_SECONDS), deadline);
