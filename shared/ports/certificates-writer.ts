/**
 * What an action may do to the certificates of load balancers, Compute Engine v1. Neither method on a proxy takes a fingerprint: it is read again right
 * before, and what another writes in between is overwritten.
 */
export interface CertificatesWriter {
  /** A certificate that Google is to issue, under a name of its own: `projects/P/global/sslCertificates/NAME`. */
  createManagedCertificate(
    name: string,
    domains: readonly string[],
    abort: AbortSignal,
  ): Promise<{ readonly operation: string }>;
  /** Replaces the list of a proxy `projects/P/global/targetHttpsProxies/NAME`. Certificates by their links, as a reader names them. */
  setProxyCertificates(
    proxy: string,
    certificates: readonly string[],
    abort: AbortSignal,
  ): Promise<{ readonly operation: string }>;
  /** By its short name; undefined takes it off, so that what is attached counts again. */
  setProxyCertificateMap(
    proxy: string,
    map: string | undefined,
    abort: AbortSignal,
  ): Promise<{ readonly operation: string }>;
}
