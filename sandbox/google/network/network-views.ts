import type { NetworkState } from '../../world/network-state.ts';
import { resourceId } from '../../world/resource-id.ts';
import type { WorldState } from '../../world/state.ts';

// Compute Engine v1 and Cloud DNS v1 in JSON. Shapes: real replies in GoogleCloudPlatform/gcpdiag, test-data (06ec8584), and the APIs' discovery documents.

export type View = Record<string, unknown>;

const COMPUTE = 'https://www.googleapis.com/compute/v1';
const PEERING = 'servicenetworking-googleapis-com';

const link = (state: WorldState, path: string): string =>
  `${COMPUTE}/projects/${state.scenario.estate.project}/${path}`;
export const networkLink = (state: WorldState, name: string): string => link(state, `global/networks/${name}`);
const iso = (ms: number): string => new Date(ms).toISOString();

const identity = (state: WorldState, kind: string, path: string, createdMs?: number): View => {
  const name = path.split('/').at(-1) ?? '';
  return {
    kind: `compute#${kind}`,
    id: resourceId(state, name),
    ...(createdMs !== undefined && { creationTimestamp: iso(createdMs) }),
    name,
    selfLink: link(state, path),
  };
};

export function networkView(state: WorldState, network: NetworkState): View {
  const { region } = state.scenario.estate;
  const { peering } = network;
  const shown = peering.ranges.length > 0 && peering.state !== 'gone';
  const details = peering.state === 'ACTIVE' ? 'Connected.' : 'The peer network has removed its peering.';
  return {
    ...identity(state, 'network', `global/networks/${network.name}`),
    autoCreateSubnetworks: false,
    subnetworks: network.subnetworks.map(({ name }) => link(state, `regions/${region}/subnetworks/${name}`)),
    ...(shown && {
      peerings: [
        {
          name: PEERING,
          network: `${COMPUTE}/projects/f2a51d8c4b9e-tp/global/networks/servicenetworking`,
          state: peering.state,
          stateDetails: `[${iso(peering.changedMs)}]: ${details}`,
          autoCreateRoutes: true,
          exportCustomRoutes: false,
          importCustomRoutes: false,
          exchangeSubnetRoutes: true,
          stackType: 'IPV4_ONLY',
        },
      ],
    }),
    routingConfig: { routingMode: 'REGIONAL' },
    networkFirewallPolicyEnforcementOrder: 'AFTER_CLASSIC_FIREWALL',
  };
}

export const subnetworkViews = (state: WorldState, network: NetworkState): View[] =>
  network.subnetworks.map(({ name, ipCidrRange, privateGoogleAccess }) => {
    const { region } = state.scenario.estate;
    return {
      ...identity(state, 'subnetwork', `regions/${region}/subnetworks/${name}`),
      network: networkLink(state, network.name),
      ipCidrRange,
      gatewayAddress: ipCidrRange.replace(/\d+\/\d+$/, '1'),
      region: link(state, `regions/${region}`),
      privateIpGoogleAccess: privateGoogleAccess,
      purpose: 'PRIVATE',
      stackType: 'IPV4_ONLY',
    };
  });

export const routerName = ({ name, nat }: NetworkState): string => nat?.router ?? `${name}-router`;

/** The router of a network, with its NAT gateway; a router stays when its gateway is deleted. */
export function routerView(state: WorldState, network: NetworkState): View {
  const { region } = state.scenario.estate;
  const { nat } = network;
  const router = routerName(network);
  return {
    ...identity(state, 'router', `regions/${region}/routers/${router}`),
    region: link(state, `regions/${region}`),
    network: networkLink(state, network.name),
    ...(nat && { nats: [natView(state, nat.gateway, nat.config)] }),
    encryptedInterconnectRouter: false,
  };
}

function natView(state: WorldState, name: string, config: NonNullable<NetworkState['nat']>['config']): View {
  const { region } = state.scenario.estate;
  const { subnetworks, dynamicPorts, minPortsPerVm, maxPortsPerVm, addresses } = config;
  return {
    name,
    type: 'PUBLIC',
    endpointTypes: ['ENDPOINT_TYPE_VM'],
    ...(subnetworks === undefined
      ? { sourceSubnetworkIpRangesToNat: 'ALL_SUBNETWORKS_ALL_IP_RANGES' }
      : {
          sourceSubnetworkIpRangesToNat: 'LIST_OF_SUBNETWORKS',
          subnetworks: subnetworks.map((one) => ({
            name: link(state, `regions/${region}/subnetworks/${one}`),
            sourceIpRangesToNat: ['ALL_IP_RANGES'],
          })),
        }),
    natIps: Array.from({ length: addresses }, (_, i) => link(state, `regions/${region}/addresses/${name}-ip-${i + 1}`)),
    natIpAllocateOption: 'MANUAL_ONLY',
    minPortsPerVm,
    ...(maxPortsPerVm !== undefined && { maxPortsPerVm }),
    enableDynamicPortAllocation: dynamicPorts,
    tcpTimeWaitTimeoutSec: 120,
    enableEndpointIndependentMapping: false,
  };
}

