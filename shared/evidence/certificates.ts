import { type Instant, secondsBetween } from '../ports/clock.ts';
import type { CertificateMapEntry, HeldCertificate, TargetProxy } from '../ports/load-balancing.ts';
import type { DnsAnswer, DnsQuestion, TlsResult } from '../ports/prober.ts';
import { type Balancer, balancersFor, balancersOf, hostsOf } from './balanced-hosts.ts';
import { urlOf } from './checks.ts';
import { covers } from './covers.ts';
import { inBatches } from './in-batches.ts';
import type { Inspection, Inspector } from './inspector.ts';
import { type Part, part } from './part.ts';
import { redact } from './redact.ts';
import { type DnsSeen, whereDnsLeads } from './where-dns-leads.ts';

/** What a host presents, taken or not. */
export type HandshakeSeen =
  | (Extract<TlsResult, { connected: true }> & {
      readonly daysLeft: number;
      /** Whether one of its names stands for the host. */
      readonly isNamed: boolean;
    })
  | Extract<TlsResult, { connected: false }>;

export interface DomainObservation {
  readonly host: string;
  /** Of the load balancers that take it. */
  readonly addresses: readonly string[];
  readonly handshake: Part<HandshakeSeen>;
  readonly dns: Part<DnsSeen>;
}

export interface CertificateObservation extends HeldCertificate {
  /**
   * 'serving': a load balancer presents it. 'overridden': a certificate map counts in its place. 'unattached': none has it.
   */
  readonly use: 'serving' | 'overridden' | 'unattached';
  /** Below zero once it has run out; undefined where it was not issued yet, and in evidence from before it was kept. */
  readonly daysLeft?: number | undefined;
}

/** A target proxy of a load balancer, and what it may present. */
export interface ProxyObservation extends Pick<TargetProxy, 'link' | 'name' | 'certificates' | 'certificateMap'> {
  /** Those of the hosts that were looked at which it takes. */
  readonly hosts: readonly string[];
  /** Of its certificate map; empty where it has none. */
  readonly entries: readonly CertificateMapEntry[];
}

export interface CertificatesObservation {
  readonly domains: readonly DomainObservation[];
  /** Unavailable where load balancers or certificates cannot be read: handshakes are seen all the same. */
  readonly held: Part<readonly CertificateObservation[]>;
  /** What presents them; left out in evidence from before it was kept. */
  readonly proxies?: Part<readonly ProxyObservation[]>;
}

/** More than this many hosts are not looked at one by one: those of checks come first. */
const HOSTS_MAX = 30;
const LOOK_MS = 5000;
/** A resolver that has to ask others first may take seconds. */
const DNS_MS = 8000;
const SECONDS_PER_DAY = 86_400;

/**
 * Sees the certificate that every host of the checks and URL maps presents (names, chain, days left), where its DNS leads (A, AAAA, CAA), and the
 * certificates that Google holds, with why one is not issued or renewed.
 * API: Compute v1 aggregated lists of forwardingRules, targetHttpsProxies, urlMaps, sslCertificates; Certificate Manager v1 certificates.list and certificateMapEntries.list, only where a certificate map is in use; TLS and DNS themselves. Permissions: compute.forwardingRules.list, compute.targetHttpsProxies.list, compute.urlMaps.list, compute.sslCertificates.list, certificatemanager.certs.list, certificatemanager.certmapentries.list.
 * Silent about hosts that only a pattern of a URL map covers, and about what clients elsewhere are shown.
 */
export const certificates: Inspector<CertificatesObservation> = {
  deadlineMs: 20_000,
  permissions: [
    'compute.forwardingRules.list',
    'compute.targetHttpsProxies.list',
    'compute.urlMaps.list',
    'compute.sslCertificates.list',
    'certificatemanager.certs.list',
    'certificatemanager.certmapentries.list',
  ],
  appliesTo: () => true,
  inspect: async (inspection, abort) => {
    const { cloud, environment } = inspection;
    const found = await part(balancersOf(cloud, environment, abort), abort);
    const balancers = found.status === 'observed' ? found.value : [];
    const hosts = [...new Set([...hostsOfChecks(inspection), ...balancers.flatMap(hostsOf)])].slice(0, HOSTS_MAX);
    const [kept, domains] = await Promise.all([
      found.status === 'observed' ? part(keptBy(inspection, balancers, hosts, abort), abort) : found,
      inBatches(hosts, (host) => domain(host, balancers, inspection, abort)),
    ]);
    if (kept.status !== 'observed') return { held: kept, domains, proxies: kept };
    const { held, proxies } = kept.value;
    return { held: { ...kept, value: held }, domains, proxies: { ...kept, value: proxies } };
  },
};

