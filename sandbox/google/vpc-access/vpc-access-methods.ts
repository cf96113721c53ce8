import { type ApiMethod, changes, inLocation, name, reads } from '../api-method.ts';

/** Serverless VPC Access v1. */
export const vpcAccessMethods: readonly ApiMethod[] = [
  reads('vpcaccess', `/v1/${inLocation}/connectors`, 'vpcaccess.connectors.list'),
  reads('vpcaccess', `/v1/${inLocation}/connectors/${name}`, 'vpcaccess.connectors.get'),
  changes('vpcaccess', `/v1/${inLocation}/connectors/${name}`, 'vpcaccess.connectors.update'),
  changes('vpcaccess', `/v1/${inLocation}/connectors`, 'vpcaccess.connectors.create', 'POST'),
  reads('vpcaccess', `/v1/${inLocation}/operations/${name}`, 'vpcaccess.operations.get'),
];
