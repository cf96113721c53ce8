import { type Request, type Response, Router } from 'express';
import { changeService } from '../../world/change-service.ts';
import { findRevision } from '../../world/revisions.ts';
import type { RevisionState, ServiceState, WorldState } from '../../world/state.ts';
import { isJson } from '../../world/template.ts';
import type { World } from '../../world/world.ts';
import { invalidArgument, notFound } from '../api-error.ts';
import { page } from '../page.ts';
import { revisionView } from './revision-view.ts';
import { serviceUpdate } from './service-update.ts';
import { serviceOperationView, serviceView } from './service-view.ts';

const PAGE_SIZES = { usual: 100, max: 1000 };
const SERVICES = '/v2/projects/:project/locations/:location/services';

/** Cloud Run Admin v2: services, revisions and operations. */
export function runRouter({ state }: World): Router {
  const router = Router();
  const asked = (request: Request) => ({ pageSize: request.query['pageSize'], pageToken: request.query['pageToken'] });
  router.get(SERVICES, (request, response) => {
    const { location } = request.params;
    if (location === '-')
      throw invalidArgument('Location must be a valid Google Cloud region, and cannot be the "-" wildcard.');
    const all = location === state.scenario.estate.region ? [...state.services.values()] : [];
    const { items, ...rest } = page(all, asked(request), PAGE_SIZES);
    response.json({ ...(items.length > 0 && { services: items.map((s) => serviceView(state, s)) }), ...rest });
  });
  router.get<ServicePath>(`${SERVICES}/:service\\:getIamPolicy` as string, (request, response) => {
    const { name } = findService(state, request.params);
    // google.iam.v1.Policy: without a binding it has an etag alone.
    const everybody = { role: 'roles/run.invoker', members: ['allUsers'] };
    response.json({ version: 1, etag: 'BwYsandbox=', ...(state.edge.public.has(name) && { bindings: [everybody] }) });
  });
  router.get(`${SERVICES}/:service`, (request, response) => {
    response.json(serviceView(state, findService(state, request.params)));
  });
  router.patch(`${SERVICES}/:service`, (request, response) => {
    update(state, findService(state, request.params), request, response);
  });
  router.get(`${SERVICES}/:service/revisions`, (request, response) => {
    const { items, ...rest } = page(revisionsOf(state, request.params), asked(request), PAGE_SIZES);
    const revisions = items.map(({ service, revision }) => revisionView(state, service, revision));
    response.json({ ...(revisions.length > 0 && { revisions }), ...rest });
  });
  router.get(`${SERVICES}/:service/revisions/:revision`, (request, response) => {
    const service = findService(state, request.params);
    const revision = findRevision(service, request.params.revision);
    if (!revision)
      throw notFound(
        `Resource '${request.params.revision}' of kind 'REVISION' in region '${request.params.location}' in project '${state.scenario.estate.project}' does not exist.`,
      );
    response.json(revisionView(state, service, revision));
  });
  router.get('/v2/projects/:project/locations/:location/operations/:operation', (request, response) => {
    const name = `projects/${state.scenario.estate.project}/locations/${request.params.location}/operations/${request.params.operation}`;
    const operation = state.operations.get(name);
    const service = state.services.get(operation?.target.split('/').at(-1) ?? '');
    if (operation?.api !== 'run' || !service) throw notFound(`Resource '${name}' was not found`);
    response.json(serviceOperationView(state, operation, service));
  });
  return router;
}

interface ServicePath {
  readonly location: string;
  readonly service: string;
}

function findService(state: WorldState, { location, service: name }: ServicePath): ServiceState {
  const service = location === state.scenario.estate.region ? state.services.get(name) : undefined;
  if (service) return service;
  throw notFound(
    `Resource '${name}' of kind 'SERVICE' in region '${location}' in project '${state.scenario.estate.project}' does not exist.`,
  );
}

/** Newest first; "-" for the service lists those of every service. */
function revisionsOf(state: WorldState, path: ServicePath): { service: ServiceState; revision: RevisionState }[] {
  const services = path.service === '-' ? [...state.services.values()] : [findService(state, path)];
  return services
    .flatMap((service) => service.revisions.map((revision) => ({ service, revision })))
    .sort((a, b) => b.revision.createdMs - a.revision.createdMs);
}

function update(state: WorldState, service: ServiceState, request: Request, response: Response): void {
  const { updateMask, validateOnly, forceNewRevision } = request.query;
  if (!isJson(request.body)) throw invalidArgument('The request has no body.');
  const asked = { body: request.body, updateMask, forceNewRevision: forceNewRevision === 'true' };
  const change = serviceUpdate(state, service, asked);
  const by = String(response.locals['identity']);
  if (validateOnly === 'true') {
    const view = {
      '@type': 'type.googleapis.com/google.cloud.run.v2.Service',
      ...serviceView(state, { ...service, spec: change.spec }),
    };
    const name = `projects/${state.scenario.estate.project}/locations/${state.scenario.estate.region}/operations/validate-only`;
    response.json({ name, metadata: view, done: true, response: view });
    return;
  }
  const audit = {
    service: { template: change.spec.template, traffic: change.spec.traffic },
    updateMask: String(updateMask ?? ''),
  };
  const operation = changeService(state, service, { ...change, by, audit });
  response.json(serviceOperationView(state, operation, service));
}