/** What is looked at from outside over TLS, by a name: an address has no certificate of its own. */
const hostsOfChecks = ({ environment }: Inspection): string[] =>
  environment.checks.flatMap((check) => {
    if (check.vantage === 'vpc' || !URL.canParse(urlOf(check))) return [];
    const { protocol, hostname } = new URL(urlOf(check));
    return ['https:', 'wss:'].includes(protocol) && /[a-z]/i.test(hostname) && !hostname.includes(':')
      ? [hostname]
      : [];
  });

async function domain(
  host: string,
  balancers: readonly Balancer[],
  inspection: Inspection,
  abort: AbortSignal,
): Promise<DomainObservation> {
  const addresses = [...new Set(balancersFor(host, balancers).map(({ rule }) => rule.address))];
  const [handshake, dns] = await Promise.all([
    part(handshakeOf(host, inspection, abort), abort),
    part(dnsOf(host, addresses, inspection, abort), abort),
  ]);
  return { host, addresses, handshake, dns };
}

async function handshakeOf(host: string, { prober, until }: Inspection, abort: AbortSignal): Promise<HandshakeSeen> {
  const seen = await prober.tls({ host, timeoutMs: LOOK_MS }, abort);
  if (!seen.connected) return { ...seen, detail: redact(seen.detail) };
  return {
    ...seen,
    daysLeft: daysLeft(seen.expiresAt, until),
    isNamed: seen.names.some((name) => covers(name, host)),
  };
}

/** Below zero once it has run out. */
const daysLeft = (expiresAt: Instant, until: Instant): number => secondsBetween(until, expiresAt) / SECONDS_PER_DAY;

async function dnsOf(
  host: string,
  addresses: readonly string[],
  { prober }: Inspection,
  abort: AbortSignal,
): Promise<DnsSeen> {
  const ask = async (type: DnsQuestion['type'], name = host) =>
    recordsIn(await prober.dns({ name, type, timeoutMs: DNS_MS }, abort));
  const [a, aaaa, [cname], { caa, caaAt }] = await Promise.all([
    ask('A'),
    ask('AAAA'),
    ask('CNAME'),
    nearestCaa(host, (name) => ask('CAA', name)),
  ]);
  return { a, aaaa, cname, caa, caaAt, leads: whereDnsLeads({ a, aaaa, cname }, addresses) };
}

const recordsIn = (answer: DnsAnswer): readonly string[] => (answer.kind === 'records' ? answer.records : []);

/** From the name upwards until some are found, as an authority looks: RFC 8659, section 3. A top-level domain is not asked. */
async function nearestCaa(
  host: string,
  ask: (name: string) => Promise<readonly string[]>,
): Promise<Pick<DnsSeen, 'caa' | 'caaAt'>> {
  for (let name = host; name.includes('.'); name = name.slice(name.indexOf('.') + 1)) {
    const caa = await ask(name);
    if (caa.length > 0) return { caa, caaAt: name };
  }
  return { caa: [], caaAt: undefined };
}

/** Certificates, and the proxies that present them. */
async function keptBy(
  { cloud, environment: { project }, until }: Inspection,
  balancers: readonly Balancer[],
  hosts: readonly string[],
  abort: AbortSignal,
): Promise<{ readonly held: readonly CertificateObservation[]; readonly proxies: readonly ProxyObservation[] }> {
  const maps = [...new Set(balancers.flatMap(({ proxy }) => proxy.certificateMap ?? []))];
  const [classic, managed, entries] = await Promise.all([
    cloud.computeCertificates({ project }, abort),
    maps.length === 0 ? [] : cloud.managerCertificates({ project }, abort),
    inBatches(maps, async (map) => [map, await cloud.certificateMapEntries({ project, map }, abort)] as const),
  ]);
  const byMap = new Map(entries);
  const held = [...classic, ...managed].map((one) => ({
    ...one,
    use: useOf(one, balancers, [...byMap.values()].flat()),
    daysLeft: one.expiresAt === undefined ? undefined : daysLeft(one.expiresAt, until),
  }));
  // Each once, whatever forwarding rules lead to it.
  const proxies = new Map(balancers.map(({ proxy }) => [proxy.link, proxy])).values();
  return {
    held,
    proxies: [...proxies].map(({ link, name, certificates, certificateMap }) => ({
      link,
      name,
      certificates,
      certificateMap,
      hosts: hosts.filter((host) => balancersFor(host, balancers).some(({ proxy }) => proxy.link === link)),
      entries: byMap.get(certificateMap ?? '') ?? [],
    })),
  };
}

/** A certificate map wins over whatever is attached: Certificate Manager's overview, cloud.google.com, read 2026-11-23. */
function useOf(
  { link }: HeldCertificate,
  balancers: readonly Balancer[],
  entries: readonly CertificateMapEntry[],
): CertificateObservation['use'] {
  if (entries.some(({ certificates: named }) => named.includes(link))) return 'serving';
  const having = balancers.filter(({ proxy }) => proxy.certificates.includes(link));
  if (having.length === 0) return 'unattached';
  return having.some(({ proxy }) => proxy.certificateMap === undefined) ? 'serving' : 'overridden';
}
