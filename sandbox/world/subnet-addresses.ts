import { prefixOf } from './cidr.ts';
import { entryOf } from './network-path.ts';
import { print } from './note.ts';
import type { RevisionState, WorldState } from './state.ts';

/** Direct VPC egress reserves addresses in blocks of 16, and uses about two for each instance. Source: Cloud Run, Direct VPC egress, read 2026-11-23. */
const BLOCK = 16;
const PER_INSTANCE = 2;
/** Google keeps four addresses of every subnetwork. Source: VPC, subnets, read 2026-11-23. */
const RESERVED = 4;
const ASK_AGAIN_MS = 10_000;

/** Whether the subnetwork of a revision with Direct VPC egress has room for one instance more; where it has not, that is said in its log. */
export function hasAddress(state: WorldState, revision: RevisionState): boolean {
  const entry = entryOf(state, revision);
  if (entry.kind !== 'direct') return true;
  const subnetwork = entry.network?.subnetworks.find(({ name }) => name === entry.subnetwork);
  if (subnetwork === undefined) return true;
  const free = 2 ** (32 - prefixOf(subnetwork.ipCidrRange)) - RESERVED - subnetwork.usedAddresses;
  const room = (Math.floor(free / BLOCK) * BLOCK) / PER_INSTANCE;
  if (instancesIn(state, entry.subnetwork) < room) return true;
  if (state.nowMs < revision.startNotBeforeMs) return false;
  revision.startNotBeforeMs = state.nowMs + ASK_AGAIN_MS;
  revision.startFailures += 1;
  // Source of the text: Cloud Run troubleshooting, "insufficient free IP addresses in the subnetwork", quoted in public repositories, read 2026-11-23.
  const text = `Instance failed to start because of insufficient free IP addresses in the subnetwork ${entry.subnetwork}. Please consider moving to a subnetwork with more available IP addresses.`;
  print(state, { log: 'system', severity: 'ERROR', service: revision.service, revision: revision.name, text });
  return false;
}

function instancesIn(state: WorldState, subnetwork: string): number {
  const revisions = [...state.services.values()].flatMap((service) => service.revisions);
  return revisions
    .filter((revision) => {
      const entry = entryOf(state, revision);
      return entry.kind === 'direct' && entry.subnetwork === subnetwork;
    })
    .reduce((sum, { instances }) => sum + instances.length, 0);
}
