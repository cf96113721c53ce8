import { print } from './note.ts';
import type { Json, WorldState } from './state.ts';

/** An entry of the activity log: who asked for which change of a Cloud Run service. */
export function auditServiceChange(
  state: WorldState,
  change: { service: string; method: string; by: string; request: Json },
): void {
  const { project, region } = state.scenario.estate;
  print(state, {
    log: 'activity',
    severity: 'NOTICE',
    service: change.service,
    protoPayload: {
      '@type': 'type.googleapis.com/google.cloud.audit.AuditLog',
      authenticationInfo: { principalEmail: change.by },
      requestMetadata: {
        callerSuppliedUserAgent: 'runmedic-sandbox',
        requestAttributes: {},
        destinationAttributes: {},
      },
      serviceName: 'run.googleapis.com',
      methodName: `google.cloud.run.v2.Services.${change.method}`,
      authorizationInfo: [
        {
          resource: `namespaces/${project}/services/${change.service}`,
          permission: 'run.services.update',
          granted: true,
          resourceAttributes: {},
        },
      ],
      resourceName: `projects/${project}/locations/${region}/services/${change.service}`,
      request: { '@type': `type.googleapis.com/google.cloud.run.v2.${change.method}Request`, ...change.request },
      resourceLocation: { currentLocations: [region] },
    },
  });
}

/** An entry of the activity log: who asked for which change of a Cloud SQL instance, or of its users. */
export function auditSqlChange(
  state: WorldState,
  change: {
    instance: string;
    method: 'instances.update' | 'instances.restart' | 'users.update';
    by: string;
    request: Json;
  },
): void {
  const { project, region } = state.scenario.estate;
  const resourceName = `projects/${project}/instances/${change.instance}`;
  print(state, {
    log: 'activity',
    severity: 'NOTICE',
    service: '',
    resource: {
      type: 'cloudsql_database',
      labels: { project_id: project, region, database_id: `${project}:${change.instance}` },
    },
    protoPayload: {
      '@type': 'type.googleapis.com/google.cloud.audit.AuditLog',
      authenticationInfo: { principalEmail: change.by },
      requestMetadata: {},
      serviceName: 'cloudsql.googleapis.com',
      methodName: `cloudsql.${change.method}`,
      authorizationInfo: [{ resource: resourceName, permission: `cloudsql.${change.method}`, granted: true }],
      resourceName,
      request: { instance: change.instance, project, ...change.request },
    },
  });
}

/** An entry of the system event log: a revision became ready, or did not. */
export function auditRevisionReady(
  state: WorldState,
  service: string,
  revision: string,
  failure: string | undefined,
): void {
  const { project } = state.scenario.estate;
  const message = failure
    ? `Ready condition status changed to False for Revision ${revision} with message: ${failure}`
    : `Ready condition status changed to True for Revision ${revision}.`;
  print(state, {
    log: 'system_event',
    severity: failure ? 'ERROR' : 'INFO',
    service,
    revision,
    protoPayload: {
      '@type': 'type.googleapis.com/google.cloud.audit.AuditLog',
      status: { ...(failure && { code: 9 }), message },
      serviceName: 'run.googleapis.com',
      methodName: '/InternalServices.ReplaceInternalService',
      resourceName: `namespaces/${project}/revisions/${revision}`,
    },
  });
}

/** An entry of the activity log about anything that is no service; `about` is the resource as Logging names it. */
export function auditChange(
  state: WorldState,
  change: {
    readonly api: string;
    readonly method: string;
    readonly resource: string;
    readonly by: string;
    readonly about: { readonly type: string; readonly labels: Readonly<Record<string, string>> };
  },
): void {
  print(state, {
    log: 'activity',
    severity: 'NOTICE',
    service: '',
    resource: {
      type: change.about.type,
      labels: { project_id: state.scenario.estate.project, ...change.about.labels },
    },
    protoPayload: {
      '@type': 'type.googleapis.com/google.cloud.audit.AuditLog',
      authenticationInfo: { principalEmail: change.by },
      requestMetadata: { requestAttributes: {}, destinationAttributes: {} },
      serviceName: change.api,
      methodName: change.method,
      resourceName: change.resource,
    },
  });
}
