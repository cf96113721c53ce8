import type { CertificateMapEntry, DomainState, HeldCertificate } from '../../ports/load-balancing.ts';
import { fields, list, moment, shortName, text } from './values.ts';

// Certificate Manager v1 as REST gives it. Source: certificate_manager.proto in @google-cloud/certificate-manager 2.1.3, read 2026-11-23.

const REASONS: Readonly<Record<string, DomainState>> = {
  CONFIG: 'not-visible',
  CAA: 'caa',
  RATE_LIMITED: 'rate-limited',
};

/** An attempt that failed says why; of its other states, AUTHORIZING is on its way. */
function domainState(state: string | undefined, reason: string | undefined): DomainState {
  if (state === 'AUTHORIZED') return 'active';
  if (state === 'AUTHORIZING') return 'provisioning';
  return state === 'FAILED' ? (REASONS[reason ?? ''] ?? 'failed') : 'unknown';
}

export function toManagerCertificate(api: unknown): HeldCertificate {
  const resource = fields(api);
  const name = text(resource['name']) ?? '';
  const managed = fields(resource['managed']);
  const isManaged = resource['managed'] !== undefined;
  const expiresAt = moment(resource['expireTime']);
  return {
    link: name,
    name: shortName(name),
    product: 'certificate-manager',
    management: isManaged ? 'managed' : 'self-managed',
    domains: list(isManaged ? managed['domains'] : resource['sanDnsnames']).map(String),
    state: isManaged ? stateOf(text(managed['state']), expiresAt) : 'active',
    domainStates: list(managed['authorizationAttemptInfo']).map((one) => {
      const attempt = fields(one);
      const reason = text(attempt['failureReason']);
      return {
        domain: text(attempt['domain']) ?? '',
        state: domainState(text(attempt['state']), reason),
        detail: text(attempt['details']) ?? reason ?? text(attempt['state']) ?? '',
      };
    }),
    expiresAt,
  };
}

/** FAILED is of the newest attempt: with an end still known, it was a renewal. */
function stateOf(state: string | undefined, expiresAt: unknown): HeldCertificate['state'] {
  if (state === 'ACTIVE') return 'active';
  if (state === 'PROVISIONING') return 'provisioning';
  if (state !== 'FAILED') return 'unknown';
  return expiresAt === undefined ? 'failed' : 'renewal-failed';
}

export function toCertificateMapEntry(api: unknown): CertificateMapEntry {
  const { hostname, certificates } = fields(api);
  return { hostname: text(hostname), certificates: list(certificates).map(String) };
}
