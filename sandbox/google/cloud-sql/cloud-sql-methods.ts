import { type ApiMethod, name, reads } from '../api-method.ts';

/** Cloud SQL Admin v1. Source of the permissions: cloud.google.com/sql/docs/postgres/iam-permissions, read 2026-11-23. */
export const cloudSqlMethods: readonly ApiMethod[] = [
  reads('sqladmin', `/v1/projects/${name}/instances`, 'cloudsql.instances.list'),
  reads('sqladmin', `/v1/projects/${name}/instances/${name}`, 'cloudsql.instances.get'),
  reads('sqladmin', `/v1/projects/${name}/operations`, 'cloudsql.instances.get'),
];