/** Static routes, and those that follow from subnetworks and peerings. */
export function routeViews(state: WorldState, network: NetworkState): View[] {
  const on = networkLink(state, network.name);
  const gateway = link(state, 'global/gateways/default-internet-gateway');
  const view = (name: string, createdMs: number, fields: View): View => ({
    ...identity(state, 'route', `global/routes/${name}`, createdMs),
    network: on,
    ...fields,
  });
  const { peering } = network;
  const peered = peering.state === 'ACTIVE' ? peering.ranges : [];
  return [
    ...network.routes.map(({ name, destRange, priority, nextHop, createdMs }) =>
      view(name, createdMs, {
        destRange,
        priority,
        ...(nextHop === 'internet-gateway'
          ? { nextHopGateway: gateway }
          : {
              nextHopInstance: link(state, 'zones/us-central1-a/instances/proxy-1'),
              warnings: [{ code: 'NEXT_HOP_INSTANCE_NOT_FOUND', message: 'Next hop instance does not exist.' }],
            }),
      }),
    ),
    ...network.subnetworks.map(({ name, ipCidrRange }) =>
      view(`default-route-${name}`, state.startMs, { destRange: ipCidrRange, priority: 0, nextHopNetwork: on }),
    ),
    ...peered.map((destRange, index) =>
      view(`peering-route-${network.name}-${index}`, peering.changedMs, {
        description: `Auto generated route via peering [${PEERING}].`,
        destRange,
        priority: 0,
        nextHopPeering: PEERING,
      }),
    ),
  ];
}

export const firewallViews = (state: WorldState, network: NetworkState): View[] =>
  network.firewalls.map(
    ({ name, createdMs, direction, action, priority, ranges, targetTags, protocol: IPProtocol, ports }) => {
      const match = [{ IPProtocol, ...(ports.length > 0 && { ports }) }];
      return {
        ...identity(state, 'firewall', `global/firewalls/${name}`, createdMs),
        network: networkLink(state, network.name),
        priority,
        direction,
        ...(direction === 'EGRESS' ? { destinationRanges: ranges } : { sourceRanges: ranges }),
        ...(targetTags.length > 0 && { targetTags }),
        ...(action === 'ALLOW' ? { allowed: match } : { denied: match }),
        logConfig: { enable: false },
        disabled: false,
      };
    },
  );

/** Ranges that are reserved for private services. */
export const addressViews = (state: WorldState, network: NetworkState): View[] =>
  network.peering.ranges.map((range, index) => {
    const [address = '', prefixLength = '16'] = range.split('/');
    return {
      ...identity(state, 'address', `global/addresses/${network.name}-private-services-${index + 1}`),
      address,
      prefixLength: Number(prefixLength),
      status: 'RESERVED',
      addressType: 'INTERNAL',
      purpose: 'VPC_PEERING',
      network: networkLink(state, network.name),
    };
  });

/** Private zones; each is seen from the network that has it. */
export const zoneViews = (state: WorldState, network: NetworkState): View[] =>
  network.zones.map(({ name, domain }) => ({
    kind: 'dns#managedZone',
    name,
    dnsName: `${domain}.`,
    description: '',
    id: resourceId(state, name),
    nameServers: ['ns-gcp-private.googledomains.com.'],
    creationTime: iso(state.startMs - 180 * 86_400_000),
    visibility: 'private',
    privateVisibilityConfig: {
      kind: 'dns#managedZonePrivateVisibilityConfig',
      networks: [
        {
          kind: 'dns#managedZonePrivateVisibilityConfigNetwork',
          networkUrl: networkLink(state, network.name),
        },
      ],
    },
  }));

export const recordViews = (network: NetworkState, zone: string): View[] =>
  network.zones
    .filter(({ name }) => name === zone)
    .flatMap(({ domain, records }) => [
      {
        kind: 'dns#resourceRecordSet',
        name: `${domain}.`,
        type: 'SOA',
        ttl: 21_600,
        rrdatas: ['ns-gcp-private.googledomains.com. cloud-dns-hostmaster.google.com. 1 21600 3600 259200 300'],
      },
      ...records.flatMap(({ name, value }) =>
        value === undefined
          ? []
          : [{ kind: 'dns#resourceRecordSet', name: `${name}.`, type: 'A', ttl: 300, rrdatas: [value] }],
      ),
    ]);

/** Newest first. */
export const changeViews = (network: NetworkState, zone: string): View[] => {
  const sets = (name: string, value: string | undefined) =>
    value === undefined
      ? []
      : [{ kind: 'dns#resourceRecordSet', name: `${name}.`, type: 'A', ttl: 300, rrdatas: [value] }];
  return network.zones
    .filter(({ name }) => name === zone)
    .flatMap(({ changes }) => changes)
    .map(({ atMs, name, before, after }, index) => ({
      kind: 'dns#change',
      id: String(index + 1),
      startTime: iso(atMs),
      status: 'done',
      isServing: true,
      additions: sets(name, after),
      deletions: sets(name, before),
    }))
    .toReversed();
};
