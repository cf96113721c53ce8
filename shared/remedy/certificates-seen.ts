import { domainsOf, heldIn, isShut, nameOf } from '../diagnosis/held-certificates.ts';
import type { Cause } from '../diagnosis/rule.ts';
import type { CertificateObservation, CertificatesObservation, ProxyObservation } from '../evidence/certificates.ts';
import { covers } from '../evidence/covers.ts';
import { terraform } from './permanence.ts';

/** "SSL certificates per target HTTPS or target SSL proxy: 15. This limit cannot be increased": cloud.google.com/load-balancing/docs/quotas, read 2026-11-30. */
export const CERTIFICATES_PER_PROXY_MAX = 15;

export const tooManyCertificates = (count: number): string | undefined =>
  count > CERTIFICATES_PER_PROXY_MAX
    ? `a load balancer takes ${CERTIFICATES_PER_PROXY_MAX} certificates at most, not ${count}`
    : undefined;

/** The certificate that a cause is pinned on; undefined where it is a host, or Google's lists do not have it. */
export const certificateOf = (
  { target }: Pick<Cause, 'target'>,
  certificates: CertificatesObservation,
  project: string,
): CertificateObservation | undefined =>
  heldIn(certificates).find((one) => nameOf(one, { subject: { project } }) === target);

/** The hosts that a cause shuts: the one that it is pinned on, or those of its certificate that show nothing which clients take. */
export function hostsShutBy(cause: Pick<Cause, 'target'>, certificates: CertificatesObservation, project: string) {
  const { domains } = certificates;
  const held = certificateOf(cause, certificates, project);
  const concerned =
    held === undefined
      ? domains.filter(({ host }) => host === cause.target)
      : domainsOf(held, certificates).filter(isShut);
  return concerned.map(({ host }) => host);
}

/** Issued, not run out, and for every one of these hosts. */
export const isGoodFor = (
  one: CertificateObservation,
  hosts: readonly string[],
): one is CertificateObservation & { readonly daysLeft: number } =>
  one.state === 'active' &&
  one.daysLeft !== undefined &&
  one.daysLeft > 0 &&
  hosts.every((host) => one.domains.some((name) => covers(name, host)));

/** Full resource name of what a reader names by a link. */
export const inProject = (project: string, link: string): string => `projects/${project}/${link}`;

/** What stands in google_compute_target_https_proxy. */
export const proxyBlock = (
  { name }: Pick<ProxyObservation, 'name'>,
  project: string,
  certificates: readonly string[],
): string =>
  terraform(
    'google_compute_target_https_proxy',
    name,
    `ssl_certificates = [\n${certificates.map((link) => `  "${inProject(project, link)}",\n`).join('')}]`,
  );

export const shortNames = (links: readonly string[]): string =>
  links.map((link) => link.slice(link.lastIndexOf('/') + 1)).join(', ');
