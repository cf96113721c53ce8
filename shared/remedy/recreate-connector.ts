import { prefixOf } from '../evidence/cidr.ts';
import type { ServiceObservation } from '../evidence/cloud-run.ts';
import type { NetworkObservation, NetworkView, Part } from '../evidence/network.ts';
import type { VpcConnectorObservation } from '../evidence/vpc-connector.ts';
import type { Bounds } from '../policy/policy.ts';
import type { Connector, ConnectorMake, ConnectorState } from '../ports/cloud.ts';
import { PlatformFailure } from '../ports/platform-failure.ts';
import { lastOf, parseName } from '../ports/resource-name.ts';
import type { Action, LimitInput, Prospect } from './action.ts';
import type { PlanStep } from './actions.ts';
import { nameBeside } from './connector-name.ts';
import { freeRange } from './free-range.ts';
import { moveStep } from './move-to-connector.ts';
import { type Or, refused } from './new-revision.ts';
import { terraform } from './permanence.ts';
import { connectorUsdPerMonth, moreUsd } from './prices.ts';

type Made = ConnectorMake & { readonly state: ConnectorState };

/** What stands under a connector's name; null: nothing does. */
export interface MadeConnector {
  readonly connector: Made | null;
}

/** The platform's limits for one connector. Source: gcloud's update.yaml, min 2..9, max 3..10 (facts, 2026-11-23). */
const INSTANCES_MIN = 2;
const INSTANCES_MAX = 10;
const PREFIX = 28;
/** What a connector is made of where nobody knows what the one before was: the defaults of gcloud's create (facts, 2026-11-23). */
const USUAL = { machineType: 'e2-micro', instancesMin: 2, instancesMax: 10 } as const;
/** A few minutes, as Google's page has it; each service takes its own beside that. */
const SECONDS = 300;
/** What must have been seen whole, for a range to be known as free. */
const PARTS: readonly Part[] = ['peerings', 'subnetworks', 'routes', 'privateRanges'];
const STATES_OF_NONE: readonly ConnectorState[] = ['error', 'deleting'];

/**
 * Makes a connector anew beside one that is in error or gone, under another name, and moves its services to it one after the other; the old one stays.
 * API: VPC Access v1 connectors.create (REST), connectors.get, operations.get.
 * Silent (refuses) where no /28 is known to be free, where it is not known which network the old one was in, for a network of another project, and
 * where one of its services cannot be moved.
 */
export const recreateConnector: Action<MadeConnector, 'vpc-connector' | 'network' | 'cloud-run'> = {
  title: 'Make the VPC connector anew',
  answers: ['connector-in-error', 'connector-misconfigured'],
  permissions: ['vpcaccess.connectors.get', 'vpcaccess.connectors.create', 'vpcaccess.operations.get'],
  terms: { risk: ['medium'], undo: 'in-part', cost: 'priced' },
  needs: ['vpc-connector', 'network', 'cloud-run'],
  propose: ({ cause: { target }, seen, environment: { bounds } }) => {
    const old = oldOf(target, seen['vpc-connector']);
    if (old.kind === 'refused') return old;
    const made = newBeside(target, old.connector, { ...seen, bounds });
    if (made.kind === 'refused') return made;
    const moves = movesOf(target, made.name, seen['cloud-run'].services, old.connector === undefined);
    if (moves.kind === 'refused') return moves;
    const { name, after } = made;
    return {
      kind: 'proposed',
      change: { target: name, etag: undefined, before: { connector: null }, after: { connector: after } },
      prospect: told(target, name, after, old.connector),
      followedBy: moves.steps,
    };
  },
  outOfLimits,
  read: async (target, cloud, abort) => {
    const connector = await ifThere(() => cloud.connector(target, abort));
    if (connector === undefined) return { settings: { connector: null }, etag: undefined, settled: true };
    const { state } = connector;
    return {
      settings: { connector: madeOf(connector) },
      etag: undefined,
      settled: state !== 'creating' && state !== 'updating',
    };
  },
  write: ({ target, after: { connector } }, cloud, abort) => {
    if (connector === null)
      throw new PlatformFailure('failed-precondition', `${target}: runmedic deletes no connector`);
    const { state: _, ...make } = connector;
    return cloud.createConnector(target, make, abort);
  },
};

async function ifThere<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof PlatformFailure && error.code === 'not-found') return undefined;
    throw error;
  }
}

