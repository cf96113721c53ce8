import { entryOf, type PathFailure } from './network-path.ts';
import type { DatabaseState, RevisionState, WorldState } from './state.ts';

export type Resolved =
  | { readonly kind: 'address'; readonly address: string }
  | { readonly kind: 'failure'; readonly failure: PathFailure };

/** What a revision connects to for a database: the address behind its name in a private zone, or the address itself where it has no name. */
export function resolved(state: WorldState, revision: RevisionState, database: DatabaseState): Resolved {
  const { address } = database.estate;
  const known = [...state.networks.values()]
    .flatMap((network) => network.zones.flatMap(({ records }) => records.map((record) => ({ network, record }))))
    .filter(({ record }) => record.database === database.name);
  const [first] = known;
  if (first === undefined) return { kind: 'address', address };
  const entry = entryOf(state, revision);
  const network = entry.kind === 'none' ? undefined : entry.network;
  const seen = known.find((one) => one.network === network)?.record;
  if (seen?.value === undefined) {
    const line = `Error: getaddrinfo ENOTFOUND ${first.record.name}`;
    return { kind: 'failure', failure: { ratio: 1, how: 'at-once', line } };
  }
  return { kind: 'address', address: `${seen.value}:${address.split(':')[1]}` };
}
