import type {
  DnsRecord,
  Firewall,
  NatGateway,
  Network,
  PrivateRange,
  PrivateZone,
  Route,
  Subnetwork,
  ZoneChange,
} from '../../ports/network.ts';
import { fields, list, moment, number, positive, text } from './values.ts';

// Compute Engine v1 and Cloud DNS v1, as REST has them. Source of the shapes: real replies in test/fixtures/google, and the discovery documents.

/** `projects/P/global/networks/N` of a link: Google writes it with its own host, and with its API's. */
const nameOf = (link: unknown): string => {
  const found = text(link) ?? '';
  const start = found.indexOf('projects/');
  return start === -1 ? found : found.slice(start);
};

const texts = (value: unknown): string[] => list(value).flatMap((item) => text(item) ?? []);

/** compute#network. */
export function toNetwork(api: unknown): Network {
  const { selfLink, peerings } = fields(api);
  return {
    name: nameOf(selfLink),
    peerings: list(peerings)
      .map(fields)
      .map(({ name, state, stateDetails }) => ({
        name: text(name) ?? '',
        active: state === 'ACTIVE',
        details: text(stateDetails),
      })),
  };
}

/** compute#subnetwork. */
export function toSubnetwork(api: unknown): Subnetwork {
  const { selfLink, network, ipCidrRange, privateIpGoogleAccess } = fields(api);
  return {
    name: nameOf(selfLink),
    network: nameOf(network),
    ipCidrRange: text(ipCidrRange) ?? '',
    privateGoogleAccess: privateIpGoogleAccess === true,
  };
}

/** "Minimum number of ports allocated to a VM; if not set, 64", RouterNat in compute v1; with dynamic allocation 32 and 65536. */
const PORTS_DEFAULT = 64;
const PORTS_MIN_DYNAMIC = 32;
const PORTS_MAX_DYNAMIC = 65_536;

/** The NAT gateways of a compute#router; a router for VPN alone has none. */
export function toNatGateways(api: unknown): NatGateway[] {
  const { name: router, network, nats } = fields(api);
  return list(nats)
    .map(fields)
    .filter(({ type }) => type !== 'PRIVATE')
    .map((nat) => {
      const dynamic = nat['enableDynamicPortAllocation'] === true;
      return {
        name: text(nat['name']) ?? '',
        router: text(router) ?? '',
        network: nameOf(network),
        minPortsPerVm: positive(nat['minPortsPerVm']) ?? (dynamic ? PORTS_MIN_DYNAMIC : PORTS_DEFAULT),
        maxPortsPerVm: dynamic ? (positive(nat['maxPortsPerVm']) ?? PORTS_MAX_DYNAMIC) : undefined,
        addresses: nat['natIpAllocateOption'] === 'MANUAL_ONLY' ? list(nat['natIps']).length : undefined,
        subnetworks:
          nat['sourceSubnetworkIpRangesToNat'] === 'LIST_OF_SUBNETWORKS'
            ? list(nat['subnetworks']).map((one) => nameOf(fields(one)['name']))
            : undefined,
      };
    });
}

/** "Priority 1000 unless given", compute v1, for routes and firewall rules both. */
const PRIORITY_DEFAULT = 1000;

/** compute#route. */
export function toRoute(api: unknown): Route {
  const route = fields(api);
  return {
    name: text(route['name']) ?? '',
    network: nameOf(route['network']),
    destinationRange: text(route['destRange']) ?? '',
    priority: number(route['priority']) ?? PRIORITY_DEFAULT,
    nextHop: nextHopOf(route),
    tags: texts(route['tags']),
    warnings: list(route['warnings']).flatMap((warning) => text(fields(warning)['code']) ?? []),
    createdAt: moment(route['creationTimestamp']),
  };
}

function nextHopOf(route: ReturnType<typeof fields>): Route['nextHop'] {
  if (text(route['nextHopGateway'])?.endsWith('/default-internet-gateway') === true) return 'internet-gateway';
  if (text(route['nextHopPeering']) !== undefined) return 'peering';
  return text(route['nextHopNetwork']) === undefined ? 'other' : 'subnetwork';
}

/** compute#firewall. */
export function toFirewall(api: unknown): Firewall {
  const rule = fields(api);
  const egress = rule['direction'] === 'EGRESS';
  const denied = list(rule['denied']);
  const ranges = texts(rule[egress ? 'destinationRanges' : 'sourceRanges']);
  return {
    name: text(rule['name']) ?? '',
    network: nameOf(rule['network']),
    direction: egress ? 'egress' : 'ingress',
    action: denied.length > 0 ? 'deny' : 'allow',
    priority: number(rule['priority']) ?? PRIORITY_DEFAULT,
    // "If not specified, the rule applies to all destinations": compute v1, of egress.
    ranges: egress && ranges.length === 0 ? ['0.0.0.0/0'] : ranges,
    sourceTags: texts(rule['sourceTags']),
    targetTags: texts(rule['targetTags']),
    targetServiceAccounts: texts(rule['targetServiceAccounts']),
    protocols: [...denied, ...list(rule['allowed'])].map(fields).map(({ IPProtocol, ports }) => ({
      protocol: text(IPProtocol) ?? 'all',
      ports: texts(ports),
    })),
    disabled: rule['disabled'] === true,
    createdAt: moment(rule['creationTimestamp']),
  };
}

/** A compute#address of purpose VPC_PEERING; any other is none. */
export function toPrivateRange(api: unknown): PrivateRange[] {
  const { purpose, address, prefixLength, network } = fields(api);
  const base = text(address);
  const length = number(prefixLength);
  if (purpose !== 'VPC_PEERING' || base === undefined || length === undefined) return [];
  return [{ network: nameOf(network), range: `${base}/${length}` }];
}

/** A dns#managedZone that is private; a public one is none. */
export function toPrivateZone(api: unknown): PrivateZone[] {
  const { name, dnsName, visibility, privateVisibilityConfig, forwardingConfig, peeringConfig } = fields(api);
  if (visibility !== 'private') return [];
  const networks = list(fields(privateVisibilityConfig)['networks']);
  const elsewhere = forwardingConfig !== undefined || peeringConfig !== undefined;
  return [
    {
      name: text(name) ?? '',
      domain: undotted(dnsName),
      networks: networks.map((network) => nameOf(fields(network)['networkUrl'])),
      answers: elsewhere ? 'elsewhere' : 'records',
    },
  ];
}

/** dns#resourceRecordSet. */
export function toRecord(api: unknown): DnsRecord {
  const { name, type, rrdatas } = fields(api);
  return { name: undotted(name), type: text(type) ?? '', values: texts(rrdatas) };
}

/** dns#change. */
export function toZoneChange(api: unknown): ZoneChange {
  const { startTime, additions, deletions } = fields(api);
  return { at: moment(startTime), added: list(additions).map(toRecord), removed: list(deletions).map(toRecord) };
}

const undotted = (name: unknown): string => (text(name) ?? '').replace(/\.$/, '').toLowerCase();
