import { instanceNameOf, isSql } from '../databases.ts';
import type { DatabaseState, WorldState } from '../state.ts';
import { addPoint, type Series } from './store.ts';

/** What Cloud SQL and Memorystore measure of every instance, once a minute. One that is down has no connections and no load. */
export function sampleDatabases(state: WorldState): void {
  for (const database of state.databases.values()) {
    if (isSql(database.estate)) sampleSql(state, database);
    if (database.estate.kind === 'redis') sampleRedis(state, database);
  }
}

type Put = (type: string, valueType: Series['valueType'], value: number, labels?: Record<string, string>) => void;

const putter =
  (state: WorldState, resource: Series['resource']): Put =>
  (type, valueType, value, labels = {}) => {
    const identity = { metric: { type, labels }, resource, metricKind: 'GAUGE', valueType } as const;
    addPoint(state.metrics, identity, { startMs: state.nowMs, endMs: state.nowMs, value });
  };

function sampleSql(state: WorldState, { estate, state: now, connections, cpuRatio }: DatabaseState): void {
  const { project, region } = state.scenario.estate;
  const labels = { project_id: project, region, database_id: `${project}:${instanceNameOf(estate)}` };
  const put = putter(state, { type: 'cloudsql_database', labels });
  const type = (name: string) => `cloudsql.googleapis.com/database/${name}`;
  const isUp = now === 'up';
  put(type('up'), 'INT64', isUp ? 1 : 0);
  put(type('cpu/utilization'), 'DOUBLE', cpuRatio);
  put(type('memory/utilization'), 'DOUBLE', isUp ? estate.cloudSql.memoryRatio : 0);
  put(type('disk/utilization'), 'DOUBLE', estate.cloudSql.diskRatio);
  if (estate.kind === 'mysql') put(type('network/connections'), 'INT64', connections);
  else put(type('postgresql/num_backends'), 'INT64', connections, { database: 'app' });
}

function sampleRedis(state: WorldState, { estate, state: now, usedRatio, connections }: DatabaseState): void {
  const { project, region } = state.scenario.estate;
  const instance = `projects/${project}/locations/${region}/instances/${instanceNameOf(estate)}`;
  const labels = { project_id: project, region, instance_id: instance, node_id: 'node-0' };
  const put = putter(state, { type: 'redis_instance', labels });
  // One that is down is measured by nobody.
  if (now !== 'up') return;
  put('redis.googleapis.com/stats/memory/usage_ratio', 'DOUBLE', usedRatio, { role: 'primary' });
  put('redis.googleapis.com/clients/connected', 'INT64', connections, { role: 'primary' });
}
