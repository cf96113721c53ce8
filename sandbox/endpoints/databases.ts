import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { isSql } from '../world/databases.ts';
import { type Entry, lostInside, throughConnector } from '../world/network-path.ts';
import type { DatabaseState, WorldState } from '../world/state.ts';
import type { World } from '../world/world.ts';
import { DELAY_MS_MAX } from './answer.ts';

/** The world's databases on sockets of 127.0.0.1, one for each way into the VPC: by Direct VPC egress, and through each connector. */
export interface DatabaseEndpoints {
  /** By way, as curl's --connect-to takes it: `10.20.0.3:5432:127.0.0.1:port`. */
  readonly vpcConnectTo: Readonly<Record<string, readonly string[]>>;
  /** Has them fare as the world does now. */
  follow(): void;
  close(): Promise<void>;
}

/** How one socket fares. */
export interface Fare {
  readonly kind: DatabaseState['estate']['kind'] | 'known-good';
  /** A process that is down refuses. */
  readonly listens: boolean;
  /** Share of connections that hear nothing. */
  readonly lostRatio: number;
  readonly isFull: boolean;
  /** Before each answer; machine time. */
  readonly delayMs: number;
}

/** What stands in the VPC and always answers: nothing of the scenario's, so that a probe can know its way by it. */
export const KNOWN_GOOD = '10.20.0.2:443';

const USUAL_MS = 2;

interface Place {
  readonly database: DatabaseState | undefined;
  /** By name; undefined: by Direct VPC egress. */
  readonly connector: string | undefined;
}

/**
 * They answer from a thread of their own: whoever measures how long a database takes must not measure how long the sandbox thinks about something
 * else. A connection that nothing gets through to is accepted by this machine all the same, and hears nothing.
 */
export async function startDatabases({ state }: World): Promise<DatabaseEndpoints> {
  const { project, region } = state.scenario.estate;
  const ways: [string, string | undefined][] = [
    ['direct-vpc', undefined],
    ...[...state.connectors.keys()].map((name): [string, string] => [
      `projects/${project}/locations/${region}/connectors/${name}`,
      name,
    ]),
  ];
  const databases = [undefined, ...state.databases.values()];
  const places = ways.flatMap(([, connector]) => databases.map((database): Place => ({ database, connector })));
  const fares = () => places.map((place) => fareOf(state, place));
  let known = JSON.stringify(fares());
  const worker = new Worker(new URL('./database-worker.ts', import.meta.url), {
    workerData: { seed: state.scenario.seed, fares: fares() },
  });
  // Sound: the first thing that it says is its ports, in the order of the fares.
  const [ports] = (await once(worker, 'message')) as [readonly number[]];
  return {
    vpcConnectTo: Object.fromEntries(
      ways.map(([way], index) => [
        way,
        databases.map((database, place) => {
          const address = database?.estate.address ?? KNOWN_GOOD;
          return `${address}:127.0.0.1:${ports[index * databases.length + place]}`;
        }),
      ]),
    ),
    follow() {
      const now = fares();
      const text = JSON.stringify(now);
      if (text !== known) worker.postMessage(now);
      known = text;
    },
    async close() {
      await worker.terminate();
    },
  };
}

/**
 * As the network lets it, which a probe enters as services do. The known-good target is one of the network's own machines: a connector alone keeps from it.
 */
function fareOf(state: WorldState, { database, connector }: Place): Fare {
  const entry = connector === undefined ? standingIn(state) : throughConnector(state, connector);
  if (database === undefined) {
    const lostRatio = entry.kind === 'connector' ? (entry.connector?.timeoutRatio ?? 1) : 0;
    return { kind: 'known-good', listens: true, lostRatio, isFull: false, delayMs: 0 };
  }
  const { estate, state: condition, refusedRatio, slowness } = database;
  return {
    kind: estate.kind,
    listens: condition !== 'refuses',
    lostRatio: condition === 'times-out' ? 1 : lostInside(entry, estate.address),
    isFull: refusedRatio > 0,
    delayMs: isSql(estate) ? Math.round(Math.min(DELAY_MS_MAX, slowness * USUAL_MS)) : USUAL_MS,
  };
}

/** A probe with Direct VPC egress stands in the network that the estate's services send into, the first of them. */
function standingIn({ networks }: WorldState): Entry {
  const [network] = networks.values();
  return { kind: 'direct', network, subnetwork: network?.name ?? '' };
}
