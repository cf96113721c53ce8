import type { ApiMethod } from './api-method.ts';
import { certificateManagerMethods } from './certificate-manager/certificate-manager-methods.ts';
import { cloudBuildMethods } from './cloud-build/cloud-build-methods.ts';
import { cloudSqlMethods } from './cloud-sql/cloud-sql-methods.ts';
import { computeMethods } from './compute/compute-methods.ts';
import { loggingMethods } from './logging/logging-methods.ts';
import { memorystoreMethods } from './memorystore/memorystore-methods.ts';
import { monitoringMethods } from './monitoring/monitoring-methods.ts';
import { networkMethods } from './network/network-methods.ts';
import { platformMethods } from './platform/platform-methods.ts';
import { runMethods } from './run/run-methods.ts';
import { secretManagerMethods } from './secret-manager/secret-manager-methods.ts';
import { vpcAccessMethods } from './vpc-access/vpc-access-methods.ts';

const methods: readonly ApiMethod[] = [
  ...runMethods,
  ...vpcAccessMethods,
  ...monitoringMethods,
  ...loggingMethods,
  ...cloudSqlMethods,
  ...memorystoreMethods,
  ...computeMethods,
  ...certificateManagerMethods,
  ...networkMethods,
  ...secretManagerMethods,
  ...[...runMethods, ...vpcAccessMethods, ...monitoringMethods, ...loggingMethods],
  ...platformMethods,
  ...cloudBuildMethods,
];

export const methodFor = (method: string, path: string): ApiMethod | undefined =>
  methods.find((one) => one.method === method && one.path.test(path));

/** What each of runmedic's identities may do, by the part of its e-mail before @; whoever is not here may do nothing. */
const grants: Readonly<Record<string, readonly string[]>> = {
  // Whatever reads of what is watched, and nothing else.
  investigate: methods
    .filter(({ kind, api }) => kind === 'reads' && api !== 'cloudbuild')
    .map(({ permission }) => permission),
  retest: cloudBuildMethods.map(({ permission }) => permission),
  remediate: [
    'run.services.get',
    'run.services.list',
    'run.services.update',
    'run.revisions.get',
    'run.revisions.list',
    'run.operations.get',
    'vpcaccess.connectors.get',
    'vpcaccess.connectors.update',
    'vpcaccess.connectors.create',
    'vpcaccess.connectors.use',
    'vpcaccess.operations.get',
    'compute.networks.get',
    'compute.subnetworks.get',
    'compute.subnetworks.use',
    'compute.healthChecks.list',
    'compute.healthChecks.update',
    'compute.globalOperations.get',
    'compute.routers.list',
    'compute.routers.get',
    'compute.routers.update',
    'compute.regionOperations.get',
    'compute.sslCertificates.create',
    'compute.sslCertificates.get',
    'compute.sslCertificates.list',
    'compute.targetHttpsProxies.list',
    'compute.targetHttpsProxies.setCertificateMap',
    'compute.targetHttpsProxies.setSslCertificates',
  ],
};

export const grantedTo = (identity: string): readonly string[] => grants[identity.split('@')[0] ?? ''] ?? [];
