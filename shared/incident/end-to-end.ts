import type { Instant } from '../ports/clock.ts';
import type { TestRun } from './test-runs.ts';

/** The end-to-end tests of an incident that is resolved: asked for as it closes, and told of when they end. They change nothing of the outcome. */
export type EndToEndTests =
  | {
      readonly status: 'starting';
      readonly askedAt: Instant;
      /** Which delivery starts them now; another waits until then. One that was claimed before may have been started. */
      readonly claim: { readonly by: string; readonly until: Instant } | undefined;
      readonly dueAt: Instant;
    }
  | { readonly status: 'running'; readonly run: TestRun; readonly deadline: Instant; readonly dueAt: Instant }
  | {
      readonly status: 'ended';
      readonly run: TestRun | undefined;
      readonly result: TestResult;
      readonly endedAt: Instant;
    };

export type TestResult =
  | { readonly kind: 'passed' }
  | { readonly kind: 'failed'; readonly detail: string }
  /** They had not ended when the policy's time for them was over. */
  | { readonly kind: 'timed-out' }
  | { readonly kind: 'not-started'; readonly detail: string }
  /** They were started, and how they ended cannot be read. */
  | { readonly kind: 'unread'; readonly detail: string };

/** Whoever starts them is tried again by the queue, and by patrol, for this long. Our own choice: by then the incident is history. */
export const START_SECONDS_MAX = 1800;

/** What is said of tests that nobody was heard of in time. */
export const resultAtDeadline = (status: 'starting' | 'running'): TestResult =>
  status === 'running'
    ? { kind: 'timed-out' }
    : { kind: 'not-started', detail: `nobody had started them within ${START_SECONDS_MAX / 60} min` };

/** Since when people are called about a resolved incident: tests that fail need somebody to look, the rest can wait for who reads it. */
export const calledForTestsSince = (tests: EndToEndTests | undefined): Instant | undefined =>
  tests?.status === 'ended' && tests.result.kind === 'failed' ? tests.endedAt : undefined;
