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
  /** Of a long operation, which of its entries this is; left out where there is but one. */
  readonly part?: 'first' | 'last';
  /** google.rpc.Status: why it was not done. */
  readonly status?: { readonly code: number; readonly message: string };
}

/** An entry of the activity log: who changed what of a network. Resource types and method names: Cloud Audit Logs of Compute Engine and Cloud DNS, read 2026-11-23. */
export function auditNetworkChange(state: WorldState, change: NetworkChange): void {
  const { project } = state.scenario.estate;
  print(state, {
    log: 'activity',
    severity: change.status === undefined ? 'NOTICE' : 'ERROR',
    ...(change.part && {
      operation: { id: change.resourceName, producer: `${change.api}.googleapis.com`, [change.part]: true },
    }),
    service: '',
    resource: { type: change.resource.type, labels: { project_id: project, ...change.resource.labels } },
    protoPayload: {
      '@type': 'type.googleapis.com/google.cloud.audit.AuditLog',
      ...(change.status && { status: change.status }),
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
