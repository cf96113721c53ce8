import type { TestRun, TestRunStatus, TestRuns } from '../../../shared/incident/test-runs.ts';
import type { EndToEnd } from '../../../shared/policy/policy.ts';
import { type Instant, plusSeconds } from '../../../shared/ports/clock.ts';
import { PlatformFailure } from '../../../shared/ports/platform-failure.ts';
import type { Random } from './random.ts';

/** How end-to-end tests go. 'answer-lost': they begin, and whoever started them does not hear of it. */
export type TestsGo = 'pass' | 'fail' | 'hang' | 'refused' | 'answer-lost';

const TAKE_SECONDS = 200;

/** Where end-to-end tests run, as GitHub has them: a run that was started goes on by itself, whoever heard of it. */
export class SimulatedTests implements TestRuns {
  readonly begun: { readonly at: Instant; readonly run: TestRun }[] = [];
  readonly #go: TestsGo;
  readonly #random: Random;
  readonly #now: () => Instant;

  constructor(go: TestsGo, random: Random, now: () => Instant) {
    this.#go = go;
    this.#random = random;
    this.#now = now;
  }

  async start(_: EndToEnd): Promise<TestRun> {
    if (this.#go === 'refused') throw new PlatformFailure('unauthenticated', '401: Bad credentials');
    const name = `repos/acme/shop/actions/runs/${this.begun.length + 1}`;
    const run = { name, url: `https://github.com/${name.slice(6)}` };
    this.begun.push({ at: this.#now(), run });
    if (this.#go === 'answer-lost' && this.#random.chance(0.7))
      throw new PlatformFailure('timed-out', 'no answer within 15000 ms');
    return run;
  }

  async begunSince(_: EndToEnd, since: Instant): Promise<TestRun | undefined> {
    return this.begun.find(({ at }) => at >= since)?.run;
  }

  async status(name: string): Promise<TestRunStatus> {
    const one = this.begun.find(({ run }) => run.name === name);
    if (one === undefined) throw new PlatformFailure('not-found', `${name}: 404`);
    if (this.#go === 'hang' || this.#now() < plusSeconds(one.at, TAKE_SECONDS)) return { kind: 'under-way' };
    return this.#go === 'fail' ? { kind: 'failed', detail: 'failure' } : { kind: 'passed' };
  }
}
