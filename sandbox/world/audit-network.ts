import { print } from './note.ts';
import type { Json, WorldState } from './state.ts';

interface NetworkChange {
  readonly api: 'compute' | 'dns' | 'vpcaccess';
  readonly method: string;
  /** `projects/P/global/firewalls/F`. */
  readonly resourceName: string;
  readonly by: string;
  readonly resource: { readonly type: string; readonly labels: Readonly<Record<string, string>> };
  readonly request: Json;
}

/** An entry of the activity log: who changed what of a network. Resource types and method names: Cloud Audit Logs of Compute Engine and Cloud DNS, read 2026-11-23. */
export function auditNetworkChange(state: WorldState, change: NetworkChange): void {
  const { project } = state.scenario.estate;
  print(state, {
    log: 'activity',
    severity: 'NOTICE',
    service: '',
    resource: { type: change.resource.type, labels: { project_id: project, ...change.resource.labels } },
    protoPayload: {
      '@type': 'type.googleapis.com/google.cloud.audit.AuditLog',
      authenticationInfo: { principalEmail: change.by },
      requestMetadata: {
        callerSuppliedUserAgent: 'runmedic-sandbox',
        requestAttributes: {},
        destinationAttributes: {},
      },
      serviceName: `${change.api}.googleapis.com`,
      methodName: change.method,
      resourceName: change.resourceName,
      request: change.request,
    },
  });
}
