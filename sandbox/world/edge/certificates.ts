import { note } from '../note.ts';
import type { WorldState } from '../state.ts';
import { MANAGED_DAYS } from './build-edge.ts';
import type { CertificateState, DnsState } from './edge-state.ts';

const DAY_MS = 24 * 3600 * 1000;
/** Renewal is tried from so many days before the end. Source: managed certificates, cloud.google.com/load-balancing/docs/ssl-certificates, read 2026-11-23. */
const RENEW_DAYS = 30;
/** From minutes to an hour, where the DNS is right; up to a day otherwise (same source). Issue threads speak of 50 minutes without a certificate. */
const PROVISION_MS = 50 * 60_000;
const FIRST_TRY_MS = 3 * 60_000;
/** The authority that issues managed certificates; a CAA record that leaves it out forbids them. */
const AUTHORITY = 'pki.goog';

/** The certificate that the load balancer presents for a name; undefined: none, and the handshake ends there. */
export function servedCertificate(state: WorldState, host: string): CertificateState | undefined {
  const { hosts, certificates, maps } = state.edge;
  const known = hosts.get(host);
  if (known === undefined) return undefined;
  const valid = (name: string) => {
    const one = certificates.get(name);
    return one?.expiresMs === undefined ? undefined : one;
  };
  if (known.map !== undefined) {
    const map = maps.get(known.map);
    return map?.hostnames.some((name) => covers(name, host)) ? valid(map.certificate) : undefined;
  }
  const attached = known.certificates.flatMap((name) => valid(name) ?? []);
  return attached.find(({ names }) => names.some((name) => covers(name, host))) ?? attached[0];
}

/** What a client that checks finds: 'none' ends the handshake from the other side. */
export function handshakeOf(
  state: WorldState,
  host: string,
): 'valid' | 'expired' | 'other-name' | 'leaf-only' | 'none' {
  const served = servedCertificate(state, host);
  if (served?.expiresMs === undefined) return 'none';
  if (served.expiresMs <= state.nowMs) return 'expired';
  if (!served.names.some((name) => covers(name, host))) return 'other-name';
  return served.chain === 'complete' ? 'valid' : 'leaf-only';
}

/** A wildcard stands for one label: RFC 6125, section 6.4.3. */
const covers = (name: string, host: string): boolean =>
  name === host || (name.startsWith('*.') && host.slice(host.indexOf('.')) === name.slice(1));

/** Once a minute: what is managed is issued and renewed where DNS lets it be. */
export function tickCertificates(state: WorldState): void {
  for (const one of state.edge.certificates.values()) if (one.product !== 'self-managed') tend(state, one);
}

function tend(state: WorldState, one: CertificateState): void {
  const { nowMs } = state;
  if (one.expiresMs === undefined) {
    if (nowMs - one.createdMs >= FIRST_TRY_MS) judge(state, one, 'PROVISIONING');
    if (nowMs - one.createdMs >= PROVISION_MS && isClear(one)) issue(state, one);
    return;
  }
  // What has run out is not renewed any more: "delete and create a new one" (facts, 2026-11-23).
  if (one.expiresMs <= nowMs || one.expiresMs - nowMs > RENEW_DAYS * DAY_MS) return;
  judge(state, one, 'RENEWAL_FAILED');
  if (isClear(one)) issue(state, one);
}

const isClear = ({ domainStatus }: CertificateState): boolean =>
  Object.values(domainStatus).every((status) => status === 'ACTIVE');

function judge(state: WorldState, one: CertificateState, otherwise: CertificateState['status']): void {
  one.domainStatus = Object.fromEntries(one.names.map((name) => [name, problemOf(state, one, name) ?? 'ACTIVE']));
  if (!isClear(one)) one.status = otherwise;
}

function issue(state: WorldState, one: CertificateState): void {
  one.expiresMs = state.nowMs + MANAGED_DAYS * DAY_MS;
  one.status = 'ACTIVE';
  note(state, 'certificate-issued', one.name, `for ${one.names.join(', ')}, ${MANAGED_DAYS} days`);
}

function problemOf(state: WorldState, { name: certificate, issuance }: CertificateState, name: string) {
  if (issuance === 'rate-limited') return 'FAILED_RATE_LIMITED';
  const own = [...state.edge.hosts.values()]
    .filter(({ certificates, map }) => certificates.includes(certificate) || map !== undefined)
    .map(({ address }) => address);
  const { a, aaaa } = resolved(state, name);
  if (a.length === 0 || aaaa.length > 0 || !a.every((address) => own.includes(address))) return 'FAILED_NOT_VISIBLE';
  const allowed = caaOf(state, name).filter(({ tag }) => tag === 'issue');
  return allowed.length > 0 && !allowed.some(({ value }) => value === AUTHORITY) ? 'FAILED_CAA_FORBIDDEN' : undefined;
}

/** Addresses of a name, through at most one other name. */
export function resolved({ edge }: WorldState, name: string): Pick<DnsState, 'a' | 'aaaa'> {
  const records = edge.dns.get(name);
  const target = records?.cname === undefined ? records : edge.dns.get(records.cname);
  return { a: target?.a ?? [], aaaa: target?.aaaa ?? [] };
}

/** The nearest set of CAA records, from the name upwards: RFC 8659, section 3. */
function caaOf({ edge }: WorldState, name: string): DnsState['caa'] {
  for (let at = name; at !== ''; at = at.includes('.') ? at.slice(at.indexOf('.') + 1) : '') {
    const found = edge.dns.get(at)?.caa ?? [];
    if (found.length > 0) return found;
  }
  return [];
}
