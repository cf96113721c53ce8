import type { RequestKind } from './state.ts';

// Lines exactly as Cloud Run prints them. Source: failure signatures collected from Google's documentation and public files, 2026-11-23.

export const startingLine = (reason: 'AUTOSCALING' | 'DEPLOYMENT_ROLLOUT'): string =>
  `Starting new instance. Reason: ${reason}`;

interface Probed {
  readonly kind: string;
  readonly isDefault: boolean;
  readonly container: string;
  readonly port: number;
}

const probeName = (probe: Probed) => `${probe.isDefault ? 'Default ' : ''}STARTUP ${probe.kind} probe`;

export const probeSucceededLine = (probe: Probed): string =>
  `${probeName(probe)} succeeded after 1 attempt for container "${probe.container}" on port ${probe.port}.`;

export const probeFailedLine = (
  probe: Probed & { failures: number; status: 'CANCELLED' | 'DEADLINE_EXCEEDED' },
): string =>
  `${probeName(probe)} failed ${probe.failures} time${probe.failures === 1 ? '' : 's'} consecutively for container "${probe.container}" on port ${probe.port}. The instance was not started.\nConnection failed with status ${probe.status}.`;

/** Seen in public post-mortems of 2026-09, read 2026-11-25. */
export const livenessFailedLine = (
  probe: {
    readonly kind: string;
    readonly port: number;
    readonly path: string | undefined;
    readonly container: string;
  },
  failures: number,
): string =>
  `LIVENESS ${probe.kind} probe failed ${failures} time${failures === 1 ? '' : 's'} consecutively for container "${probe.container}" on port ${probe.port}${probe.path === undefined ? '' : ` path "${probe.path}"`}. The instance has been shut down.`;

export const exitLine = (code: number): string => `Container called exit(${code}).`;

/** What the kernel of the first generation says of the process, and Cloud Run of the container. Source: lines in public repositories, read 2026-11-25. */
export const uncaughtLine = (signal: number): string => `Uncaught signal: ${signal}, pid=1, tid=12, fault_addr=0.`;
export const terminatedLine = (signal: number): string => `Container terminated on signal ${signal}.`;

export const memoryLine = (limitMib: number, usedMib: number): string =>
  `Memory limit of ${Math.round(limitMib)} MiB exceeded with ${Math.round(usedMib)} MiB used. Consider increasing the memory limit, see https://cloud.google.com/run/docs/configuring/memory-limits`;

/** Of a response that was under way when its time was over; WARNING in varlog/system. Source: lines in public repositories, read 2026-11-25. */
export const truncatedLine =
  'Truncated response body. Usually implies that the request timed out or the application exited before the response was finished.';

/** What the platform itself says of a request, in the request's log entry. */
export const requestText: Partial<Record<RequestKind, string>> = {
  'no-instance': 'The request was aborted because there was no available instance.',
  // Seen in public post-mortems of 2026-10, read 2026-11-25.
  'over-quota':
    'The request failed because the project exceeded its quota limit for run.googleapis.com/cpu_allocation recently.',
  'not-started': 'The request failed because the instance failed the readiness check.',
  'start-aborted': 'The request failed because the instance could not start successfully.',
  malformed:
    'The request failed because either the HTTP response was malformed or connection to the instance had an error.',
  crashed:
    'The request failed because either the HTTP response was malformed or connection to the instance had an error.',
  'out-of-memory':
    'While handling this request, the container instance was found to be using too much memory and was terminated. This is likely to cause a new container instance to be used for the next request to this revision. If you see this message frequently, you may have a memory leak in your code or may need more memory. Consider creating a new revision with more memory.',
  timeout:
    'The request has been terminated because it has reached the maximum request timeout. To change this limit, see https://cloud.google.com/run/docs/configuring/request-timeout',
};

export const notListeningMessage = (revision: string, project: string, service: string, port: number): string =>
  `Revision '${revision}' is not ready and cannot serve traffic. The user-provided container failed to start and listen on the port defined provided by the PORT=${port} environment variable within the allocated timeout. This can happen when the container port is misconfigured or if the timeout is too short. The health check timeout can be extended. Logs for this revision might contain more information.\n\nLogs URL: https://console.cloud.google.com/logs/viewer?project=${project}&resource=cloud_run_revision/service_name/${service}/revision_name/${revision}&advancedFilter=resource.type%3D%22cloud_run_revision%22%0Aresource.labels.service_name%3D%22${service}%22%0Aresource.labels.revision_name%3D%22${revision}%22 \nFor more troubleshooting guidance, see https://cloud.google.com/run/docs/troubleshooting#container-failed-to-start`;

/** Source: encoredev/encore#2202, read 2026-11-23. */
export const secretLine = (name: string, variable: string, why: string): string =>
  `Could not fetch secret "${name}" for environment variable "${variable}". Instance startup will now abort: ${why}`;

/** Source: GoogleCloudPlatform/gcpdiag's test-data of Cloud Run services that never became ready, commit 06ec8584. */
export const notReadyMessage = (revision: string, why: string): string =>
  `Revision '${revision}' is not ready and cannot serve traffic. ${why}`;

export const imageMissingMessage = (image: string): string => `Image '${image}' not found.`;

export const imageForbiddenMessage = (image: string, projectNumber: string): string =>
  `Google Cloud Run Service Agent service-${projectNumber}@serverless-robot-prod.iam.gserviceaccount.com must have permission to read the image, ${image}. Ensure that the provided container image URL is correct and that the above account has permission to access the image. If you just enabled the Cloud Run API, the permissions might take a few minutes to propagate.`;

/** What an app prints about a dependency when its scenario does not say. */
export function dependencyLine(kind: string, address: string, how: 'slowly' | 'at-once', seconds: number): string {
  if (how === 'at-once') return `connect ECONNREFUSED ${address}`;
  if (kind === 'redis') return `Redis ping timeout after ${seconds.toFixed(1)}s`;
  return `dial tcp ${address}: i/o timeout`;
}
