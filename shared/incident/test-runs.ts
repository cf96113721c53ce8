import type { EndToEnd } from '../policy/policy.ts';
import type { Instant } from '../ports/clock.ts';

/** One run of end-to-end tests, where it runs. */
export interface TestRun {
  /** As its API names it: `repos/OWNER/NAME/actions/runs/ID`, or `projects/P/locations/L/builds/ID`. */
  readonly name: string;
  /** For people. */
  readonly url: string;
}

export type TestRunStatus =
  | { readonly kind: 'under-way' }
  | { readonly kind: 'passed' }
  /** `detail` says how it ended, in the platform's own word. */
  | { readonly kind: 'failed'; readonly detail: string };

/** Where end-to-end tests run. Every method throws PlatformFailure when it is not answered as asked. */
export interface TestRuns {
  /** Starts one: twice, where it is called twice. */
  start(tests: EndToEnd, abort: AbortSignal): Promise<TestRun>;
  /** The first run of these tests that began then or later, whoever started it: it tells the same. */
  begunSince(tests: EndToEnd, since: Instant, abort: AbortSignal): Promise<TestRun | undefined>;
  /** @param name of a TestRun. */
  status(name: string, abort: AbortSignal): Promise<TestRunStatus>;
}
