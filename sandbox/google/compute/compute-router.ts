import { type Request, Router } from 'express';
import { changeHealthCheck } from '../../world/edge/change-health-check.ts';
import type { Json, WorldState } from '../../world/state.ts';
import { isJson } from '../../world/template.ts';
import type { World } from '../../world/world.ts';
import { invalidArgument, notFound } from '../api-error.ts';
import { page } from '../page.ts';
import { computeOperationView, refuseWhileBusy } from './compute-operations.ts';
import {
  backendServices,
  forwardingRules,
  groupHealth,
  healthChecks,
  networkEndpointGroups,
  securityPolicies,
  sslCertificates,
  targetHttpsProxies,
  urlMaps,
} from './compute-views.ts';
import { healthCheckUpdate } from './health-check-update.ts';

const PAGE_SIZES = { usual: 500, max: 500 };

const collections: Readonly<Record<string, (state: WorldState) => Json[]>> = {
  forwardingRules,
  targetHttpsProxies,
  urlMaps,
  backendServices,
  networkEndpointGroups,
  sslCertificates,
  healthChecks,
  securityPolicies,
};

/** Compute Engine v1: what load balancers are made of, in lists over every scope. */
export function computeRouter({ state }: World): Router {
  const router = Router();
  const base = '/compute/v1/projects/:project';
  for (const [collection, list] of Object.entries(collections))
    router.get(`${base}/aggregated/${collection}`, (request, response) => {
      response.json(aggregated(state, collection, list(state), request));
    });
  router.post(`${base}/global/backendServices/:backend/getHealth`, (request, response) => {
    const { backend } = request.params;
    const vm = state.edge.vms.get(backend.replace(/-backend$/, ''));
    if (vm !== undefined) {
      response.json(groupHealth(state, vm));
      return;
    }
    if (!backendServices(state).some(({ name }) => name === backend))
      throw notFound(
        `The resource 'projects/${request.params.project}/global/backendServices/${backend}' was not found`,
      );
    throw invalidArgument(
      `Invalid value for field 'resource.group': '${String(request.body?.group)}'. A network endpoint group of type SERVERLESS has no health.`,
    );
  });
  router.patch(`${base}/global/healthChecks/:check`, (request, response) => {
    const { project, check } = request.params;
    const vm = state.edge.vms.get(check.replace(/-health$/, ''));
    const target = `projects/${project}/global/healthChecks/${check}`;
    if (vm === undefined || !check.endsWith('-health')) throw notFound(`The resource '${target}' was not found`);
    if (!isJson(request.body)) throw invalidArgument('The request has no body.');
    refuseWhileBusy(state, target);
    const after = healthCheckUpdate(vm, request.body);
    response.json(computeOperationView(changeHealthCheck(state, vm, after)));
  });
  router.get(`${base}/:scope{/:region}/operations/:operation` as string, (request, response) => {
    const name = decodeURIComponent(request.path).replace('/compute/v1/', '');
    const operation = state.operations.get(name);
    if (operation?.api !== 'compute') throw notFound(`The resource '${name}' was not found`);
    response.json(computeOperationView(operation));
  });
  return router;
}

/** By scope: `global`, and a warning for every scope that has none. */
function aggregated(state: WorldState, collection: string, all: readonly Json[], { query }: Request): Json {
  const { region, project } = state.scenario.estate;
  const { items, ...rest } = page(all, { pageSize: query['maxResults'], pageToken: query['pageToken'] }, PAGE_SIZES);
  const scope = (item: Json) =>
    String(item['selfLink']).includes(`/regions/${region}/`) ? `regions/${region}` : 'global';
  const inScope = (name: string) => {
    const own = items.filter((item) => scope(item) === name);
    return own.length > 0 ? { [collection]: own } : { warning: noResults(name) };
  };
  return {
    kind: `compute#${collection.replace(/ies$/, 'y').replace(/s$/, '')}AggregatedList`,
    id: `projects/${project}/aggregated/${collection}`,
    items: { global: inScope('global'), [`regions/${region}`]: inScope(`regions/${region}`) },
    ...rest,
  };
}

const noResults = (scope: string) => ({
  code: 'NO_RESULTS_ON_PAGE',
  message: `There are no results for scope '${scope}' on this page.`,
  data: [{ key: 'scope', value: scope }],
});
