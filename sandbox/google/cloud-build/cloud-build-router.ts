import { Router } from 'express';
import { acmeTests } from '../../ci/acme-tests.ts';
import type { TestRun, TestRuns } from '../../ci/test-runs.ts';
import type { World } from '../../world/world.ts';
import { invalidArgument, notFound } from '../api-error.ts';
import { page } from '../page.ts';

const PAGE_SIZES = { usual: 50, max: 1000 };
const LOCATION = '/v1/projects/:project/locations/:location';

interface TriggerPath {
  readonly location: string;
  readonly trigger: string;
}

/** Cloud Build v1: one trigger in the region, which tests the estate, and its builds. */
export function cloudBuildRouter({ state }: World, runs: TestRuns): Router {
  const router = Router();
  const { project, projectNumber, region } = state.scenario.estate;
  const { trigger } = acmeTests;
  const view = (run: TestRun) => buildView(run, { project, projectNumber, region });

  router.post<TriggerPath>(`${LOCATION}/triggers/:trigger\\:run` as string, (request, response) => {
    const { location, trigger: asked } = request.params;
    if (location !== region || (asked !== trigger.id && asked !== trigger.name))
      throw notFound('Requested entity was not found.');
    const build = view(runs.start(trigger.name, 'main'));
    response.json({
      name: `operations/build/${project}/${Buffer.from(build.id).toString('base64')}`,
      metadata: { '@type': 'type.googleapis.com/google.devtools.cloudbuild.v1.BuildOperationMetadata', build },
    });
  });
  router.get(`${LOCATION}/builds`, async (request, response) => {
    const isWanted = buildFilter(request.query['filter']);
    const all = request.params.location === region ? await runs.list(trigger.name) : [];
    const { pageSize, pageToken } = request.query;
    const { items, ...rest } = page(all.filter(isWanted).map(view), { pageSize, pageToken }, PAGE_SIZES);
    response.json({ ...(items.length > 0 && { builds: items }), ...rest });
  });
  router.get(`${LOCATION}/builds/:build`, async (request, response) => {
    const run = request.params.location === region ? await runs.read(runIdIn(request.params.build)) : undefined;
    if (run === undefined || run.of !== trigger.name) throw notFound('Requested entity was not found.');
    response.json(view(run));
  });
  return router;
}

/** `create_time>="TIME"`, which is what is asked for here. */
function buildFilter(filter: unknown): (run: TestRun) => boolean {
  if (filter === undefined || filter === '') return () => true;
  const from = /^create_time\s*>=\s*"([^"]+)"$/.exec(String(filter))?.[1];
  if (from === undefined) throw invalidArgument(`Invalid filter: ${String(filter)}`);
  return ({ createdMs }) => createdMs >= Date.parse(from);
}

/** Ids of builds are UUIDs; the run's number is the last part. */
const buildId = ({ id }: TestRun): string => `7e4d1c90-3b52-4f6a-8d17-${String(id).padStart(12, '0')}`;
const runIdIn = (build: string): number => Number(build.split('-').at(-1));

const STATUSES = {
  queued: 'QUEUED',
  running: 'WORKING',
  passed: 'SUCCESS',
  failed: 'FAILURE',
} as const satisfies Record<TestRun['state'], string>;

/** google.devtools.cloudbuild.v1.Build in JSON, without source and steps. Source: google/devtools/cloudbuild/v1/cloudbuild.proto, read 2026-12-01. */
function buildView(
  run: TestRun,
  {
    project,
    projectNumber,
    region,
  }: { readonly project: string; readonly projectNumber: string; readonly region: string },
) {
  const id = buildId(run);
  const time = (ms: number) => new Date(ms).toISOString();
  return {
    name: `projects/${projectNumber}/locations/${region}/builds/${id}`,
    id,
    projectId: project,
    status: STATUSES[run.state],
    createTime: time(run.createdMs),
    ...(run.endedMs !== undefined && { finishTime: time(run.endedMs) }),
    buildTriggerId: acmeTests.trigger.id,
    substitutions: { TRIGGER_NAME: acmeTests.trigger.name, BRANCH_NAME: run.ref, REF_NAME: run.ref },
    logUrl: `https://console.cloud.google.com/cloud-build/builds;region=${region}/${id}?project=${projectNumber}`,
    ...(run.state === 'failed' && { failureInfo: { type: 'USER_BUILD_STEP', detail: run.found[0] ?? '' } }),
  };
}
