import { projectDescriptors } from './metrics/query.ts';
import type { Series } from './metrics/store.ts';
import type { AlertState, Json, WorldState } from './state.ts';
import type { AlertNotification } from './world.ts';

const RESOURCE_NAMES: Readonly<Record<string, string>> = {
  cloud_run_revision: 'Cloud Run Revision',
  vpc_access_connector: 'VPC Access Connector',
  https_lb_rule: 'Google Cloud HTTP/S Load Balancing Rule',
  http_load_balancer: 'Cloud HTTP Load Balancer',
};

/** What Cloud Monitoring sends, version 1.2. Source of the shape: a documented Cloud Run 5xx notification and delivered ones, read 2026-11-23. */
export function notification(
  state: WorldState,
  alert: AlertState,
  series: Series,
  change: { state: 'open' | 'closed'; incident: { id: string; startedMs: number } },
): AlertNotification {
  const { project, projectNumber } = state.scenario.estate;
  const { policy, value } = alert;
  const { resource, metric } = series;
  const subject = resource.labels['service_name'] ?? resource.labels['connector_name'] ?? '';
  const name = `${project} ${RESOURCE_NAMES[resource.type] ?? resource.type} labels {${labelText(resource.labels)}}`;
  const displayName = projectDescriptors(state).find((d) => d.type === metric.type)?.displayName ?? metric.type;
  return {
    version: '1.2',
    incident: {
      incident_id: change.incident.id,
      scoping_project_id: project,
      scoping_project_number: Number(projectNumber),
      url: `https://console.cloud.google.com/monitoring/alerting/alerts/${change.incident.id}?channelType=cloud-pubsub&project=${project}`,
      severity: policy.severity,
      started_at: Math.floor(change.incident.startedMs / 1000),
      ended_at: change.state === 'closed' ? Math.floor(state.nowMs / 1000) : null,
      state: change.state,
      summary: summary(alert, name, change.state),
      apigee_url: '',
      observed_value: value.toFixed(3),
      threshold_value: String(policy.condition.thresholdValue),
      resource,
      resource_id: '',
      resource_name: name,
      resource_display_name: subject,
      resource_type_display_name: RESOURCE_NAMES[resource.type] ?? resource.type,
      metric: { type: metric.type, displayName, labels: metric.labels },
      metadata: { system_labels: {}, user_labels: {} },
      policy_name: policy.displayName,
      policy_user_labels: policy.userLabels,
      condition_name: policy.condition.displayName,
      condition: condition(state, alert),
      documentation: {
        content: policy.documentation,
        mime_type: 'text/markdown',
        subject: `[ALERT] ${policy.displayName}`,
        links: [],
      },
    },
  };
}

function condition(state: WorldState, { policy }: AlertState): Json {
  const { displayName, ...threshold } = policy.condition;
  return {
    name: `projects/${state.scenario.estate.project}/alertPolicies/${policy.id}/conditions/${policy.id}0`,
    displayName,
    conditionThreshold: { ...threshold, trigger: { count: 1 } },
  };
}

const labelText = (labels: Readonly<Record<string, string>>): string =>
  Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(', ');

function summary({ policy, value }: AlertState, name: string, state: 'open' | 'closed'): string {
  const { comparison, thresholdValue, displayName } = policy.condition;
  if (state === 'closed') return `${displayName} for ${name} returned to normal with a value of ${value.toFixed(3)}.`;
  const side = comparison === 'COMPARISON_GT' ? 'above' : 'below';
  return `${displayName} for ${name} is ${side} the threshold of ${thresholdValue.toFixed(3)} with a value of ${value.toFixed(3)}.`;
}
