import { AUTHORITY, caaOf } from '../diagnosis/caa-of.ts';
import { heldIn } from '../diagnosis/held-certificates.ts';
import type { CertificateObservation, CertificatesObservation, ProxyObservation } from '../evidence/certificates.ts';
import { type Or, refused } from './new-revision.ts';

/** The proxies that present a certificate which Google can issue anew, or why it would not, or not by this way. */
export function reissuable(
  held: CertificateObservation,
  certificates: CertificatesObservation,
): Or<{ readonly proxies: readonly [ProxyObservation, ...ProxyObservation[]] }> {
  const { name, link, management, product, domains } = held;
  if (management === 'self-managed')
    return refused(
      `${name} is self-managed: whoever has its key renews it, and runmedic has none. One that Google manages may take its place: gcloud compute ssl-certificates create NAME --global --domains=${domains.join(',')}`,
    );
  if (product === 'certificate-manager')
    return refused(`${name} is Certificate Manager's, which a certificate map presents: it is issued anew there`);
  if (!link.startsWith('global/'))
    return refused(`${name} is regional: runmedic changes the certificates of global load balancers alone`);
  const wildcard = domains.find((domain) => domain.includes('*'));
  if (wildcard !== undefined)
    return refused(
      `Google issues no classic certificate for a wildcard (${wildcard}): that takes Certificate Manager, and a DNS authorization`,
    );
  const unseen = domains.flatMap((domain) => whyNotIssued(domain, certificates) ?? []);
  if (unseen.length > 0) return refused(unseen.join('; '));
  return presenting(held, certificates);
}

/** Why a new certificate for a domain would never become active. */
function whyNotIssued(domain: string, { domains }: CertificatesObservation): string | undefined {
  const seen = domains.find(({ host }) => host === domain);
  if (seen === undefined) return `${domain} was not looked at, so that Google may not be able to issue for it`;
  if (seen.dns.status !== 'observed') return `where ${domain} leads could not be seen: ${seen.dns.detail}`;
  const { leads, a, aaaa } = seen.dns.value;
  const addresses = [...a, ...aaaa].join(', ') || 'no address';
  if (leads !== 'load-balancer')
    return `Google would not see ${domain} at the load balancer (${seen.addresses.join(', ') || 'none'}): DNS leads to ${addresses}`;
  const records = caaOf(seen);
  return records?.forbid === true
    ? `CAA at ${records.at} (${records.text}) does not let ${AUTHORITY} issue for ${domain}`
    : undefined;
}

function presenting(
  { name, link }: CertificateObservation,
  certificates: CertificatesObservation,
): Or<{ readonly proxies: readonly [ProxyObservation, ...ProxyObservation[]] }> {
  const { proxies } = certificates;
  if (proxies?.status !== 'observed')
    return refused(
      `what load balancers present could not be read${proxies === undefined ? '' : `: ${proxies.detail}`}`,
    );
  const [first, ...others] = proxies.value.filter((proxy) => proxy.certificates.includes(link));
  if (first === undefined) return refused(`no load balancer presents ${name}`);
  const having = [first, ...others] as const;
  const overridden = having.find(({ certificateMap }) => certificateMap !== undefined);
  if (overridden !== undefined)
    return refused(
      `certificate map ${overridden.certificateMap} counts for ${overridden.name}, whatever is attached beside it: a new certificate belongs into the map`,
    );
  const regional = having.find((proxy) => !proxy.link.startsWith('global/'));
  if (regional !== undefined)
    return refused(`${regional.name} is regional: runmedic changes the certificates of global load balancers alone`);
  const awaited = heldIn(certificates).find(
    (one) => one.state === 'provisioning' && having.some((proxy) => proxy.certificates.includes(one.link)),
  );
  return awaited === undefined
    ? { kind: 'found', proxies: having }
    : refused(`${awaited.name} is being issued already: another would only begin the wait again`);
}
