import { RESERVED_CONNECTIONS } from '../evidence/connection-limits.ts';
import type { DatabaseObservation, ObservedDatabase } from '../evidence/database.ts';

interface Growth {
  /** Short name. */
  readonly service: string;
  /** Its instances now. */
  readonly running: number;
  /** Instances of the revision before that may stand beside the new one's while it is replaced; 0 where none is. */
  readonly replaced: number;
  /** Its instances at most, after. */
  readonly after: number;
}

/** Why a database could not take the connections of so many instances, with the numbers; undefined where all can, or nothing is known of them. */
export const wouldExhaust = ({ databases }: DatabaseObservation, growth: Growth): string | undefined =>
  databases.map((one) => exhausted(one, growth)).find((reason) => reason !== undefined);

function exhausted(database: ObservedDatabase, { service, running, replaced, after }: Growth): string | undefined {
  const pool = database.users.find((one) => one.service === service)?.connectionsPerInstance;
  const { limit } = database;
  if (pool === undefined || limit === undefined) return undefined;
  const taken = limit.connections - RESERVED_CONNECTIONS;
  const now = database.connections.at(-1)?.value ?? 0;
  const others = Math.max(0, now - pool * running);
  const wanted = (replaced + after) * pool + others;
  return wanted <= taken
    ? undefined
    : `${after} instances of ${service}${replaced === 0 ? '' : ` beside the ${replaced} of the revision before`}, ${pool} connections each, and ${others} of others are ${wanted}: ${database.name} takes ${taken}`;
}
