import { type ApiMethod, changes, inLocation, name, reads } from '../api-method.ts';

/** Cloud Run Admin v2. */
export const runMethods: readonly ApiMethod[] = [
  reads('run', `/v2/${inLocation}/services`, 'run.services.list'),
  reads('run', `/v2/${inLocation}/services/${name}:getIamPolicy`, 'run.services.getIamPolicy'),
  reads('run', `/v2/${inLocation}/services/${name}`, 'run.services.get'),
  changes('run', `/v2/${inLocation}/services/${name}`, 'run.services.update'),
  reads('run', `/v2/${inLocation}/services/${name}/revisions`, 'run.revisions.list'),
  reads('run', `/v2/${inLocation}/services/${name}/revisions/${name}`, 'run.revisions.get'),
  reads('run', `/v2/${inLocation}/operations/${name}`, 'run.operations.get'),
];
