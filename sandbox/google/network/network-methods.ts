import { type ApiMethod, changes, name, reads } from '../api-method.ts';

const project = `/compute/v1/projects/${name}`;
const zones = `/dns/v1/projects/${name}/managedZones`;

/** Compute Engine v1, as far as it is about networks, and Cloud DNS v1. */
export const networkMethods: readonly ApiMethod[] = [
  reads('compute', `${project}/global/networks`, 'compute.networks.list'),
  reads('compute', `${project}/global/networks/${name}`, 'compute.networks.get'),
  reads('compute', `${project}/global/routes`, 'compute.routes.list'),
  reads('compute', `${project}/global/firewalls`, 'compute.firewalls.list'),
  reads('compute', `${project}/global/addresses`, 'compute.globalAddresses.list'),
  reads('compute', `${project}/regions/${name}/subnetworks`, 'compute.subnetworks.list'),
  reads('compute', `${project}/regions/${name}/routers`, 'compute.routers.list'),
  reads('compute', `${project}/regions/${name}/routers/${name}`, 'compute.routers.get'),
  reads('dns', zones, 'dns.managedZones.list'),
  reads('dns', `${zones}/${name}/rrsets`, 'dns.resourceRecordSets.list'),
  reads('dns', `${zones}/${name}/changes`, 'dns.changes.list'),
  changes('compute', `${project}/regions/${name}/routers/${name}`, 'compute.routers.update'),
];
