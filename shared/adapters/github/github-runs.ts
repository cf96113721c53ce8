import { z } from 'zod';
import type { TestRun, TestRunStatus } from '../../incident/test-runs.ts';
import type { EndToEnd } from '../../policy/policy.ts';
import type { Instant } from '../../ports/clock.ts';
import { PlatformFailure } from '../../ports/platform-failure.ts';
import { type GithubOptions, githubRest } from './github-rest.ts';

type Workflow = Extract<EndToEnd, { readonly kind: 'github' }>;

/** With `return_run_details`; 204 without (github.blog changelog of 2026-02-19, read 2026-12-01). */
const dispatched = z.object({ workflow_run_id: z.int(), html_url: z.url() });
const listed = z.object({ workflow_runs: z.array(z.object({ id: z.int(), html_url: z.url() })) });
const run = z.object({ status: z.string(), conclusion: z.string().nullable() });

/** Runs of one workflow are few in half an hour. */
const RUNS_MAX = 100;
const RUN_NAME = /^repos\/[A-Za-z0-9-]+\/[A-Za-z0-9._-]+\/actions\/runs\/[0-9]+$/;

/** Workflows of GitHub Actions as end-to-end tests: dispatches, lists and reads runs, with "Actions: write" on their repository. */
export function githubRuns(options: GithubOptions) {
  const rest = githubRest(options);
  return {
    start: async ({ repository, workflow, ref }: Workflow, abort: AbortSignal): Promise<TestRun> => {
      const path = `repos/${repository}/actions/workflows/${workflow}/dispatches`;
      const answer = await rest({ method: 'POST', path, body: { ref, return_run_details: true } }, abort);
      // A GitHub Enterprise Server from before: the run is found by the next delivery.
      if (answer === undefined)
        throw new PlatformFailure('unavailable', `${path}: accepted, and nothing was said of the run`);
      const { workflow_run_id: id, html_url: url } = dispatched.parse(answer);
      return { name: runName(repository, id), url };
    },

    begunSince: async (
      { repository, workflow, ref }: Workflow,
      since: Instant,
      abort: AbortSignal,
    ): Promise<TestRun | undefined> => {
      const path = `repos/${repository}/actions/workflows/${workflow}/runs`;
      const created = `>=${since.slice(0, 19)}Z`;
      const query = { event: 'workflow_dispatch', branch: ref, created, per_page: String(RUNS_MAX) };
      // Newest first.
      const first = listed.parse(await rest({ method: 'GET', path, query }, abort)).workflow_runs.at(-1);
      return first && { name: runName(repository, first.id), url: first.html_url };
    },

    /** Nothing but a success is one: what was cancelled or skipped has tested nothing. */
    status: async (name: string, abort: AbortSignal): Promise<TestRunStatus> => {
      // It comes from the store: the token is for runs, and for nothing else that somebody may have written there.
      if (!RUN_NAME.test(name)) throw new PlatformFailure('invalid-argument', `${name} names no run of GitHub Actions`);
      const { status, conclusion } = run.parse(await rest({ method: 'GET', path: name }, abort));
      if (status !== 'completed') return { kind: 'under-way' };
      return conclusion === 'success' ? { kind: 'passed' } : { kind: 'failed', detail: conclusion ?? 'no conclusion' };
    },
  };
}

const runName = (repository: string, id: number): string => `repos/${repository}/actions/runs/${id}`;
