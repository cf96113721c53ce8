import { type ErrorRequestHandler, json, type Request, type RequestHandler, Router } from 'express';
import { acmeTests } from './acme-tests.ts';
import type { TestRun, TestRuns } from './test-runs.ts';

/** An error as GitHub's REST API answers it. Texts: docs.github.com and replies in public threads, read 2026-12-01. */
class GithubError extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const DOCUMENTATION = 'https://docs.github.com/rest';
const RUNS_PER_PAGE = { usual: 30, max: 100 };

/**
 * GitHub's REST API as far as workflows are dispatched and their runs are read, under /github: one repository, whose workflow tests the estate.
 * @param token the one that may write to its actions.
 */
export function githubRouter({ runs, token }: { readonly runs: TestRuns; readonly token: string }): Router {
  const api = Router();
  api.use(json({ limit: '100kb' }), admit(token));
  api.post('/repos/:owner/:name/actions/workflows/:workflow/dispatches', (request, response) => {
    inRepository(request.params);
    const { ref, inputs, return_run_details: withDetails } = bodyOf(request);
    if (!isOurs(request.params.workflow)) throw new GithubError(404, 'Not Found');
    if (typeof ref !== 'string') throw new GithubError(422, 'Invalid request.\n\n"ref" wasn\'t supplied.');
    if (!isRef(ref)) throw new GithubError(422, `No ref found for: ${ref}`);
    const unexpected = Object.keys(typeof inputs === 'object' ? (inputs ?? {}) : {});
    if (unexpected.length > 0) throw new GithubError(422, `Unexpected inputs provided: ${JSON.stringify(unexpected)}`);
    const run = runs.start(acmeTests.workflow.file, ref);
    if (withDetails !== true) return void response.status(204).end();
    response.json({ workflow_run_id: run.id, run_url: apiUrl(run), html_url: pageUrl(run) });
  });
  api.get('/repos/:owner/:name/actions/workflows/:workflow/runs', async (request, response) => {
    inRepository(request.params);
    if (!isOurs(request.params.workflow)) throw new GithubError(404, 'Not Found');
    const { event, branch, created, per_page: size } = request.query;
    const all = (await runs.list(acmeTests.workflow.file)).filter(
      (run) =>
        (event === undefined || event === 'workflow_dispatch') &&
        (branch === undefined || branch === run.ref) &&
        isCreated(run, created),
    );
    const shown = all.slice(0, Math.min(Number(size) || RUNS_PER_PAGE.usual, RUNS_PER_PAGE.max));
    response.json({ total_count: all.length, workflow_runs: shown.map(runView) });
  });
  api.get('/repos/:owner/:name/actions/runs/:run', async (request, response) => {
    inRepository(request.params);
    const run = await runs.read(Number(request.params.run));
    if (run === undefined || run.of !== acmeTests.workflow.file) throw new GithubError(404, 'Not Found');
    response.json(runView(run));
  });
  api.use(() => {
    throw new GithubError(404, 'Not Found');
  }, answerError);
  return Router().use('/github', api);
}

/** A fine-grained token reads and writes actions, or nobody knows it. */
const admit =
  (token: string): RequestHandler =>
  (request, _response, next) => {
    const given = /^(?:Bearer|token) (.+)$/i.exec(request.get('authorization') ?? '')?.[1];
    if (given === undefined) throw new GithubError(401, 'Requires authentication');
    if (given !== token) throw new GithubError(401, 'Bad credentials');
    next();
  };

/** What a token does not reach does not exist for it. */
function inRepository({ owner, name }: { readonly owner: string; readonly name: string }): void {
  if (`${owner}/${name}`.toLowerCase() !== acmeTests.repository) throw new GithubError(404, 'Not Found');
}

const isOurs = (workflow: string): boolean =>
  workflow === acmeTests.workflow.file || workflow === String(acmeTests.workflow.id);
const isRef = (ref: string): boolean => acmeTests.refs.some((one) => one === ref.replace(/^refs\/(heads|tags)\//, ''));

const bodyOf = ({ body }: Request): Readonly<Record<string, unknown>> =>
  typeof body === 'object' && body !== null ? body : {};

/** `>=2026-12-01T10:00:00Z`, the only form of a range that is known here. */
function isCreated({ createdMs }: TestRun, created: unknown): boolean {
  if (created === undefined) return true;
  const from = /^>=(.+)$/.exec(String(created))?.[1];
  if (from === undefined) throw new GithubError(422, `Validation Failed: created ${String(created)}`);
  return createdMs >= Date.parse(from);
}

const apiUrl = ({ id }: TestRun): string => `https://api.github.com/repos/${acmeTests.repository}/actions/runs/${id}`;
const pageUrl = ({ id }: TestRun): string => `https://github.com/${acmeTests.repository}/actions/runs/${id}`;

const STATES = {
  queued: { status: 'queued', conclusion: null },
  running: { status: 'in_progress', conclusion: null },
  passed: { status: 'completed', conclusion: 'success' },
  failed: { status: 'completed', conclusion: 'failure' },
} as const satisfies Record<TestRun['state'], object>;

/** A workflow run in JSON, without what nobody here reads: actor, repository, urls of its parts. */
function runView(run: TestRun): Readonly<Record<string, unknown>> {
  const { id, ref, createdMs, endedMs, state } = run;
  const { workflow, commit } = acmeTests;
  const time = (ms: number) => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
  return {
    ...{ id, name: workflow.name, display_title: workflow.name, path: `.github/workflows/${workflow.file}` },
    ...{ head_branch: ref, head_sha: commit, event: 'workflow_dispatch', workflow_id: workflow.id, run_attempt: 1 },
    ...STATES[state],
    ...{ url: apiUrl(run), html_url: pageUrl(run), created_at: time(createdMs), run_started_at: time(createdMs) },
    updated_at: time(endedMs ?? createdMs),
  };
}

// Express tells an error handler by its four parameters.
const answerError: ErrorRequestHandler = (error: unknown, _request, response, next) => {
  if (response.headersSent) return next(error);
  const { status, message } =
    error instanceof GithubError
      ? error
      : error instanceof SyntaxError
        ? { status: 400, message: 'Problems parsing JSON' }
        : { status: 500, message: String(error) };
  response.status(status).json({ message, documentation_url: DOCUMENTATION, status: String(status) });
};
