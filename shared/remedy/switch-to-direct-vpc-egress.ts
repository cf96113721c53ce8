import { prefixOf, sizeOf } from '../evidence/cidr.ts';
import type { ServiceObservation } from '../evidence/cloud-run.ts';
import type { NetworkObservation, NetworkView } from '../evidence/network.ts';
import type { VpcAccess } from '../ports/cloud.ts';
import type { Subnetwork } from '../ports/network.ts';
import { lastOf, parseName, projectOf } from '../ports/resource-name.ts';
import type { Action } from './action.ts';
import type { PlanStep } from './actions.ts';
import { ceilingOf } from './instances-seen.ts';
import { moveToConnector } from './move-to-connector.ts';
import {
  arePinned,
  NEW_REVISION_SECONDS,
  NOT_PINNED,
  type Or,
  type Pinned,
  REPLACES_INSTANCES,
  refused,
  UPDATE_SERVICE,
} from './new-revision.ts';
import { inTemplate, ofService } from './permanence.ts';
import { type Access, vpcAccessChange } from './vpc-access-change.ts';

/** Direct VPC egress, limitations: a subnetwork of /26 or larger, addresses reserved in blocks of 16, two for each instance (facts, 2026-11-23). */
const PREFIX_MAX = 26;
const BLOCK = 16;
const PER_INSTANCE = 2;
/** Google keeps four addresses of every subnetwork. Source: VPC, subnets (read 2026-11-23). */
const KEPT = 4;
/** "Connection establishment may take a minute or more" as an instance starts (facts, 2026-11-23). */
const CONNECTING_SECONDS = 60;

/**
 * Sends the services of a connector into its network directly, each by a new revision, on a subnetwork that has room for all of them.
 * API: Cloud Run Admin v2 services.patch (template.vpcAccess). Permissions besides those of a new revision: compute.networks.get, compute.subnetworks.get, compute.subnetworks.use.
 * Silent (refuses) where no subnetwork of the network and region is seen to have room, and where a service cannot be given a new revision.
 */
export const switchToDirectVpcEgress: Action<Pinned<Access>, 'vpc-connector' | 'network' | 'cloud-run'> = {
  title: 'Send into the network directly',
  answers: ['connector-in-error', 'connector-saturated', 'connector-misconfigured'],
  permissions: [...UPDATE_SERVICE, 'compute.networks.get', 'compute.subnetworks.get', 'compute.subnetworks.use'],
  terms: { risk: ['high'], undo: 'restore-before', cost: 'none' },
  needs: ['vpc-connector', 'network', 'cloud-run'],
  propose: ({ cause: { target }, seen }) => {
    const connector = seen['vpc-connector'].connectors.find(({ name }) => name === target);
    if (connector === undefined) return refused(`connector ${target} was not observed: its network is not known`);
    const { services } = seen['cloud-run'];
    const users = services.flatMap((service) => {
      const { vpcAccess } = service.template;
      return vpcAccess.kind === 'connector' && vpcAccess.connector === target ? [{ service, from: vpcAccess }] : [];
    });
    const way = seen.network.ways.find((one) => one.connector === target);
    const view = seen.network.networks.find(({ name }) => name === way?.network);
    if (view === undefined) return refused(`the network of ${parseName(target).id} was not observed`);
    const running = users.map(({ service }) => service);
    const chosen = subnetworkFor(running, view, services, seen.network);
    if (chosen.kind === 'refused') return chosen;
    const switched = users.map((user) => stepOf(user, chosen.subnetwork));
    const [no] = switched.flatMap((one) => (one.kind === 'refused' ? [one] : []));
    const [first, ...followedBy] = switched.flatMap((one) => (one.kind === 'found' ? [one] : []));
    if (no !== undefined) return no;
    if (first === undefined) return refused(`no watched service sends through ${parseName(target).id}`);
    return {
      kind: 'proposed',
      change: first.change,
      prospect: first.prospect,
      followedBy: followedBy.map(({ change, prospect }) => ({
        action: 'switch-to-direct-vpc-egress',
        ...change,
        prospect,
      })),
    };
  },
  outOfLimits: ({ after: { vpcAccess, images }, present }) => {
    if (!arePinned(images)) return NOT_PINNED;
    if (vpcAccess.kind !== 'direct' || present.vpcAccess.kind !== 'connector')
      return 'a service is only switched from a connector to Direct VPC egress';
    return vpcAccess.egress === present.vpcAccess.egress
      ? undefined
      : 'what a service sends into the network stays the same';
  },
  // The same settings of a service, read and written alike.
  read: moveToConnector.read,
  write: moveToConnector.write,
};

