import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { isSql } from '../world/databases.ts';
import type { ConnectorState, DatabaseState } from '../world/state.ts';
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
  readonly connector: ConnectorState | undefined;
}

/**
 * They answer from a thread of their own: whoever measures how long a database takes must not measure how long the sandbox thinks about something
 * else. A connection that nothing gets through to is accepted by this machine all the same, and hears nothing.
 */
export async function startDatabases({ state }: World): Promise<DatabaseEndpoints> {
  const { project, region } = state.scenario.estate;
  const ways: [string, ConnectorState | undefined][] = [
    ['direct-vpc', undefined],
    ...[...state.connectors.values()].map((connector): [string, ConnectorState] => [
      `projects/${project}/locations/${region}/connectors/${connector.name}`,
      connector,
    ]),
  ];
  const databases = [undefined, ...state.databases.values()];
  const places = ways.flatMap(([, connector]) => databases.map((database): Place => ({ database, connector })));
  const fares = () => places.map(fareOf);
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

function fareOf({ database, connector }: Place): Fare {
  const lostRatio = connector?.timeoutRatio ?? 0;
  if (database === undefined) return { kind: 'known-good', listens: true, lostRatio, isFull: false, delayMs: 0 };
  const { estate, state, refusedRatio, slowness } = database;
  return {
    kind: estate.kind,
    listens: state !== 'refuses',
    lostRatio: state === 'times-out' ? 1 : lostRatio,
    isFull: refusedRatio > 0,
    delayMs: isSql(estate) ? Math.round(Math.min(DELAY_MS_MAX, slowness * USUAL_MS)) : USUAL_MS,
  };
}
