import type { CauseOf } from '../../scenarios/causes.ts';
import { stopInstance } from '../containers.ts';
import { note, print } from '../note.ts';
import type { WorldState } from '../state.ts';

// What a scenario lets happen to the platform, and how it ends.

export function incidentBegins(state: WorldState, cause: CauseOf<'cloud-incident'>): void {
  state.platform.incidents.push({ id: state.random.hex(12), cause, startedMs: state.nowMs, endedMs: undefined });
  note(state, 'cloud-incident', cause.impacts[0]?.location ?? '', cause.title);
}

export function incidentEnds(state: WorldState, cause: CauseOf<'cloud-incident'>): void {
  for (const incident of state.platform.incidents) if (incident.cause === cause) incident.endedMs = state.nowMs;
}

export function quotaIsUsed(state: WorldState, { quota: name, otherUse }: CauseOf<'quota-used'>): void {
  const quota = state.platform.quotas.get(name);
  if (!quota) return;
  quota.otherUse = otherUse;
  note(state, 'quota-used', name, `others use ${otherUse} of ${quota.estate.limit}`);
}

export function quotaIsFree(state: WorldState, { quota: name }: CauseOf<'quota-used'>): void {
  const quota = state.platform.quotas.get(name);
  if (quota) quota.otherUse = quota.estate.otherUse;
}

/** Whoever pays no more has no instances any more. */
export function billingStops(state: WorldState, { by }: CauseOf<'billing-disabled'>): void {
  state.platform.billing.enabled = false;
  for (const service of state.services.values())
    for (const revision of service.revisions) for (const one of [...revision.instances]) stopInstance(revision, one);
  audit(state, by, '');
  note(state, 'billing-disabled', state.scenario.estate.project, 'the project has no billing account');
}

export function billingIsLifted(state: WorldState, { by, settleSeconds }: CauseOf<'billing-disabled'>): void {
  const { billing } = state.platform;
  billing.enabled = true;
  billing.settledMs = state.nowMs + settleSeconds * 1000;
  audit(state, by, state.scenario.estate.platform.billingAccount);
}

/** Method and service as Cloud Billing writes them to a project's activity log; resource type project. Source: audit logging of Cloud Billing, read 2026-11-25. */
function audit(state: WorldState, by: string, billingAccountName: string): void {
  const { project } = state.scenario.estate;
  print(state, {
    log: 'activity',
    severity: 'NOTICE',
    service: '',
    resource: { type: 'project', labels: { project_id: project } },
    protoPayload: {
      '@type': 'type.googleapis.com/google.cloud.audit.AuditLog',
      authenticationInfo: { principalEmail: by },
      serviceName: 'cloudbilling.googleapis.com',
      methodName: billingAccountName === '' ? 'DisableResourceBilling' : 'AssignResourceToBillingAccount',
      resourceName: `projects/${project}`,
      request: { billingAccountName },
    },
  });
}
