import { connectorCeilingMbps } from '../evidence/connector-ceiling.ts';
import type { ConnectorObservation } from '../evidence/vpc-connector.ts';
import type { Bounds } from '../policy/policy.ts';
import { PlatformFailure } from '../ports/platform-failure.ts';
import { parseName } from '../ports/resource-name.ts';
import type { Action } from './action.ts';
import { terraform } from './permanence.ts';
import { connectorUsdPerMonth, moreUsd } from './prices.ts';

export interface ConnectorSize {
  readonly machineType: string;
  readonly instancesMin: number;
  readonly instancesMax: number;
}

/** The platform's limits for one connector. Source: gcloud's update.yaml, min 2..9, max 3..10 (facts, 2026-11-23). */
const PLATFORM_INSTANCES_MIN = 2;
const PLATFORM_INSTANCES_MAX = 10;
/** The next size up, for a connector that has all the machines it may have. */
const LARGER_TYPE: Readonly<Record<string, string>> = { 'f1-micro': 'e2-micro', 'e2-micro': 'e2-standard-4' };

/**
 * Lets a full connector grow: more machines, or larger ones once it has all it may have.
 * API: VPC Access v1 connectors.patch (REST), machineType, minInstances and maxInstances always together, raised only.
 * Silent (refuses) while the connector is not READY, and when policy or platform allow nothing larger. There is no undo: a connector never shrinks.
 */
export const scaleConnector: Action<ConnectorSize, 'vpc-connector'> = {
  title: 'Scale the VPC connector',
  answers: ['connector-saturated'],
  permissions: ['vpcaccess.connectors.get', 'vpcaccess.connectors.update', 'vpcaccess.operations.get'],
  terms: { risk: ['low'], undo: 'none', cost: 'priced' },
  needs: ['vpc-connector'],
  propose: ({ cause, seen, environment: { bounds } }) => {
    const connector = seen['vpc-connector'].connectors.find(({ name }) => name === cause.target);
    if (connector === undefined) return { kind: 'refused', reason: `connector ${cause.target} was not observed` };
    const { id, project, region } = parseName(connector.name);
    if (connector.state !== 'ready')
      return { kind: 'refused', reason: `connector ${id} is ${connector.state}, not ready: it takes no change now` };
    const before = sizeOf(connector);
    const after = larger(before, bounds);
    if (after === undefined)
      return {
        kind: 'refused',
        reason: `connector ${id} is at ${inWords(before)}, and ${limitOf(bounds)} allows nothing larger`,
      };
    return {
      kind: 'proposed',
      change: { target: connector.name, etag: undefined, before, after },
      prospect: {
        fit: 'mends',
        risk: 'low',
        summary: { title: `Scale connector ${id}`, before: inWords(before), after: inWords(after) },
        expectedEffect: `connections through ${id} open again; no service restarts`,
        // The operation takes one to two minutes, the backlog as long again.
        expectedSeconds: 240,
        whatCouldGoWrong:
          'Nothing that runs is replaced. It costs more for good: a connector never shrinks by itself or by update.',
        costUsdPerMonth: difference(after, before),
        undo: { kind: 'none', why: 'a connector can only be raised; a smaller one is a new one' },
        permanent: {
          gcloud: `gcloud compute networks vpc-access connectors update ${id} --project=${project} --region=${region} --machine-type=${after.machineType} --min-instances=${after.instancesMin} --max-instances=${after.instancesMax}`,
          terraform: terraform(
            'google_vpc_access_connector',
            id,
            `machine_type  = "${after.machineType}"
min_instances = ${after.instancesMin}
max_instances = ${after.instancesMax}`,
          ),
        },
      },
    };
  },
  outOfLimits: ({ after, present, bounds, boundsAt }) => {
    const { instancesMin, instancesMax, machineType } = after;
    if (instancesMin < PLATFORM_INSTANCES_MIN || instancesMin >= instancesMax || instancesMax > PLATFORM_INSTANCES_MAX)
      return `VPC Access takes ${PLATFORM_INSTANCES_MIN} to ${PLATFORM_INSTANCES_MAX} instances with the minimum below the maximum, not ${instancesMin}-${instancesMax}`;
    if (instancesMin < present.instancesMin || instancesMax < present.instancesMax)
      return `a connector only grows: it has ${inWords(present)}`;
    if (instancesMax > present.instancesMax && instancesMax > bounds.connectorInstancesMax)
      return `${instancesMax} instances are over ${boundsAt}.connectorInstancesMax (${bounds.connectorInstancesMax})`;
    if (machineType !== present.machineType && growsInto(machineType, present.machineType))
      return `a connector only grows: it has ${inWords(present)}, and ${machineType} is smaller`;
    if (machineType !== present.machineType && !bounds.connectorMachineTypes.includes(machineType))
      return `${boundsAt}.connectorMachineTypes (${bounds.connectorMachineTypes.join(', ') || 'none'}) does not name ${machineType}`;
    return undefined;
  },
  read: async (target, cloud, abort) => {
    const connector = await cloud.connector(target, abort);
    const { state } = connector;
    if (state === 'error' || state === 'deleting')
      throw new PlatformFailure('failed-precondition', `connector ${target} is in state ${state}: it takes no change`);
    return { settings: sizeOf(connector), etag: undefined, settled: state === 'ready' };
  },
  write: (change, cloud, abort) => cloud.updateConnector(change.target, change.after, abort),
};

const sizeOf = ({ machineType, instancesMin, instancesMax }: ConnectorObservation | ConnectorSize): ConnectorSize => ({
  machineType,
  instancesMin,
  instancesMax,
});

/** As many machines as policy and platform allow: the connector takes only as many as the load needs, and a second step would be a second outage. */
function larger({ machineType, instancesMin, instancesMax }: ConnectorSize, bounds: Bounds): ConnectorSize | undefined {
  const allowed = Math.min(bounds.connectorInstancesMax, PLATFORM_INSTANCES_MAX);
  if (instancesMax < allowed) return { machineType, instancesMin, instancesMax: allowed };
  const type = LARGER_TYPE[machineType];
  if (type === undefined || !bounds.connectorMachineTypes.includes(type)) return undefined;
  return { machineType: type, instancesMin, instancesMax };
}

/** Whether `wanted` is `type`, or a larger one. */
function growsInto(type: string, wanted: string): boolean {
  const next = LARGER_TYPE[type];
  return type === wanted || (next !== undefined && growsInto(next, wanted));
}

function inWords({ machineType, instancesMin, instancesMax }: ConnectorSize): string {
  const mbps = connectorCeilingMbps(machineType, instancesMax);
  return `${instancesMin}-${instancesMax} x ${machineType}${mbps === undefined ? '' : ` (about ${mbps} Mbps)`}`;
}

const limitOf = ({ connectorInstancesMax, connectorMachineTypes }: Bounds): string =>
  `the policy (at most ${connectorInstancesMax} instances; ${connectorMachineTypes.join(', ')})`;

const difference = (after: ConnectorSize, before: ConnectorSize): number | 'unknown' =>
  moreUsd(
    connectorUsdPerMonth(after.machineType, after.instancesMax),
    connectorUsdPerMonth(before.machineType, before.instancesMax),
  );
