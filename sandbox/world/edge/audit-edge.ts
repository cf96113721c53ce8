import { print } from '../note.ts';
import type { Json, WorldState } from '../state.ts';

/** An entry of the activity log about something other than a Cloud Run service. Shape: audit entries of gcpdiag's test-data, read 2026-11-23. */
export function auditChange(
  state: WorldState,
  change: {
    readonly api: string;
    readonly method: string;
    readonly resourceName: string;
    readonly resource: Json;
    readonly by: string;
    readonly request: Json;
    /** For what belongs to one. */
    readonly service?: string;
  },
): void {
  print(state, {
    log: 'activity',
    severity: 'NOTICE',
    service: change.service ?? '',
    resource: change.resource,
    protoPayload: {
      '@type': 'type.googleapis.com/google.cloud.audit.AuditLog',
      authenticationInfo: { principalEmail: change.by },
      requestMetadata: {
        callerSuppliedUserAgent: 'runmedic-sandbox',
        requestAttributes: {},
        destinationAttributes: {},
      },
      serviceName: change.api,
      methodName: change.method,
      resourceName: change.resourceName,
      request: { '@type': `type.googleapis.com/${change.method.replace(/^v1\./, '')}`, ...change.request },
    },
  });
}
