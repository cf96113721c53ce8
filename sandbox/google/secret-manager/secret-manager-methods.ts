import { type ApiMethod, name, reads } from '../api-method.ts';

/** Secret Manager v1: what stands about a version, never what it holds. */
export const secretManagerMethods: readonly ApiMethod[] = [
  reads('secretmanager', `/v1/projects/${name}/secrets/${name}/versions/${name}`, 'secretmanager.versions.get'),
];
