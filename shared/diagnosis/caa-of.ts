import type { DomainObservation } from '../evidence/certificates.ts';

/** Google's authority: managed certificates' documentation on CAA records, read 2026-11-23. */
export const AUTHORITY = 'pki.goog';

/** The CAA records that count for a domain. undefined: they could not be read. A set without `issue` forbids nobody: RFC 8659, section 4.2. */
export function caaOf(domain: DomainObservation | undefined) {
  if (domain?.dns.status !== 'observed') return undefined;
  const { caa, caaAt } = domain.dns.value;
  const allowed = caa.flatMap((record) =>
    record.startsWith('issue ') ? [record.slice('issue '.length).split(';')[0]?.trim()] : [],
  );
  return {
    at: caaAt ?? domain.host,
    text: caa.join('; ') || 'none',
    allowed,
    forbid: allowed.length > 0 && !allowed.includes(AUTHORITY),
  };
}
