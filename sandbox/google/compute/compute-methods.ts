import { type ApiMethod, changes, name, reads } from '../api-method.ts';

const inProject = `/compute/v1/projects/${name}`;
const aggregated = (collection: string) =>
  reads('compute', `${inProject}/aggregated/${collection}`, `compute.${collection}.list`);

/** Compute Engine v1, as far as load balancing goes. Source of the paths: its discovery document (@googleapis/compute), read 2026-11-23. */
export const computeMethods: readonly ApiMethod[] = [
  aggregated('forwardingRules'),
  aggregated('targetHttpsProxies'),
  aggregated('urlMaps'),
  aggregated('backendServices'),
  aggregated('networkEndpointGroups'),
  aggregated('sslCertificates'),
  aggregated('healthChecks'),
  aggregated('securityPolicies'),
  changes('compute', `${inProject}/global/healthChecks/${name}`, 'compute.healthChecks.update'),
  reads('compute', `${inProject}/global/operations/${name}`, 'compute.globalOperations.get'),
  reads('compute', `${inProject}/regions/${name}/operations/${name}`, 'compute.regionOperations.get'),
  reads('compute', `${inProject}/global/backendServices/${name}/getHealth`, 'compute.backendServices.get', 'POST'),
  changes('compute', `${inProject}/global/sslCertificates`, 'compute.sslCertificates.create', 'POST'),
  ...['setSslCertificates', 'setCertificateMap'].map((method) =>
    changes(
      'compute',
      `${inProject}/global/targetHttpsProxies/${name}/${method}`,
      `compute.targetHttpsProxies.${method}`,
      'POST',
    ),
  ),
  reads('compute', `${inProject}/global/operations/${name}`, 'compute.globalOperations.get'),
];