/** A service, and the connector that it leaves. */
interface User {
  readonly service: ServiceObservation;
  readonly from: Extract<VpcAccess, { readonly kind: 'connector' }>;
}

/** The one with the most room, if all that may run in it find addresses. */
function subnetworkFor(
  users: readonly ServiceObservation[],
  { name, subnetworks, unread }: NetworkView,
  services: readonly ServiceObservation[],
  { ways }: NetworkObservation,
): Or<{ readonly subnetwork: Subnetwork }> {
  const missing = unread.find(({ part }) => part === 'subnetworks');
  if (missing !== undefined) return refused(`the subnetworks of ${lastOf(name)} could not be read: ${missing.detail}`);
  const addresses = (run: readonly ServiceObservation[]) =>
    Math.ceil((run.reduce((sum, one) => sum + ceilingOf(one), 0) * PER_INSTANCE) / BLOCK) * BLOCK;
  const roomIn = (subnetwork: Subnetwork): number => {
    const there = ways.filter((way) => way.subnetwork === subnetwork.name && way.kind === 'direct');
    const own = services.filter(({ shortName }) => there.some(({ service }) => service === shortName));
    return Math.floor((sizeOf(subnetwork.ipCidrRange) - KEPT) / BLOCK) * BLOCK - addresses(own);
  };
  const [best] = subnetworks
    .filter(({ ipCidrRange }) => prefixOf(ipCidrRange) <= PREFIX_MAX)
    .toSorted((a, b) => roomIn(b) - roomIn(a));
  if (best === undefined) return refused(`${lastOf(name)} has no subnetwork of /${PREFIX_MAX} or larger here`);
  const needed = addresses(users);
  return roomIn(best) >= needed
    ? { kind: 'found', subnetwork: best }
    : refused(
        `${needed} addresses are needed, two for each instance that may run, and ${lastOf(best.name)} (${best.ipCidrRange}) has room for ${Math.max(0, roomIn(best))}`,
      );
}

function stepOf(
  { service, from }: User,
  { name, network, ipCidrRange }: Subnetwork,
): Or<
  Pick<Extract<PlanStep, { readonly action: 'switch-to-direct-vpc-egress' }>, 'prospect'> & {
    readonly change: Extract<ReturnType<typeof vpcAccessChange>, { readonly kind: 'found' }>['change'];
  }
> {
  const { shortName } = service;
  // By its short name, as Google's examples have it, where it is the service's own project.
  const named = (full: string) => (projectOf(full) === projectOf(service.name) ? lastOf(full) : full);
  const direct: VpcAccess = {
    kind: 'direct',
    network: named(network),
    subnetwork: named(name),
    egress: from.egress,
  };
  const switched = vpcAccessChange(service, direct);
  if (switched.kind === 'refused') return switched;
  return {
    kind: 'found',
    change: switched.change,
    prospect: {
      fit: 'mends',
      risk: 'high',
      summary: {
        title: `Send ${shortName} into ${lastOf(network)} directly`,
        before: `through connector ${parseName(from.connector).id}`,
        after: `from subnetwork ${lastOf(name)} (${ipCidrRange})`,
      },
      expectedEffect: `${shortName} reaches its network without the connector`,
      expectedSeconds: NEW_REVISION_SECONDS + CONNECTING_SECONDS,
      whatCouldGoWrong: `${REPLACES_INSTANCES} A new instance may take a minute to connect. Firewall rules for connectors, and databases and partners that let in certain addresses alone, do not know ${ipCidrRange} yet. Addresses that machines of others hold there were not seen.`,
      // Direct VPC egress costs nothing of its own, and the connector stays.
      costUsdPerMonth: 0,
      undo: { kind: 'restore-before' },
      permanent: ofService(
        service.name,
        `--clear-vpc-connector --network=${direct.network} --subnet=${direct.subnetwork} --vpc-egress=${from.egress}`,
        inTemplate(
          `vpc_access {\n  network_interfaces {\n    network    = "${direct.network}"\n    subnetwork = "${direct.subnetwork}"\n  }\n}`,
        ),
      ),
    },
  };
}
