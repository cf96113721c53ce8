import { type ApiMethod, changes, inLocation, name, reads } from '../api-method.ts';

/** Cloud Build v1. Whoever may run a trigger may create builds: there is no smaller permission. */
export const cloudBuildMethods: readonly ApiMethod[] = [
  changes('cloudbuild', `/v1/${inLocation}/triggers/${name}:run`, 'cloudbuild.builds.create', 'POST'),
  reads('cloudbuild', `/v1/${inLocation}/builds`, 'cloudbuild.builds.list'),
  reads('cloudbuild', `/v1/${inLocation}/builds/${name}`, 'cloudbuild.builds.get'),
];
