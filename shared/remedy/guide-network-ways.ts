import type { ChangesObservation } from '../evidence/changes.ts';
import type { NetworkView } from '../evidence/network.ts';
import type { Route } from '../ports/network.ts';
import { lastOf, projectOf } from '../ports/resource-name.ts';
import type { Instructions } from './by-hand.ts';
import { lastChange } from './last-change.ts';
import { type Or, refused } from './new-revision.ts';
import { terraform } from './permanence.ts';
import { shellWord } from './shell-word.ts';

const EVERYWHERE = '0.0.0.0/0';

/** What leads out of a network again: its default route, NAT, or a route less. */
export function wayOut(
  view: NetworkView,
  region: string,
  changes: ChangesObservation | undefined,
): Or<{ readonly guide: Instructions }> {
  const { routes, gateways } = view;
  const dead = routes.find(({ warnings }) => warnings.length > 0);
  if (dead !== undefined) return { kind: 'found', guide: withoutRoute(view, dead, changes) };
  if (
    !routes.some(({ destinationRange, nextHop }) => destinationRange === EVERYWHERE && nextHop === 'internet-gateway')
  )
    return { kind: 'found', guide: defaultRoute(view, changes) };
  if (gateways.length === 0) return { kind: 'found', guide: withNat(view, region, changes) };
  return refused(
    `network ${lastOf(view.name)} has a default route and NAT: which route is missing has to be found out`,
  );
}

function defaultRoute(view: NetworkView, changes: ChangesObservation | undefined): Instructions {
  const network = lastOf(view.name);
  const project = projectOf(view.name);
  const name = `default-internet-${network}`;
  return {
    summary: {
      title: `Give network ${network} its default route back`,
      before: 'no route to the internet',
      after: `${EVERYWHERE} by the default internet gateway`,
    },
    risk: 'medium',
    check: {
      words: `Ask whether it was taken away on purpose, for a firewall appliance for one.${lastChange(changes, network)}`,
      commands: `gcloud compute routes list --project=${project} --filter="network:${network}"`,
    },
    make: {
      words:
        'This makes the route that every network has at first. Machines without an address of their own still go out by NAT alone.',
      commands: `gcloud compute routes create ${name} --project=${project} --network=${network} --destination-range=${EVERYWHERE} --next-hop-gateway=default-internet-gateway --priority=1000`,
    },
    undo: { words: 'This takes it away again:', commands: `gcloud compute routes delete ${name} --project=${project}` },
    expectedEffect: 'public places are reached again within seconds',
    expectedSeconds: 60,
    whatCouldGoWrong: 'Traffic that was meant to go by another way, or nowhere, goes straight to the internet.',
    terraform: terraform(
      'google_compute_route',
      name,
      `name             = "${name}"\nnetwork          = "${network}"\ndest_range       = "${EVERYWHERE}"\nnext_hop_gateway = "default-internet-gateway"\npriority         = 1000`,
    ),
  };
}

function withNat(view: NetworkView, region: string, changes: ChangesObservation | undefined): Instructions {
  const network = lastOf(view.name);
  const project = projectOf(view.name);
  const router = `${network}-router`;
  const nat = `${network}-nat`;
  const at = `--project=${project} --region=${region}`;
  return {
    summary: {
      title: `Give network ${network} a NAT gateway`,
      before: `no NAT in ${region}`,
      after: `${nat}, for all ranges of all subnetworks`,
    },
    risk: 'medium',
    check: {
      words: `See whether there was one, and from which addresses: third parties may admit those alone.${lastChange(changes, nat)}`,
      commands: `gcloud compute routers list --project=${project} --filter="network:${network}"\ngcloud compute addresses list --project=${project} --filter="region:${region}"`,
    },
    make: {
      words:
        'This makes a router (leave that line out where there is one, and name it in the next) and a gateway with addresses that Google chooses. Where third parties admit the old addresses alone, give them: --nat-external-ip-pool=ADDRESS_NAMES in place of --auto-allocate-nat-external-ips.',
      commands: `gcloud compute routers create ${router} --network=${network} ${at}\ngcloud compute routers nats create ${nat} --router=${router} ${at} --auto-allocate-nat-external-ips --nat-all-subnet-ip-ranges`,
    },
    undo: {
      words: 'This takes both away again:',
      commands: `gcloud compute routers nats delete ${nat} --router=${router} ${at}\ngcloud compute routers delete ${router} ${at}`,
    },
    expectedEffect: 'public places are reached again within a minute',
    expectedSeconds: 90,
    whatCouldGoWrong:
      'Services come from addresses that nobody knows yet. A gateway is paid for by the hour, machine and gigabyte.',
    terraform: terraform(
      'google_compute_router_nat',
      nat,
      `name                               = "${nat}"\nrouter                             = "${router}"\nregion                             = "${region}"\nnat_ip_allocate_option             = "AUTO_ONLY"\nsource_subnetwork_ip_ranges_to_nat = "ALL_SUBNETWORKS_ALL_IP_RANGES"`,
    ),
  };
}