const madeOf = ({ machineType, instancesMin, instancesMax, network, ipCidrRange, state }: Connector): Made => ({
  machineType,
  instancesMin,
  instancesMax,
  network: lastOf(network ?? ''),
  ipCidrRange: ipCidrRange ?? '',
  state,
});

/** The connector as it is; undefined where it is gone. */
function oldOf(
  target: string,
  { connectors, unread = [] }: VpcConnectorObservation,
): Or<{ readonly connector: Connector | undefined }> {
  const connector = connectors.find(({ name }) => name === target);
  if (connector === undefined)
    return unread.some(({ name, reason }) => name === target && reason === 'not-found')
      ? { kind: 'found', connector }
      : refused(`connector ${target} was not observed`);
  const { id } = parseName(target);
  return STATES_OF_NONE.includes(connector.state)
    ? { kind: 'found', connector }
    : refused(`connector ${id} is ${connector.state}: only one in error, or gone, is made anew`);
}

interface Seen {
  readonly 'vpc-connector': VpcConnectorObservation;
  readonly network: NetworkObservation;
  readonly bounds: Bounds;
}

type New = Or<{ readonly name: string; readonly after: Made }>;

/** What the new one is to be, of the size that the old one had as far as the policy allows. */
function newBeside(target: string, old: Connector | undefined, seen: Seen): New {
  const { neighbours } = seen['vpc-connector'];
  const { project, region, id } = parseName(target);
  if (neighbours === undefined)
    return refused(`the connectors beside ${id} could not be listed: what is taken is not known`);
  const view = networkOf(target, old, seen.network);
  if (view.kind === 'refused') return view;
  const range = rangeIn(view.view, old, neighbours);
  if (range.kind === 'refused') return range;
  const called = nameBeside(
    id,
    neighbours.map(({ name }) => parseName(name).id),
  );
  if (called === undefined) return refused(`every name beside ${id} is taken`);
  const { machineType, instancesMin, instancesMax } = old ?? USUAL;
  const most = Math.min(instancesMax, seen.bounds.connectorInstancesMax);
  return {
    kind: 'found',
    name: `projects/${project}/locations/${region}/connectors/${called}`,
    after: {
      machineType,
      instancesMin: Math.min(instancesMin, most - 1),
      instancesMax: most,
      network: lastOf(view.view.name),
      ipCidrRange: range.range,
      state: 'ready',
    },
  };
}

function networkOf(
  target: string,
  old: Connector | undefined,
  { networks, supposed }: NetworkObservation,
): Or<{ readonly view: NetworkView }> {
  const { project, id } = parseName(target);
  if (old?.subnetwork !== undefined)
    return refused(
      `${id} was made on a subnetwork of its own, ${lastOf(old.subnetwork)}: a new one needs another, which people choose`,
    );
  if (old !== undefined) {
    const view = networks.find(
      ({ name }) => name === `projects/${project}/global/networks/${lastOf(old.network ?? '')}`,
    );
    return view === undefined ? refused(`the network of ${id} was not observed`) : { kind: 'found', view };
  }
  const [only, ...others] = (supposed ?? []).filter(({ name }) => name.startsWith(`projects/${project}/`));
  if (only === undefined || others.length > 0)
    return refused(
      `${id} is gone, and which network it was in is not known: ${only === undefined ? 'none could be read' : `${project} has ${others.length + 1}`}`,
    );
  return { kind: 'found', view: only };
}

function rangeIn(
  { name, unread, subnetworks, routes, privateRanges }: NetworkView,
  old: Connector | undefined,
  neighbours: readonly Connector[],
): Or<{ readonly range: string }> {
  const network = lastOf(name);
  const missing = unread.find(({ part }) => PARTS.includes(part));
  if (missing !== undefined)
    return refused(`what is taken of ${network} is not known (${missing.part}): ${missing.detail}`);
  const taken = [
    ...subnetworks.map(({ ipCidrRange }) => ipCidrRange),
    ...privateRanges,
    // A default route takes nothing.
    ...routes.map(({ destinationRange }) => destinationRange).filter((range) => prefixOf(range) > 0),
    ...[...neighbours, ...(old === undefined ? [] : [old])]
      .filter((one) => lastOf(one.network ?? '') === network)
      .flatMap(({ ipCidrRange }) => ipCidrRange ?? []),
  ];
  const range = freeRange(old?.ipCidrRange, taken);
  return range === undefined ? refused(`no /${PREFIX} of ${network} is known to be free`) : { kind: 'found', range };
}

