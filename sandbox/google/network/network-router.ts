import { type Request, type Response, Router } from 'express';
import { changeNat } from '../../world/change-nat.ts';
import type { NetworkState } from '../../world/network-state.ts';
import { isJson } from '../../world/template.ts';
import type { World } from '../../world/world.ts';
import { invalidArgument, notFound } from '../api-error.ts';
import { computeOperationView, refuseWhileBusy } from '../compute/compute-operations.ts';
import { page } from '../page.ts';
import { natUpdate } from './nat-update.ts';
import {
  addressViews,
  changeViews,
  firewallViews,
  networkView,
  recordViews,
  routerName,
  routerView,
  routeViews,
  subnetworkViews,
  type View,
  zoneViews,
} from './network-views.ts';

/** "maxResults: 0 to 500, default 500", compute v1 discovery document. */
const PAGE_SIZES = { usual: 500, max: 500 };
const DNS_PAGE_SIZES = { usual: 100, max: 1000 };
const PROJECT = '/compute/v1/projects/:project';
const ZONES = '/dns/v1/projects/:project/managedZones';

/** Networks and what is in them: Compute Engine v1 and Cloud DNS v1. */
export function networkRouter({ state }: World): Router {
  const router = Router();
  const { project, region } = state.scenario.estate;
  const networks = () => [...state.networks.values()];
  const lists = (path: string, kind: string, views: (network: NetworkState) => View[]) => {
    router.get(`${PROJECT}/${path}`, (request, response) => {
      const elsewhere = 'region' in request.params && request.params['region'] !== region;
      const items = elsewhere ? [] : networks().flatMap(views);
      answerList(request, response, kind, items);
    });
  };
  router.get(`${PROJECT}/global/networks/:network`, (request, response) => {
    const network = state.networks.get(request.params.network);
    if (!network)
      throw notFound(`The resource 'projects/${project}/global/networks/${request.params.network}' was not found`);
    response.json(networkView(state, network));
  });
  lists('global/networks', 'networkList', (network) => [networkView(state, network)]);
  lists('global/routes', 'routeList', (network) => routeViews(state, network));
  lists('global/firewalls', 'firewallList', (network) => firewallViews(state, network));
  lists('global/addresses', 'addressList', (network) => addressViews(state, network));
  lists('regions/:region/subnetworks', 'subnetworkList', (network) => subnetworkViews(state, network));
  lists('regions/:region/routers', 'routerList', (network) => [routerView(state, network)]);
  const withRouter = (asked: { readonly region: string; readonly router: string }): NetworkState => {
    const found = networks().find((network) => asked.region === region && routerName(network) === asked.router);
    if (found) return found;
    throw notFound(`The resource 'projects/${project}/regions/${asked.region}/routers/${asked.router}' was not found`);
  };
  router.get(`${PROJECT}/regions/:region/routers/:router`, (request, response) => {
    response.json(routerView(state, withRouter(request.params)));
  });
  router.patch(`${PROJECT}/regions/:region/routers/:router`, (request, response) => {
    const network = withRouter(request.params);
    if (!isJson(request.body)) throw invalidArgument('The request has no body.');
    refuseWhileBusy(state, `projects/${project}/regions/${region}/routers/${request.params.router}`);
    const config = natUpdate(network, request.body);
    const by = String(response.locals['identity']);
    const operation = changeNat(state, { network, config, by, request: request.body });
    response.json(computeOperationView(operation));
  });
  router.get(ZONES, (request, response) => {
    answerDns(
      request,
      response,
      'managedZones',
      networks().flatMap((network) => zoneViews(state, network)),
    );
  });
  const withZone = (zone: string): NetworkState => {
    const found = networks().find(({ zones }) => zones.some(({ name }) => name === zone));
    if (!found) throw notFound(`The 'parameters.managedZone' resource named '${zone}' does not exist.`);
    return found;
  };
  router.get(`${ZONES}/:zone/rrsets`, (request, response) => {
    const { zone } = request.params;
    answerDns(request, response, 'rrsets', recordViews(withZone(zone), zone));
  });
  router.get(`${ZONES}/:zone/changes`, (request, response) => {
    const { zone } = request.params;
    answerDns(request, response, 'changes', changeViews(withZone(zone), zone));
  });
  return router;
}

function answerList(request: Request, response: Response, kind: string, all: readonly View[]): void {
  const asked = { pageSize: request.query['maxResults'], pageToken: request.query['pageToken'] };
  const { items, ...rest } = page(all, asked, PAGE_SIZES);
  response.json({ kind: `compute#${kind}`, ...(items.length > 0 && { items }), ...rest });
}

function answerDns(request: Request, response: Response, field: string, all: readonly View[]): void {
  const asked = { pageSize: request.query['maxResults'], pageToken: request.query['pageToken'] };
  const { items, ...rest } = page(all, asked, DNS_PAGE_SIZES);
  response.json({ kind: `dns#${field}ListResponse`, [field]: items, ...rest });
}
