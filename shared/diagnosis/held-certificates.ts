import type { CertificateObservation, CertificatesObservation, DomainObservation } from '../evidence/certificates.ts';
import { covers } from '../evidence/covers.ts';
import type { LogsObservation } from '../evidence/logs.ts';
import type { DomainState } from '../ports/load-balancing.ts';
import { callersOf, checksIn, type FromOutside, hostOf, unansweredAt } from './at-the-door.ts';
import type { Conclusion, Context, Fault } from './rule.ts';

/** What a rule about certificates may look at beside them. */
export interface AboutCertificates extends FromOutside {
  readonly certificates: CertificatesObservation;
  readonly logs?: LogsObservation;
}

export const heldIn = ({ held }: CertificatesObservation): readonly CertificateObservation[] =>
  held.status === 'observed' ? held.value : [];

/** The certificates that are presented for a host, as far as Google's lists tell. */
export const servingFor = (host: string, certificates: CertificatesObservation): readonly CertificateObservation[] =>
  heldIn(certificates).filter(({ use, domains }) => use === 'serving' && domains.some((name) => covers(name, host)));

/** Full resource name of a certificate; its links are relative to a project, or full already. */
export const nameOf = (
  { link }: Pick<CertificateObservation, 'link'>,
  { subject }: { readonly subject: { readonly project: string } },
): string => (link.startsWith('projects/') ? link : `projects/${subject.project}/${link}`);

/** What a domain's trouble is pinned on: the certificate that is presented for it, or else the host itself. */
export function targetOf({ host }: DomainObservation, certificates: CertificatesObservation, context: Context): string {
  const [serving] = servingFor(host, certificates);
  return serving === undefined ? host : nameOf(serving, context);
}

/** Whom it keeps out that nobody gets a connection to these hosts. */
export const harmOf = (
  hosts: readonly string[],
  { logs, ...seen }: AboutCertificates,
): Pick<Fault, 'checks' | 'services'> => ({
  checks: hosts.flatMap((host) => unansweredAt(host, seen)),
  services: callersOf(hosts, 'certificate-refused', logs),
});

const TROUBLE: readonly DomainState[] = ['caa', 'not-visible', 'rate-limited', 'failed'];

/** Why the newest attempt to issue or renew came to nothing: that of the domain that stands first in the list of troubles. undefined: it did not. */
export function issuanceTrouble({
  management,
  state,
  domainStates,
}: CertificateObservation): CertificateObservation['domainStates'][number] | undefined {
  if (management === 'self-managed' || state === 'active') return undefined;
  const failed = domainStates
    .filter((one) => TROUBLE.includes(one.state))
    .toSorted((a, b) => TROUBLE.indexOf(a.state) - TROUBLE.indexOf(b.state));
  if (failed[0] !== undefined) return failed[0];
  return state === 'failed' || state === 'renewal-failed'
    ? { domain: '', state: 'failed', detail: 'no domain says why' }
    : undefined;
}

/** Whether a host's visitors are shown nothing that they could take. */
export const isShut = ({ handshake }: DomainObservation): boolean =>
  handshake.status === 'observed' && (!handshake.value.connected || handshake.value.problem !== undefined);

/**
 * Whether a domain that Google does not see need not be seen: a front that we know is before the load balancer, or somebody that we do not know
 * presents a certificate for it that browsers take, as a front would, and as a host that was forgotten would too.
 */
export function isFronted({ dns, handshake }: DomainObservation): boolean {
  if (dns.status !== 'observed') return false;
  const { leads } = dns.value;
  const seen = handshake.status === 'observed' ? handshake.value : undefined;
  return (
    leads === 'cdn' || (leads === 'elsewhere' && seen?.connected === true && seen.problem === undefined && seen.isNamed)
  );
}

/** The domains among those that are looked at which a certificate is for. */
export const domainsOf = (
  { domains: names }: Pick<CertificateObservation, 'domains'>,
  { domains }: CertificatesObservation,
): readonly DomainObservation[] => domains.filter(({ host }) => names.some((name) => covers(name, host)));

/**
 * Managed certificates whose issuance is in trouble and that matter: those that are presented, and those that nobody has attached although their host
 * has nothing to show. What was overridden, forgotten or retired is nobody's trouble.
 */
export const inTrouble = ({ certificates, ...seen }: AboutCertificates): readonly CertificateObservation[] =>
  heldIn(certificates).filter((one) => {
    if (issuanceTrouble(one) === undefined) return false;
    const domains = domainsOf(one, certificates);
    const isUsed = domains.length === 0 || domains.some((domain) => !isRetired(domain, seen));
    return isUsed && (one.use === 'serving' || (one.use === 'unattached' && domains.some(isShut)));
  });

/** Nobody comes to the load balancer by a name that leads nowhere or elsewhere, and that no check goes to either. */
const isRetired = ({ host, dns }: DomainObservation, seen: FromOutside): boolean =>
  dns.status === 'observed' &&
  (dns.value.leads === 'nowhere' || dns.value.leads === 'elsewhere') &&
  !checksIn(seen).some(({ url }) => hostOf(url) === host);

/** A conclusion for each host that could not be looked at, where it matters to the rule. */
export const unseen = (certificates: CertificatesObservation, context: Context): Conclusion[] =>
  certificates.domains.flatMap((one): Conclusion[] =>
    one.handshake.status === 'observed'
      ? []
      : [
          {
            kind: 'inconclusive',
            reason: `${one.host}: ${one.handshake.detail}`,
            settles: 'not-by-itself',
            about: { target: targetOf(one, certificates, context), services: [] },
            nextCheck: `See what ${one.host} presents: openssl s_client -connect ${one.host}:443 -servername ${one.host}.`,
          },
        ],
  );

export const date = (at: string): string => at.slice(0, 10);
/** As exact as anyone needs it: `20 days`, `7 h`, `4 min`. */
export function span(days: number): string {
  const minutes = Math.abs(days) * 1440;
  if (minutes < 120) return `${Math.floor(minutes)} min`;
  return minutes < 2 * 1440 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 1440)} days`;
}
