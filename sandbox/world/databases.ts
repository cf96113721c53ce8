import type { CauseOf } from '../scenarios/causes.ts';
import type { DatabaseEstate } from '../scenarios/estate-database.ts';
import { clamp } from './random.ts';
import type { DatabaseState, RevisionState, WorldState } from './state.ts';

export const databaseState = (estate: DatabaseEstate): DatabaseState => ({
  name: estate.name,
  estate,
  state: 'up',
  platformState: estate.kind === 'redis' ? 'READY' : 'RUNNABLE',
  isStopped: false,
  operations: [],
  restartedMs: Number.NEGATIVE_INFINITY,
  connections: isSql(estate) ? estate.cloudSql.otherConnections : 0,
  refusedRatio: 0,
  cpuRatio: estate.cloudSql.cpuRatio,
  slowness: 1,
  usedRatio: estate.memorystore.usedRatio,
  refuses: new Map(),
  socket: 'works',
});

export const isSql = ({ kind }: DatabaseEstate): boolean => kind === 'postgresql' || kind === 'mysql';

export const instanceNameOf = ({ name, kind, cloudSql, memorystore }: DatabaseEstate): string =>
  (kind === 'redis' ? memorystore.instance : cloudSql.instance) ?? name;

export const connectionNameOf = (estate: DatabaseEstate, project: string, region: string): string =>
  `${project}:${region}:${instanceNameOf(estate)}`;

/** Source: Cloud SQL for PostgreSQL, max_connections, "default value" by memory (read 2026-11-23). */
const DEFAULT_CONNECTIONS: readonly (readonly [fromMib: number, connections: number])[] = [
  [122_880, 1000],
  [61_440, 800],
  [30_720, 600],
  [15_360, 500],
  [7680, 400],
  [6144, 200],
  [3840, 100],
];
const SHARED_CORES: Readonly<Record<string, number>> = { 'db-f1-micro': 25, 'db-g1-small': 50 };
const MYSQL_CONNECTIONS = 4000;

export function connectionsMaxOf({ kind, cloudSql: { maxConnections, tier } }: DatabaseEstate): number {
  if (maxConnections !== undefined) return maxConnections;
  if (kind === 'mysql') return MYSQL_CONNECTIONS;
  const memoryMib = Number(/^db-custom-\d+-(\d+)$/.exec(tier)?.[1] ?? 0);
  return SHARED_CORES[tier] ?? DEFAULT_CONNECTIONS.find(([from]) => memoryMib >= from)?.[1] ?? 50;
}

const vcpusOf = ({ cloudSql: { tier } }: DatabaseEstate): number => Number(/^db-custom-(\d+)-/.exec(tier)?.[1] ?? 1);

const RESERVED = 3; // superuser_reserved_connections of PostgreSQL.
const HEADROOM = 1.3; // A pool opens a few more than it uses on average: requests come in bursts.
const BUSY_FROM = 0.7; // From this share of its CPU on, queries wait for each other.
const BUSY_MAX = 0.97;

/** One second of a database: who holds connections, how busy it is, how full. */
export function tickDatabase(state: WorldState, database: DatabaseState): void {
  const { estate } = database;
  if (estate.kind === 'redis') fill(state, database);
  if (!isSql(estate)) {
    database.connections = openBy(state, database);
    return;
  }
  const busy = busyNow(state, database.name);
  const isUp = database.state === 'up';
  const wanted = estate.cloudSql.otherConnections + heldByOthers(state, database.name) + openBy(state, database);
  const limit = connectionsMaxOf(estate) - RESERVED;
  database.connections = isUp ? Math.min(wanted, limit) : 0;
  database.refusedRatio = isUp && wanted > limit ? (wanted - limit) / wanted : 0;
  const load = estate.cloudSql.cpuRatio + busy.cpuRatio + cpuBy(state, database);
  database.cpuRatio = isUp ? Math.min(1, load) : 0;
  database.slowness = busy.factor * Math.max(1, (1 - BUSY_FROM) / (1 - Math.min(BUSY_MAX, load)));
}

/** Revisions that serve and need it. */
function usersOf(state: WorldState, { name }: DatabaseState): RevisionState[] {
  return [...state.services.values()].flatMap(({ revisions }) =>
    revisions.filter(({ code, readyIds }) => readyIds.length > 0 && code.request.needs.includes(name)),
  );
}

function openBy(state: WorldState, database: DatabaseState): number {
  return usersOf(state, database).reduce((sum, revision) => {
    const { poolIdle, poolMax } = revision.code.request;
    const used = Math.ceil(usedPerInstance(database, revision) * HEADROOM);
    return sum + revision.readyIds.length * Math.min(poolMax, poolIdle + used);
  }, 0);
}

/** Connections that requests hold at a time, on average, in one instance. */
function usedPerInstance({ slowness }: DatabaseState, revision: RevisionState): number {
  const perSecond = revision.arrivalsPerSecond / Math.max(1, revision.readyIds.length);
  return (perSecond * revision.code.request.queryMs * slowness) / 1000;
}

/** What is asked of the pools of a revision, over what they have; above 1 requests wait for a connection in vain. */
export const poolLoad = (database: DatabaseState, revision: RevisionState): number =>
  isSql(database.estate) ? usedPerInstance(database, revision) / revision.code.request.poolMax : 0;

function cpuBy(state: WorldState, database: DatabaseState): number {
  const ms = usersOf(state, database).reduce(
    (sum, { arrivalsPerSecond, code }) => sum + arrivalsPerSecond * code.request.queryCpuMs,
    0,
  );
  return ms / (vcpusOf(database.estate) * 1000);
}

const isNow = (state: WorldState, { at, until }: { at: number; until?: number | undefined }): boolean => {
  const now = (state.nowMs - state.startMs) / 1000;
  return now >= at && now < (until ?? Number.POSITIVE_INFINITY);
};

function heldByOthers(state: WorldState, name: string): number {
  let sum = 0;
  for (const cause of state.scenario.causes)
    if (cause.type === 'database-connections' && cause.database === name && isNow(state, cause)) sum += cause.count;
  return sum;
}

function busyNow(state: WorldState, name: string): { cpuRatio: number; factor: number } {
  const busy = { cpuRatio: 0, factor: 1 };
  for (const cause of state.scenario.causes) {
    if (cause.type !== 'database-busy' || cause.database !== name || !isNow(state, cause)) continue;
    const ramp = rampOf(state, cause);
    busy.cpuRatio += cause.cpuRatio * ramp;
    busy.factor *= 1 + (cause.factor - 1) * ramp;
  }
  return busy;
}

const rampOf = (state: WorldState, { at, rampSeconds }: CauseOf<'database-busy'>): number =>
  clamp(((state.nowMs - state.startMs) / 1000 - at) / Math.max(1, rampSeconds), 0, 1);

function fill(state: WorldState, database: DatabaseState): void {
  for (const cause of state.scenario.causes)
    if (cause.type === 'redis-fills' && cause.database === database.name && isNow(state, cause))
      database.usedRatio = Math.min(1, database.usedRatio + cause.ratioPerMinute / 60);
}

/** A Redis that may not throw anything away takes no more writes once it is full. */
export const isFull = ({ estate, usedRatio }: DatabaseState): boolean =>
  estate.kind === 'redis' && estate.memorystore.evictionPolicy === 'noeviction' && usedRatio >= 1;
