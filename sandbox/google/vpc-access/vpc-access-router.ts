import { Router } from 'express';
import { changeConnector } from '../../world/change-connector.ts';
import { createConnector } from '../../world/create-connector.ts';
import type { ConnectorState } from '../../world/state.ts';
import { isJson } from '../../world/template.ts';
import type { World } from '../../world/world.ts';
import { invalidArgument, notFound } from '../api-error.ts';
import { page } from '../page.ts';
import { connectorCreation } from './connector-creation.ts';
import { connectorUpdate } from './connector-update.ts';
import { connectorOperationView, connectorView } from './connector-view.ts';

const PAGE_SIZES = { usual: 100, max: 500 };

/** Serverless VPC Access v1: connectors and their operations. */
export function vpcAccessRouter({ state }: World): Router {
  const router = Router();
  const { region } = state.scenario.estate;
  const find = (location: string, name: string): ConnectorState => {
    const connector = location === region ? state.connectors.get(name) : undefined;
    if (connector) return connector;
    throw notFound(
      `Resource 'projects/${state.scenario.estate.project}/locations/${location}/connectors/${name}' was not found`,
    );
  };
  router.get('/v1/projects/:project/locations/:location/connectors', (request, response) => {
    const here = [region, '-'].includes(request.params.location);
    const all = here ? [...state.connectors.values()].map((c) => connectorView(state, c)) : [];
    const { items, ...rest } = page(
      all,
      { pageSize: request.query['pageSize'], pageToken: request.query['pageToken'] },
      PAGE_SIZES,
    );
    response.json({ ...(items.length > 0 && { connectors: items }), ...rest });
  });
  router.get('/v1/projects/:project/locations/:location/connectors/:connector', (request, response) => {
    response.json(connectorView(state, find(request.params.location, request.params.connector)));
  });
  router.post('/v1/projects/:project/locations/:location/connectors', (request, response) => {
    if (!isJson(request.body)) throw invalidArgument('The request has no body.');
    if (request.params.location !== region)
      throw invalidArgument(`The location '${request.params.location}' is not the one that this project is in.`);
    const make = connectorCreation(state, request.body, request.query['connectorId']);
    response.json(connectorOperationView(state, createConnector(state, make, String(response.locals['identity']))));
  });
  router.patch('/v1/projects/:project/locations/:location/connectors/:connector', (request, response) => {
    const connector = find(request.params.location, request.params.connector);
    if (!isJson(request.body)) throw invalidArgument('The request has no body.');
    const limits = connectorUpdate(connector, request.body, request.query['updateMask']);
    response.json(connectorOperationView(state, changeConnector(state, connector, limits)));
  });
  router.get('/v1/projects/:project/locations/:location/operations/:operation', (request, response) => {
    const { location, operation: id } = request.params;
    const name = `projects/${state.scenario.estate.project}/locations/${location}/operations/${id}`;
    const operation = state.operations.get(name);
    if (operation?.api !== 'vpcaccess') throw notFound(`Operation '${name}' was not found`);
    response.json(connectorOperationView(state, operation));
  });
  return router;
}
