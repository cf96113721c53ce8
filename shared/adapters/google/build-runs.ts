import type { TestRun, TestRunStatus } from '../../incident/test-runs.ts';
import type { EndToEnd } from '../../policy/policy.ts';
import type { Instant } from '../../ports/clock.ts';
import { PlatformFailure } from '../../ports/platform-failure.ts';
import { call, READ_RETRIES_MAX } from './call.ts';
import type { GoogleOptions } from './google-options.ts';
import { googleRest } from './rest.ts';
import { fields, list, text } from './values.ts';

type Trigger = Extract<EndToEnd, { readonly kind: 'cloud-build' }>;

const READ_TIMEOUT_MS = 10_000;
const RUN_TIMEOUT_MS = 30_000;
/** Builds of one region in half an hour; more than a page is no project of tests. */
const BUILDS_MAX = 100;
const BUILD_NAME = /^projects\/[^/]+\/locations\/[^/]+\/builds\/[^/]+$/;
/** Build.Status (google/devtools/cloudbuild/v1/cloudbuild.proto, read 2026-12-01); all others are ends. */
const UNDER_WAY = ['STATUS_UNKNOWN', 'PENDING', 'QUEUED', 'WORKING'] as const;

/**
 * Triggers of Cloud Build as end-to-end tests. Needs cloudbuild.builds.create, .get and .list in the trigger's project; creating is no smaller right than
 * starting any build there (REST reference of projects.locations.triggers.run, read 2026-12-01).
 */
export function buildRuns(options: GoogleOptions) {
  const rest = googleRest(options);
  const read = (method: string, path: string, query: Readonly<Record<string, string>>, abort: AbortSignal) =>
    call({ method, resource: path, abort, timeoutMs: READ_TIMEOUT_MS, retriesMax: READ_RETRIES_MAX }, () =>
      rest({ api: 'cloudbuild', method: 'GET', path: `v1/${path}`, query }),
    );
  return {
    /** The answer is an operation, whose metadata holds the build (BuildOperationMetadata). */
    start: async (trigger: Trigger, abort: AbortSignal): Promise<TestRun> => {
      const { project, region, trigger: triggerId } = trigger;
      const resource = `projects/${project}/locations/${region}/triggers/${triggerId}`;
      const what = { method: 'cloudbuild.builds.create', resource, abort, timeoutMs: RUN_TIMEOUT_MS, retriesMax: 0 };
      const answer = await call(what, () =>
        rest({
          api: 'cloudbuild',
          method: 'POST',
          path: `v1/${resource}:run`,
          body: { projectId: project, triggerId },
        }),
      );
      return toRun(fields(fields(fields(answer)['metadata'])['build']), trigger);
    },

    begunSince: async (trigger: Trigger, since: Instant, abort: AbortSignal): Promise<TestRun | undefined> => {
      const { project, region } = trigger;
      const query = { filter: `create_time>="${since}"`, pageSize: String(BUILDS_MAX) };
      const path = `projects/${project}/locations/${region}/builds`;
      const builds = list(fields(await read('cloudbuild.builds.list', path, query, abort))['builds']).map(fields);
      // Newest first.
      const first = builds.filter((build) => isOf(build, trigger)).at(-1);
      return first && toRun(first, trigger);
    },

    status: async (name: string, abort: AbortSignal): Promise<TestRunStatus> => {
      if (!BUILD_NAME.test(name)) throw new PlatformFailure('invalid-argument', `${name} names no build`);
      const status = text(fields(await read('cloudbuild.builds.get', name, {}, abort))['status']) ?? UNDER_WAY[0];
      if (UNDER_WAY.some((one) => one === status)) return { kind: 'under-way' };
      return status === 'SUCCESS' ? { kind: 'passed' } : { kind: 'failed', detail: status };
    },
  };
}

function toRun(build: Readonly<Record<string, unknown>>, { project, region }: Trigger): TestRun {
  const id = text(build['id']);
  if (id === undefined)
    throw new PlatformFailure('unknown', `a build was started in ${project}, and its id was not said`);
  return { name: `projects/${project}/locations/${region}/builds/${id}`, url: text(build['logUrl']) ?? '' };
}

/** A build names its trigger by id, and by name among its substitutions (cloud.google.com, Substituting variable values, read 2026-12-01). */
const isOf = (build: Readonly<Record<string, unknown>>, { trigger }: Trigger): boolean =>
  text(build['buildTriggerId']) === trigger || text(fields(build['substitutions'])['TRIGGER_NAME']) === trigger;
