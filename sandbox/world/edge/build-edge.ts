import type { Estate, HostEstate } from '../../scenarios/estate.ts';
import type { Scenario } from '../../scenarios/scenario.ts';
import type { CertificateState, DnsState, EdgeState, HostState } from './edge-state.ts';

const DAY_MS = 24 * 3600 * 1000;
/** A managed certificate lives this long. Source: Google-managed certificates, cloud.google.com/load-balancing/docs/ssl-certificates, read 2026-11-23. */
export const MANAGED_DAYS = 90;
const FIRST_ADDRESS = 2;

/** One load balancer for each public host, as the estate states them. */
export function buildEdge({ estate }: Pick<Scenario, 'estate'>, startMs: number): EdgeState {
  const hosts = estate.hosts.map((host, index) => hostState(host, index));
  const certificates = [
    ...estate.hosts.map((host) => certificateOf(host, startMs)),
    ...estate.edge.looseCertificates.map(({ name, names, days }) => ({
      ...issued('managed', names, startMs, days),
      name,
    })),
  ];
  const maps = estate.hosts
    .filter(({ certificate }) => certificate.product === 'certificate-manager')
    .map((host) => mapFor(labelOf(host.name), certificateName(host.name), certificateNames(host)));
  return {
    hosts: new Map(hosts.map((host) => [host.name, host])),
    certificates: new Map(certificates.map((one) => [one.name, one])),
    maps: new Map(maps.map((map) => [map.name, map])),
    dns: dnsOf(estate, hosts),
    backends: new Map(
      estate.services.map(({ name }) => [name, { service: name, target: name, policy: undefined, iap: false }]),
    ),
    vms: new Map(
      estate.edge.vmBackends.map((vm) => [
        vm.name,
        {
          estate: vm,
          healthCheck: vm.healthCheck,
          healthSeconds: vm.healthSeconds,
          isHealthy: true,
          contrary: 0,
          lastCheckMs: 0,
        },
      ]),
    ),
    policies: new Map(),
    public: new Set(estate.services.map(({ name }) => name)),
  };
}

export const labelOf = (host: string): string => host.split('.')[0] ?? host;
export const certificateName = (host: string): string => `${labelOf(host)}-cert`;
const certificateNames = ({ name, certificate }: HostEstate): readonly string[] => certificate.names ?? [name];

function hostState({ name, address, certificate }: HostEstate, index: number): HostState {
  const isMapped = certificate.product === 'certificate-manager';
  return {
    name,
    label: labelOf(name),
    address: address ?? `34.143.72.${FIRST_ADDRESS + index}`,
    certificates: isMapped ? [] : [certificateName(name)],
    map: isMapped ? `${labelOf(name)}-certs` : undefined,
  };
}

export const mapFor = (label: string, certificate: string, hostnames: readonly string[]) => ({
  name: `${label}-certs`,
  certificate,
  hostnames,
});

function certificateOf(host: HostEstate, startMs: number): CertificateState {
  const { certificate, certificateDays } = host;
  return {
    ...issued(certificate.product, certificateNames(host), startMs, certificateDays),
    name: certificateName(host.name),
    chain: certificate.chain,
    issuance: certificate.issuance,
  };
}

/** A certificate that was valid once, with so many days left now. */
export function issued(
  product: CertificateState['product'],
  names: readonly string[],
  nowMs: number,
  days: number,
): Omit<CertificateState, 'name'> {
  const lapsed = days <= 0 && product !== 'self-managed';
  return {
    product,
    names,
    chain: 'complete',
    issuance: 'works',
    createdMs: nowMs - Math.max(1, MANAGED_DAYS - days) * DAY_MS,
    expiresMs: nowMs + days * DAY_MS,
    status: lapsed ? 'RENEWAL_FAILED' : 'ACTIVE',
    domainStatus: Object.fromEntries(names.map((name) => [name, 'ACTIVE'])),
  };
}

function dnsOf({ hosts, edge, services, projectNumber, region }: Estate, built: readonly HostState[]) {
  const records = new Map<string, DnsState>();
  for (const [index, { name, dns }] of hosts.entries())
    records.set(name, {
      a: dns.a ?? [built[index]?.address ?? ''],
      aaaa: dns.aaaa ?? [],
      cname: dns.cname,
      caa: dns.caa ?? [],
    });
  for (const { name, a, aaaa, cname, caa } of edge.zones)
    records.set(name, { a: a ?? [], aaaa: aaaa ?? [], cname, caa: caa ?? [] });
  // Where Google's own front end for Cloud Run answers.
  for (const { name } of services)
    records.set(`${name}-${projectNumber}.${region}.run.app`, {
      a: ['34.143.72.1'],
      aaaa: [],
      cname: undefined,
      caa: [],
    });
  return records;
}
