import type { Json, ServiceState, WorldState } from '../../world/state.ts';
import { isJson, listAt, numberAt, objectAt, textAt, timeoutMsOf } from '../../world/template.ts';
import { failedPrecondition, invalidArgument } from '../api-error.ts';
import { sizeFault } from './size-rules.ts';

const RESERVED = ['run.googleapis.com', 'cloud.googleapis.com', 'serving.knative.dev', 'autoscaling.knative.dev'];
/** Of a startup probe: its delay, its period, and failureThreshold x periodSeconds. Source: Configure container health checks for services (a stored copy read 2026-11-30). */
const PROBE_SECONDS_MAX = 240;
/** Source: Configure request timeout (facts, 2026-11-23). */
const TIMEOUT_SECONDS_MAX = 3600;
/** Source: Configure maximum concurrent requests (facts, 2026-11-23). */
const CONCURRENCY_MAX = 1000;

const violation = (field: string, what: string) =>
  invalidArgument(`Violation in UpdateServiceRequest.service.template.${field}: ${what}`);

/** The revision template as it will be kept. @throws ApiError where the API would refuse it. Source of the limits: google/cloud/run/v2/*.proto. */
export function checkTemplate(state: WorldState, service: ServiceState, template: unknown): Json {
  if (!isJson(template)) throw invalidArgument('Violation in UpdateServiceRequest.service.template: must be set.');
  checkAnnotations(objectAt(template, 'annotations'));
  checkScaling(objectAt(template, 'scaling'));
  checkVpcAccess(state, objectAt(template, 'vpcAccess'));
  checkContainers(template);
  checkRequests(template);
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
  const fault = sizeFault(template);
  if (fault) throw violation(`containers.resources.limits.${fault.limit}`, fault.what);
  for (const container of containers) checkProbe(objectAt(container, 'startupProbe'));
}

/** How long a request may last, and how many an instance takes at once. */
function checkRequests(template: Json): void {
  const seconds = timeoutMsOf(template) / 1000;
  if (seconds < 0 || seconds > TIMEOUT_SECONDS_MAX)
    throw violation('timeout', `must be between 0 and ${TIMEOUT_SECONDS_MAX} seconds.`);
  const concurrency = numberAt(template, 'maxInstanceRequestConcurrency') ?? 0;
  if (concurrency < 0 || concurrency > CONCURRENCY_MAX)
    throw violation('max_instance_request_concurrency', `must be between 0 and ${CONCURRENCY_MAX}.`);
}

/** Defaults: k8s.min.proto of Cloud Run Admin v2. */
function checkProbe(probe: Json): void {
  const period = numberAt(probe, 'periodSeconds') || 10;
  const timeout = numberAt(probe, 'timeoutSeconds') || 1;
  if (Object.keys(probe).length > 0 && period * (numberAt(probe, 'failureThreshold') || 3) > PROBE_SECONDS_MAX) {
    throw violation(
      'containers.startup_probe',
      `failure_threshold * period_seconds must not be above ${PROBE_SECONDS_MAX}.`,
    );
  }
  if ((numberAt(probe, 'initialDelaySeconds') ?? 0) > PROBE_SECONDS_MAX)
    throw violation('containers.startup_probe', `initial_delay_seconds must not be above ${PROBE_SECONDS_MAX}.`);
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
