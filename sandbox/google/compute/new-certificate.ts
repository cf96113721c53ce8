import { invalidArgument } from '../api-error.ts';

const NAME = '(?:[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?)';
/** "up to 100 domain names": managed certificates' documentation, as quoted in GoogleCloudPlatform/magic-modules#2834, read 2026-11-30. */
const DOMAINS_MAX = 100;
/** Of a domain of a managed certificate, in bytes: cloud.google.com/load-balancing/docs/quotas, from memory of 2026-11. */
const DOMAIN_CHARS_MAX = 64;

/**
 * The certificate that an insert asks for. Messages: GoogleCloudPlatform/k8s-config-connector#107 (wildcards),
 * GoogleCloudPlatform/core-solution-services#37 (names that are none), read 2026-11-30.
 * @throws ApiError where the API would refuse; one that is not managed needs a key, which nobody hands to the sandbox.
 */
export function newCertificate(body: unknown): { readonly name: string; readonly domains: readonly string[] } {
  const { name, type, managed } = Object(body) as { name?: unknown; type?: unknown; managed?: { domains?: unknown } };
  if (typeof name !== 'string' || !new RegExp(`^${NAME}$`).test(name))
    throw invalidArgument(
      `Invalid value for field 'resource.name': '${String(name)}'. Must be a match of regex '${NAME}'`,
    );
  if (type !== 'MANAGED') throw invalidArgument("Required field 'resource.privateKey' not specified");
  const domains = managed?.domains;
  if (!Array.isArray(domains) || domains.length === 0 || domains.length > DOMAINS_MAX)
    throw invalidArgument(
      `Invalid value for field 'resource.managed.domains': 1 to ${DOMAINS_MAX} domains are supported.`,
    );
  return { name, domains: domains.map((domain, index) => domainName(String(domain), index)) };
}

function domainName(domain: string, index: number): string {
  const refuse = (why: string) =>
    invalidArgument(`Invalid value for field 'resource.managed.domains[${index}]': '${domain}'. ${why}`);
  if (domain.includes('*')) throw refuse('Wildcard domains not supported.');
  if (!/^([a-z0-9]([-a-z0-9]*[a-z0-9])?\.)+[a-z][-a-z0-9]*[a-z0-9]\.?$/i.test(domain))
    throw refuse('Invalid domain name specified.');
  if (domain.length > DOMAIN_CHARS_MAX) throw refuse(`Domain name must be at most ${DOMAIN_CHARS_MAX} characters.`);
  return domain;
}
