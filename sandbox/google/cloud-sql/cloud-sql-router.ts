import { type Request, Router } from 'express';
import { connectionNameOf, instanceNameOf, isSql } from '../../world/databases.ts';
import type { DatabaseOperation, DatabaseState, WorldState } from '../../world/state.ts';
import type { World } from '../../world/world.ts';
import { notFound } from '../api-error.ts';
import { page } from '../page.ts';

const PAGE_SIZES = { usual: 500, max: 500 };

/** Cloud SQL Admin v1: instances and what was done with them. */
export function cloudSqlRouter({ state }: World): Router {
  const router = Router();
  const instances = () => [...state.databases.values()].filter(({ estate }) => isSql(estate));
  const find = (name: string | undefined): DatabaseState => {
    const found = instances().find(({ estate }) => instanceNameOf(estate) === name);
    if (found) return found;
    throw notFound(`The Cloud SQL instance does not exist.`);
  };
  router.get('/v1/projects/:project/instances', (request, response) => {
    const { items, ...rest } = page(instances(), pageOf(request), PAGE_SIZES);
    response.json({
      kind: 'sql#instancesList',
      ...(items.length > 0 && { items: items.map((one) => instanceView(state, one)) }),
      ...rest,
    });
  });
  router.get('/v1/projects/:project/instances/:instance', (request, response) => {
    response.json(instanceView(state, find(request.params.instance)));
  });
  router.get('/v1/projects/:project/operations', (request, response) => {
    const asked = request.query['instance'];
    const of = asked === undefined ? instances() : [find(String(asked))];
    const all = of.flatMap((one) => one.operations.map((operation) => operationView(state, one, operation)));
    const { items, ...rest } = page(all, pageOf(request), PAGE_SIZES);
    response.json({ kind: 'sql#operationsList', ...(items.length > 0 && { items }), ...rest });
  });
  return router;
}

const pageOf = ({ query }: Request) => ({ pageSize: query['maxResults'], pageToken: query['pageToken'] });

/** DatabaseInstance, in the shape of real replies (GoogleCloudPlatform/gcpdiag, test-data/cloudsql, commit 06ec8584). */
function instanceView(state: WorldState, { estate, platformState, isStopped }: DatabaseState): Record<string, unknown> {
  const { project, region } = state.scenario.estate;
  const { cloudSql, kind, address } = estate;
  const name = instanceNameOf(estate);
  const version = cloudSql.version ?? (kind === 'mysql' ? 'MYSQL_8_0' : 'POSTGRES_15');
  const flags =
    cloudSql.maxConnections === undefined ? [] : [{ name: 'max_connections', value: String(cloudSql.maxConnections) }];
  return {
    kind: 'sql#instance',
    state: platformState,
    ...(platformState === 'SUSPENDED' && { suspensionReason: ['BILLING_ISSUE'] }),
    databaseVersion: version,
    settings: {
      tier: cloudSql.tier,
      kind: 'sql#settings',
      availabilityType: cloudSql.highlyAvailable ? 'REGIONAL' : 'ZONAL',
      pricingPlan: 'PER_USE',
      activationPolicy: isStopped ? 'NEVER' : 'ALWAYS',
      ipConfiguration: {
        privateNetwork: `projects/${project}/global/networks/default`,
        authorizedNetworks: [],
        ipv4Enabled: cloudSql.publicAddress,
      },
      dataDiskType: 'PD_SSD',
      ...(flags.length > 0 && { databaseFlags: flags }),
      storageAutoResize: true,
      dataDiskSizeGb: '10',
    },
    ipAddresses: [
      ...(cloudSql.publicAddress ? [{ type: 'PRIMARY', ipAddress: '203.0.113.20' }] : []),
      { type: 'PRIVATE', ipAddress: address.replace(/:\d+$/, '') },
    ],
    instanceType: 'CLOUD_SQL_INSTANCE',
    project,
    backendType: 'SECOND_GEN',
    selfLink: `https://sqladmin.googleapis.com/v1/projects/${project}/instances/${name}`,
    connectionName: connectionNameOf(estate, project, region),
    name,
    region,
    gceZone: `${region}-a`,
  };
}

function operationView(
  state: WorldState,
  { estate }: DatabaseState,
  { id, type, by, startedMs, endedMs }: DatabaseOperation,
): Record<string, unknown> {
  const { project } = state.scenario.estate;
  const instance = instanceNameOf(estate);
  const at = (ms: number) => new Date(ms).toISOString();
  const isOver = endedMs !== undefined && endedMs <= state.nowMs;
  return {
    kind: 'sql#operation',
    targetLink: `https://sqladmin.googleapis.com/v1/projects/${project}/instances/${instance}`,
    status: isOver ? 'DONE' : 'RUNNING',
    ...(by !== undefined && { user: by }),
    insertTime: at(startedMs),
    startTime: at(startedMs),
    ...(isOver && { endTime: at(endedMs) }),
    operationType: type,
    name: id,
    targetId: instance,
    selfLink: `https://sqladmin.googleapis.com/v1/projects/${project}/operations/${id}`,
    targetProject: project,
  };
}
