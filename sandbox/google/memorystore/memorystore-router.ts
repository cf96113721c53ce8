import { Router } from 'express';
import { instanceNameOf } from '../../world/databases.ts';
import type { DatabaseState, WorldState } from '../../world/state.ts';
import type { World } from '../../world/world.ts';
import { notFound } from '../api-error.ts';
import { page } from '../page.ts';

const PAGE_SIZES = { usual: 500, max: 1000 };

/** Memorystore for Redis v1: instances. */
export function memorystoreRouter({ state }: World): Router {
  const router = Router();
  const { region } = state.scenario.estate;
  const instances = (location: string) =>
    [region, '-'].includes(location)
      ? [...state.databases.values()].filter(({ estate }) => estate.kind === 'redis')
      : [];
  router.get('/v1/projects/:project/locations/:location/instances', (request, response) => {
    const asked = { pageSize: request.query['pageSize'], pageToken: request.query['pageToken'] };
    const { items, ...rest } = page(instances(request.params.location), asked, PAGE_SIZES);
    response.json({ ...(items.length > 0 && { instances: items.map((one) => instanceView(state, one)) }), ...rest });
  });
  router.get('/v1/projects/:project/locations/:location/instances/:instance', (request, response) => {
    const { location, instance } = request.params;
    const found = instances(location).find(({ estate }) => instanceNameOf(estate) === instance);
    if (!found)
      throw notFound(
        `Resource 'projects/${state.scenario.estate.project}/locations/${location}/instances/${instance}' was not found`,
      );
    response.json(instanceView(state, found));
  });
  return router;
}

/** google.cloud.redis.v1.Instance in JSON. */
function instanceView(state: WorldState, { estate, platformState }: DatabaseState): Record<string, unknown> {
  const { project, region } = state.scenario.estate;
  const { memorystore, address } = estate;
  const [host, port] = address.split(':');
  return {
    name: `projects/${project}/locations/${region}/instances/${instanceNameOf(estate)}`,
    locationId: `${region}-a`,
    currentLocationId: `${region}-a`,
    redisVersion: 'REDIS_7_0',
    reservedIpRange: `${host}/29`,
    host,
    port: Number(port),
    state: platformState,
    redisConfigs: { 'maxmemory-policy': memorystore.evictionPolicy },
    tier: memorystore.tier,
    memorySizeGb: memorystore.memorySizeGb,
    authorizedNetwork: `projects/${project}/global/networks/default`,
    connectMode: 'PRIVATE_SERVICE_ACCESS',
    transitEncryptionMode: 'DISABLED',
  };
}