function withoutRoute(
  view: NetworkView,
  { name, destinationRange, priority, warnings }: Route,
  changes: ChangesObservation | undefined,
): Instructions {
  const network = lastOf(view.name);
  const project = projectOf(view.name);
  const id = shellWord(lastOf(name), 'ROUTE');
  return {
    summary: {
      title: `Take route ${lastOf(name)} away`,
      before: `${destinationRange} to a next hop that is gone (${warnings.join(', ')})`,
      after: 'what else leads there',
    },
    risk: 'medium',
    check: {
      words: `See where it leads, and keep what this prints: it is needed to make it again. If the machine behind it was only stopped, start that instead.${lastChange(changes, lastOf(name))}`,
      commands: `gcloud compute routes describe ${id} --project=${project}`,
    },
    make: {
      words: `This takes the route away, so that the next one to ${destinationRange} counts.`,
      commands: `gcloud compute routes delete ${id} --project=${project}`,
    },
    undo: {
      words: 'It is made again with the next hop that it had (NEXT_HOP_INSTANCE, or another kind, as was printed):',
      commands: `gcloud compute routes create ${id} --project=${project} --network=${network} --destination-range=${destinationRange} --priority=${priority} --next-hop-instance=NEXT_HOP_INSTANCE --next-hop-instance-zone=ZONE`,
    },
    expectedEffect: `what lies in ${destinationRange} is reached by another way, where there is one`,
    expectedSeconds: 60,
    whatCouldGoWrong:
      'Where no other route leads there, nothing is gained. What was to be inspected on its way no longer is.',
  };
}

/** The peering behind which managed databases have their private addresses. Source: private services access (read 2026-11-23). */
const PRIVATE_SERVICES = 'servicenetworking-googleapis-com';

export function peered(view: NetworkView, changes: ChangesObservation | undefined): Instructions {
  const network = lastOf(view.name);
  const project = projectOf(view.name);
  const peering = view.peerings?.find(({ name }) => name === PRIVATE_SERVICES);
  const at = `--service=servicenetworking.googleapis.com --network=${network} --project=${project}`;
  const ranges = view.privateRanges.join(', ') || 'no range';
  const verb = peering === undefined ? 'connect' : 'update';
  return {
    summary: {
      title: `${peering === undefined ? 'Connect' : 'Mend'} the private services peering of ${network}`,
      before:
        peering === undefined ? 'no peering' : `inactive${peering.details === undefined ? '' : `: ${peering.details}`}`,
      after: `active, with ${ranges}`,
    },
    risk: 'medium',
    check: {
      words: `Find the NAMES of the ranges (${ranges}), and see what the peering says.${lastChange(changes, network)}`,
      commands: `gcloud compute addresses list --global --project=${project} --filter="purpose=VPC_PEERING"\ngcloud services vpc-peerings list --network=${network} --project=${project}`,
    },
    make: {
      words: 'This joins the network to Google’s again, with the ranges that it had; databases keep their addresses.',
      commands: `gcloud services vpc-peerings ${verb} ${at} --ranges=NAMES${verb === 'update' ? ' --force' : ''}`,
    },
    undo: {
      words: 'Where no database is behind it, this takes it away:',
      commands: `gcloud services vpc-peerings delete ${at}`,
    },
    expectedEffect: 'databases with private addresses are reached again within two minutes',
    expectedSeconds: 120,
    whatCouldGoWrong: 'A range that is left out leaves the databases in it out of reach.',
    terraform: terraform(
      'google_service_networking_connection',
      `${network}_private_services`,
      `network                 = "projects/${project}/global/networks/${network}"\nservice                 = "servicenetworking.googleapis.com"\nreserved_peering_ranges = [NAMES]`,
    ),
  };
}
