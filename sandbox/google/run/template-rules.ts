import type { Json, ServiceState, WorldState } from '../../world/state.ts';
import { cpuOf, isJson, listAt, memoryMibOf, numberAt, objectAt, textAt } from '../../world/template.ts';
import { failedPrecondition, invalidArgument } from '../api-error.ts';

const RESERVED = ['run.googleapis.com', 'cloud.googleapis.com', 'serving.knative.dev', 'autoscaling.knative.dev'];
const PROBE_SECONDS_MAX = 240;

const violation = (field: string, what: string) =>
  invalidArgument(`Violation in UpdateServiceRequest.service.template.${field}: ${what}`);

/** The revision template as it will be kept. @throws ApiError where the API would refuse it. Source of the limits: google/cloud/run/v2/*.proto. */
export function checkTemplate(state: WorldState, service: ServiceState, template: unknown): Json {
  if (!isJson(template)) throw invalidArgument('Violation in UpdateServiceRequest.service.template: must be set.');
  checkAnnotations(objectAt(template, 'annotations'));
  checkScaling(objectAt(template, 'scaling'));
  checkVpcAccess(state, objectAt(template, 'vpcAccess'));
  checkContainers(template);
  const kept = withoutEmpty(template);
  const port = listAt(template, 'containers').map((c, i) => ({
    name: textAt(c, 'name') || `${service.name}-${i + 1}`,
  }));
  return { ...kept, containers: listAt(kept, 'containers').map((c, i) => ({ ...port[i], ...c })) };
}

function checkAnnotations(annotations: Json): void {
  const bad = Object.keys(annotations).find((key) => RESERVED.some((space) => key.startsWith(`${space}/`)));
  if (bad) throw violation('annotations', `annotation "${bad}" uses a reserved namespace.`);
}

function checkScaling(scaling: Json): void {
  const min = numberAt(scaling, 'minInstanceCount') ?? 0;
  const max = numberAt(scaling, 'maxInstanceCount') ?? Number.POSITIVE_INFINITY;
  if (min < 0 || max < 0) throw violation('scaling', 'instance counts must not be negative.');
  if (max > 0 && min > max) throw violation('scaling', 'min_instance_count must not be above max_instance_count.');
}

function checkVpcAccess(state: WorldState, access: Json): void {
  const connector = textAt(access, 'connector');
  const direct = listAt(access, 'networkInterfaces').length > 0;
  if (Object.keys(access).length === 0) return;
  if ((connector !== '') === direct)
    throw violation('vpc_access.connector', 'one and only one of connector and network_interfaces must be set.');
  if (connector === '' || state.connectors.has(connector.split('/').at(-1) ?? '')) return;
  throw failedPrecondition(
    `VPC connector ${connector} does not exist, or Cloud Run does not have permission to use it.`,
  );
}

function checkContainers(template: Json): void {
  const containers = listAt(template, 'containers');
  if (containers.length === 0) throw violation('containers', 'must contain at least one container.');
  if (containers.some((c) => textAt(c, 'image') === '')) throw violation('containers.image', 'must be set.');
  if (cpuOf(template) >= 4 && memoryMibOf(template) < 2048)
    throw violation('containers.resources.limits', 'at least 2Gi of memory is needed with 4 or more CPUs.');
  for (const container of containers) checkProbe(objectAt(container, 'startupProbe'));
}

function checkProbe(probe: Json): void {
  const period = numberAt(probe, 'periodSeconds') ?? 10;
  const timeout = numberAt(probe, 'timeoutSeconds') ?? 1;
  if (period > PROBE_SECONDS_MAX || (numberAt(probe, 'initialDelaySeconds') ?? 0) > PROBE_SECONDS_MAX) {
    throw violation(
      'containers.startup_probe',
      `period_seconds and initial_delay_seconds must not be above ${PROBE_SECONDS_MAX}.`,
    );
  }
  if (timeout > period)
    throw violation('containers.startup_probe', 'timeout_seconds must not be above period_seconds.');
}

/** Clients send back empty text, lists and objects for what they did not set. */
function withoutEmpty(tree: Json): Json {
  const kept = Object.entries(tree).flatMap(([key, value]): [string, unknown][] => {
    if (value === '' || value === null || (Array.isArray(value) && value.length === 0)) return [];
    if (Array.isArray(value))
      return [[key, value.map((item) => (isJson(item) && !('value' in item) ? withoutEmpty(item) : item))]];
    if (!isJson(value)) return [[key, value]];
    const inner = withoutEmpty(value);
    return Object.keys(inner).length === 0 && key !== 'httpGet' && key !== 'tcpSocket' ? [] : [[key, inner]];
  });
  return Object.fromEntries(kept);
}