/** Each service after the other. Where the old one is gone nothing leads back to it. */
function movesOf(
  target: string,
  name: string,
  services: readonly ServiceObservation[],
  isGone: boolean,
): Or<{ readonly steps: readonly PlanStep[] }> {
  const undo: Prospect['undo'] = isGone
    ? { kind: 'none', why: `connector ${parseName(target).id}, which it named before, does not exist` }
    : { kind: 'restore-before' };
  const users = services.filter(
    ({ template: { vpcAccess } }) => vpcAccess.kind === 'connector' && vpcAccess.connector === target,
  );
  const moves = users.map((service) => moveStep(service, name, undo));
  const steps = moves.flatMap((move) => (move.kind === 'found' ? [move.step] : []));
  const [no] = moves.flatMap((move) => (move.kind === 'refused' ? [move] : []));
  if (no !== undefined) return no;
  return steps.length === 0
    ? refused(`no watched service sends through ${parseName(target).id}`)
    : { kind: 'found', steps };
}

function told(target: string, name: string, after: Made, old: Connector | undefined): Prospect {
  const { project, region, id } = parseName(name);
  const { id: before } = parseName(target);
  const { machineType, instancesMin, instancesMax, network, ipCidrRange } = after;
  const usd = connectorUsdPerMonth(machineType, instancesMax);
  return {
    fit: 'mends',
    risk: 'medium',
    summary: {
      title: `Make connector ${id} beside ${before}`,
      before: old === undefined ? `${before} does not exist` : `${before} is in state ${old.state.toUpperCase()}`,
      after: `${id}: ${instancesMin}-${instancesMax} x ${machineType}, ${ipCidrRange} of ${network}`,
    },
    expectedEffect: `${id} carries what ${before} did, once the services are moved to it; ${before} is left as it is`,
    expectedSeconds: SECONDS,
    whatCouldGoWrong: `Google may have no machines for it, which is said before any service is moved. Firewall rules and lists of allowed addresses that name ${old?.ipCidrRange ?? 'the old range'} do not let ${ipCidrRange} in. Ranges that are routed here dynamically were not seen.`,
    costUsdPerMonth: moreUsd(usd, 0),
    undo: { kind: 'none', why: `runmedic deletes no connector: ${id} stays, and costs, until somebody deletes it` },
    permanent: {
      first:
        old === undefined
          ? `Put ${id} where your code has ${before}.`
          : `Delete ${before} once everything has left it.`,
      gcloud: `gcloud compute networks vpc-access connectors create ${id} --project=${project} --region=${region} --network=${network} --range=${ipCidrRange} --machine-type=${machineType} --min-instances=${instancesMin} --max-instances=${instancesMax}`,
      terraform: terraform(
        'google_vpc_access_connector',
        id,
        `name          = "${id}"\nregion        = "${region}"\nnetwork       = "${network}"\nip_cidr_range = "${ipCidrRange}"\nmachine_type  = "${machineType}"\nmin_instances = ${instancesMin}\nmax_instances = ${instancesMax}`,
      ),
    },
  };
}

function outOfLimits({
  after: { connector: after },
  present: { connector: present },
  bounds,
  boundsAt,
}: LimitInput<MadeConnector>): string | undefined {
  if (after === null) return 'runmedic deletes no connector';
  if (present !== null) return `there is a connector of that name already, in state ${present.state}`;
  const { instancesMin, instancesMax, machineType, ipCidrRange } = after;
  if (instancesMin < INSTANCES_MIN || instancesMin >= instancesMax || instancesMax > INSTANCES_MAX)
    return `VPC Access takes ${INSTANCES_MIN} to ${INSTANCES_MAX} instances with the minimum below the maximum, not ${instancesMin}-${instancesMax}`;
  if (prefixOf(ipCidrRange) !== PREFIX) return `a connector takes a range of /${PREFIX}, not ${ipCidrRange}`;
  if (instancesMax > bounds.connectorInstancesMax)
    return `${instancesMax} instances are over ${boundsAt}.connectorInstancesMax (${bounds.connectorInstancesMax})`;
  if (!bounds.connectorMachineTypes.includes(machineType))
    return `${boundsAt}.connectorMachineTypes (${bounds.connectorMachineTypes.join(', ') || 'none'}) does not name ${machineType}`;
  return undefined;
}
