import type { CertificatesWriter } from '../../ports/certificates-writer.ts';
import { lastOf, projectOf } from '../../ports/resource-name.ts';
import { operationName } from './operation-name.ts';
import type { Rest } from './rest.ts';

type Write = <T>(method: string, resource: string, abort: AbortSignal, work: () => Promise<T>) => Promise<T>;

/** Compute Engine v1 sslCertificates.insert and targetHttpsProxies.setSslCertificates and setCertificateMap. Source: its discovery document, read 2026-11-23. */
export function certificatesWriter({
  rest,
  write,
}: {
  readonly rest: Rest;
  readonly write: Write;
}): CertificatesWriter {
  const post = (method: string, resource: string, request: { path: string; body: unknown }, abort: AbortSignal) =>
    write(method, resource, abort, async () => {
      const { path, body } = request;
      return {
        operation: operationName(
          'compute',
          await rest({ api: 'compute', method: 'POST', path: `compute/v1/${path}`, body }),
        ),
      };
    });
  return {
    createManagedCertificate: (name, domains, abort) => {
      const body = { name: lastOf(name), type: 'MANAGED', managed: { domains } };
      const path = `projects/${projectOf(name)}/global/sslCertificates`;
      return post('compute.sslCertificates.create', name, { path, body }, abort);
    },
    setProxyCertificates: (proxy, certificates, abort) => {
      const inProject = `https://www.googleapis.com/compute/v1/projects/${projectOf(proxy)}`;
      const body = { sslCertificates: certificates.map((link) => `${inProject}/${link}`) };
      const path = `${proxy}/setSslCertificates`;
      return post('compute.targetHttpsProxies.setSslCertificates', proxy, { path, body }, abort);
    },
    // Without a map in the body it is taken off: gcloud's target-https-proxies update --clear-certificate-map sends it so, read 2026-11-30.
    setProxyCertificateMap: (proxy, map, abort) => {
      const maps = `//certificatemanager.googleapis.com/projects/${projectOf(proxy)}/locations/global/certificateMaps`;
      const body = map === undefined ? {} : { certificateMap: `${maps}/${map}` };
      const path = `${proxy}/setCertificateMap`;
      return post('compute.targetHttpsProxies.setCertificateMap', proxy, { path, body }, abort);
    },
  };
}
