import { setTimeout as delay } from 'node:timers/promises';
import { type ErrorRequestHandler, json, type Request, type RequestHandler, Router } from 'express';
import type { TestRuns } from '../ci/test-runs.ts';
import { FilterError } from '../world/filters/filter.ts';
import { QueryError } from '../world/metrics/query-error.ts';
import type { World } from '../world/world.ts';
import { ApiError, invalidArgument, notFound, sendError } from './api-error.ts';
import { authenticate, authorize, isWithin } from './authorize.ts';
import type { CallLog } from './call-log.ts';
import { certificateManagerRouter } from './certificate-manager/certificate-manager-router.ts';
import { cloudBuildRouter } from './cloud-build/cloud-build-router.ts';
import { cloudSqlRouter } from './cloud-sql/cloud-sql-router.ts';
import { certificateRouter } from './compute/certificate-router.ts';
import { computeRouter } from './compute/compute-router.ts';
import { loggingRouter } from './logging/logging-router.ts';
import { memorystoreRouter } from './memorystore/memorystore-router.ts';
import { monitoringRouter } from './monitoring/monitoring-router.ts';
import { networkRouter } from './network/network-router.ts';
import { methodFor } from './permissions.ts';
import { throughGate } from './platform/api-gate.ts';
import { platformRouter } from './platform/platform-router.ts';
import { runRouter } from './run/run-router.ts';
import { secretManagerRouter } from './secret-manager/secret-manager-router.ts';
import { vpcAccessRouter } from './vpc-access/vpc-access-router.ts';

export interface GoogleOptions {
  readonly world: World;
  /** Bearer token to the e-mail of its identity. */
  readonly identities: ReadonlyMap<string, string>;
  readonly calls: CallLog;
  /** What runs in Cloud Build. */
  readonly testRuns: TestRuns;
}

/** Google's REST APIs over the world. Takes their versions' paths and leaves every other path alone. */
export function googleRouter(options: GoogleOptions): Router {
  const api = Router();
  api.use(writeDown(options), json({ limit: '1mb' }), admitCaller(options), trouble(options.world));
  api.use(
    runRouter(options.world),
    vpcAccessRouter(options.world),
    monitoringRouter(options.world),
    loggingRouter(options.world),
    cloudSqlRouter(options.world),
    memorystoreRouter(options.world),
    computeRouter(options.world),
    certificateRouter(options.world),
    certificateManagerRouter(options.world),
    networkRouter(options.world),
    secretManagerRouter(options.world),
    platformRouter(options.world),
    cloudBuildRouter(options.world, options.testRuns),
  );
  api.use(unknownMethod, answerError);
  const router = Router();
  router.use((request, response, next) => {
    if (VERSIONED.test(request.path)) api(request, response, next);
    else next();
  });
  return router;
}

/** The paths of compute and dns begin with their names. */
const VERSIONED = /^\/(compute\/|dns\/)?v[123]\//;

/** Every call is written down with its identity, whatever becomes of it. */
function writeDown({ world, calls }: GoogleOptions): RequestHandler {
  return (request, response, next) => {
    response.locals['identity'] = 'anonymous';
    const { originalUrl: path, method } = request;
    response.on('finish', () => {
      const at = new Date(world.nowMs).toISOString();
      const permission = methodFor(method, request.path)?.permission;
      const identity = String(response.locals['identity']);
      calls.record({ at, identity, method, path, status: response.statusCode, ...(permission && { permission }) });
    });
    next();
  };
}

function admitCaller({ world, identities }: GoogleOptions): RequestHandler {
  return (request, response, next) => {
    const identity = authenticate(request.get('authorization'), identities);
    response.locals['identity'] = identity;
    const needed = methodFor(request.method, request.path);
    if (needed) {
      const resource = resourceOf(request);
      authorize(world.scenario, { ...needed, identity, resource, secondsIn: secondsIn(world) });
    }
    next();
  };
}

function resourceOf(request: Request): string {
  if (!request.path.endsWith('entries:list')) return request.path.replace(VERSIONED, '');
  const names: unknown = request.body?.resourceNames;
  return Array.isArray(names) ? String(names[0]) : '';
}

const secondsIn = (world: World) => (world.nowMs - world.startMs) / 1000;

/** What the scenario says about whole APIs: slow, failing, or answering as recorded. */
function trouble(world: World): RequestHandler {
  return async (request, response, next) => {
    const api = methodFor(request.method, request.path)?.api;
    const now = secondsIn(world);
    if (api) throughGate(world, api);
    for (const t of world.scenario.apis.filter((a) => a.api === api && isWithin(a, now))) {
      if (t.latencyMs > 0) await delay(t.latencyMs, undefined, { ref: false });
      if (t.fail) throw new ApiError(t.fail.httpStatus, t.fail.status, t.fail.message);
    }
    const { method, path } = request;
    const reply = world.scenario.recorded.replies.find(
      (r) => r.method === method && r.path === path && isWithin(r, now),
    );
    if (reply) response.status(reply.status).json(reply.body);
    else next();
  };
}

const unknownMethod: RequestHandler = (request, _response, next) => {
  next(notFound(`The sandbox does not have the method ${request.method} ${request.path}.`));
};

// Express tells an error handler by its four parameters.
const answerError: ErrorRequestHandler = (error: unknown, _request, response, next) => {
  if (response.headersSent) next(error);
  else if (error instanceof ApiError) sendError(response, error);
  else if (error instanceof QueryError)
    sendError(response, error.code === 'NOT_FOUND' ? notFound(error.message) : invalidArgument(error.message));
  else if (error instanceof FilterError)
    sendError(response, invalidArgument(`Field filter had an invalid value: ${error.message}`));
  else if (error instanceof SyntaxError)
    sendError(response, new ApiError(400, 'INVALID_ARGUMENT', `Invalid JSON payload received. ${error.message}`));
  else
    sendError(
      response,
      new ApiError(500, 'INTERNAL', error instanceof Error ? (error.stack ?? error.message) : String(error)),
    );
};
