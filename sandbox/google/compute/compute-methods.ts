import { type ApiMethod, name, reads } from '../api-method.ts';

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
  reads('compute', `${inProject}/global/backendServices/${name}/getHealth`, 'compute.backendServices.get', 'POST'),
];
