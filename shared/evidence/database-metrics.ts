import type { Series, SeriesQuery } from '../ports/cloud.ts';
import type { Inspection } from './inspector.ts';
import { knownSeries } from './known-series.ts';

type Points = Series['points'];

/** Points by instance: `project:instance` for Cloud SQL, the full name for Memorystore. */
export type PointsOf = (instance: string) => Points;

export interface SqlMetrics {
  /** 0 where the database process does not run. */
  readonly up: PointsOf;
  readonly connections: PointsOf;
  readonly cpuRatio: PointsOf;
  readonly memoryRatio: PointsOf;
  readonly diskRatio: PointsOf;
}

export interface RedisMetrics {
  readonly memoryRatio: PointsOf;
  readonly clients: PointsOf;
}

/** Cloud SQL's metrics of all instances of the project: one query a metric, whatever their number. */
export async function sqlMetrics(
  engines: readonly ('postgresql' | 'mysql' | 'other')[],
  inspection: Inspection,
  abort: AbortSignal,
): Promise<SqlMetrics> {
  const ask = (metric: string, aligner: SeriesQuery['aligner'], reducer: SeriesQuery['reducer']) =>
    points(`cloudsql.googleapis.com/database/${metric}`, CLOUD_SQL, { aligner, reducer }, inspection, abort);
  const [up, backends, connections, cpuRatio, memoryRatio, diskRatio] = await Promise.all([
    ask('up', 'ALIGN_MEAN', 'REDUCE_MAX'),
    // PostgreSQL counts by logical database, and has no network/connections: Google's metric list.
    engines.includes('postgresql') ? ask('postgresql/num_backends', 'ALIGN_MAX', 'REDUCE_SUM') : NONE,
    engines.includes('mysql') ? ask('network/connections', 'ALIGN_MAX', 'REDUCE_MAX') : NONE,
    ask('cpu/utilization', 'ALIGN_MEAN', 'REDUCE_MAX'),
    ask('memory/utilization', 'ALIGN_MEAN', 'REDUCE_MAX'),
    ask('disk/utilization', 'ALIGN_MEAN', 'REDUCE_MAX'),
  ]);
  const either: PointsOf = (instance) => [...backends(instance), ...connections(instance)];
  return { up, connections: either, cpuRatio, memoryRatio, diskRatio };
}

export async function redisMetrics(inspection: Inspection, abort: AbortSignal): Promise<RedisMetrics> {
  const ask = (metric: string) =>
    points(
      `redis.googleapis.com/${metric}`,
      MEMORYSTORE,
      { aligner: 'ALIGN_MEAN', reducer: 'REDUCE_MAX' },
      inspection,
      abort,
    );
  const [memoryRatio, clients] = await Promise.all([ask('stats/memory/usage_ratio'), ask('clients/connected')]);
  return { memoryRatio, clients };
}

/** Of what nothing was asked. */
const NONE: PointsOf = () => [];
const CLOUD_SQL = { type: 'cloudsql_database', label: 'database_id' } as const;
const MEMORYSTORE = { type: 'redis_instance', label: 'instance_id' } as const;

async function points(
  metric: string,
  resource: { readonly type: string; readonly label: string },
  { aligner, reducer }: Pick<SeriesQuery, 'aligner' | 'reducer'>,
  { environment, cloud, since, until }: Inspection,
  abort: AbortSignal,
): Promise<PointsOf> {
  const query: SeriesQuery = {
    project: environment.project,
    filter: `metric.type="${metric}" AND resource.type="${resource.type}"`,
    from: since,
    to: until,
    alignSeconds: 60,
    aligner,
    reducer,
    groupBy: [`resource.labels.${resource.label}`],
  };
  const found = await knownSeries(cloud.series(query, abort));
  return (instance) => found.find(({ labels }) => labels[resource.label] === instance)?.points ?? [];
}
