import type { CloudWriter } from '../../ports/cloud.ts';
import { PlatformFailure } from '../../ports/platform-failure.ts';
import { parseName, parseNatName } from '../../ports/resource-name.ts';
import { call, READ_RETRIES_MAX } from './call.ts';
import { certificatesWriter } from './certificates-writer.ts';
import { changedNats } from './changed-nats.ts';
import { changedScaling } from './changed-scaling.ts';
import { changedTemplate } from './changed-template.ts';
import type { GoogleOptions } from './google-options.ts';
import { toOperationStatus } from './map-operation.ts';
import { fromTraffic } from './map-traffic.ts';
import { operationName, operationPermission, operationRequest } from './operation-name.ts';
import { googleRest } from './rest.ts';
import { fields } from './values.ts';

const READ_TIMEOUT_MS = 10_000;
/** Twice what Google's client gives UpdateService: giving up early leaves a write of which nobody knows what became. */
const WRITE_TIMEOUT_MS = 30_000;

/**
 * Changes Google Cloud. No write is ever repeated here: what became of the first is found out by reading.
 * Everything goes by REST: a template passes through unchanged, with fields that no client knows, and connectors have no other way.
 */
export function googleWriter(options: GoogleOptions): CloudWriter {
  const rest = googleRest(options);
  const read = <T>(method: string, resource: string, abort: AbortSignal, work: () => Promise<T>): Promise<T> =>
    call({ method, resource, abort, timeoutMs: READ_TIMEOUT_MS, retriesMax: READ_RETRIES_MAX }, work);
  const write = <T>(method: string, resource: string, abort: AbortSignal, work: () => Promise<T>): Promise<T> =>
    call({ method, resource, abort, timeoutMs: WRITE_TIMEOUT_MS, retriesMax: 0 }, work);

  /** The mask always: without one Cloud Run would replace the service whole. The etag always: without one it would overwrite. */
  const patchService = async (
    name: string,
    updateMask: string,
    body: { readonly etag: string; readonly [field: string]: unknown },
    abort: AbortSignal,
  ) => {
    if (body.etag === '') throw new PlatformFailure('failed-precondition', `run.services.update on ${name}: no etag`);
    return write('run.services.update', name, abort, async () => {
      const request = { api: 'run', method: 'PATCH', path: `v2/${name}`, query: { updateMask }, body } as const;
      return { operation: operationName('run', await rest(request)) };
    });
  };

  return {
    ...certificatesWriter({ rest, write }),

    // Both limits go together, whatever changes: gcloud's update.yaml (facts, 2026-11-23).
    updateConnector: (name, { machineType, instancesMin, instancesMax }, abort) =>
      write('vpcaccess.connectors.update', name, abort, async () => {
        const answer = await rest({
          api: 'vpcaccess',
          method: 'PATCH',
          path: `v1/${name}`,
          query: { updateMask: 'machineType,minInstances,maxInstances' },
          body: { machineType, minInstances: instancesMin, maxInstances: instancesMax },
        });
        return { operation: operationName('vpcaccess', answer) };
      }),

    createConnector: (name, { instancesMin, instancesMax, ...make }, abort) =>
      write('vpcaccess.connectors.create', name, abort, async () => {
        const { project, region, id } = parseName(name);
        const answer = await rest({
          api: 'vpcaccess',
          method: 'POST',
          path: `v1/projects/${project}/locations/${region}/connectors`,
          query: { connectorId: id },
          body: { ...make, minInstances: instancesMin, maxInstances: instancesMax },
        });
        return { operation: operationName('vpcaccess', answer) };
      }),

    updateTraffic: ({ name, etag }, traffic, abort) =>
      patchService(name, 'traffic', { etag, traffic: fromTraffic(traffic) }, abort),

    // The etag is the one that was approved: where the service has moved since, what was read now is refused and not merged.
    changeService: async ({ name, etag }, { template, scaling }, abort) => {
      const present = fields(
        await read('run.services.get', name, abort, () => rest({ api: 'run', method: 'GET', path: `v2/${name}` })),
      );
      const changed = {
        ...(template === undefined ? {} : { template: changedTemplate(fields(present['template']), template) }),
        ...(scaling === undefined ? {} : { scaling: changedScaling(fields(present['scaling']), scaling) }),
      };
      return patchService(name, Object.keys(changed).join(','), { etag, ...changed }, abort);
    },

    changeNatPorts: async (name, ports, abort) => {
      const { project, region, router, gateway } = parseNatName(name);
      const at = {
        api: 'compute',
        path: `compute/v1/projects/${project}/regions/${region}/routers/${router}`,
      } as const;
      const present = await read('compute.routers.get', name, abort, () => rest({ ...at, method: 'GET' }));
      const body = { nats: changedNats(present, gateway, ports) };
      return write('compute.routers.update', name, abort, async () => ({
        operation: operationName('compute', await rest({ ...at, method: 'PATCH', body })),
      }));
    },

    changeHealthCheck: (name, { intervalSeconds, timeoutSeconds, unhealthyThreshold }, abort) =>
      write('compute.healthChecks.update', name, abort, async () => {
        const body = { checkIntervalSec: intervalSeconds, timeoutSec: timeoutSeconds, unhealthyThreshold };
        const answer = await rest({ api: 'compute', method: 'PATCH', path: `compute/v1/${name}`, body });
        return { operation: operationName('compute', answer) };
      }),

    operation: async (name, abort) => {
      const request = operationRequest(name);
      return read(operationPermission(name), name, abort, async () => toOperationStatus(await rest(request)));
    },
  };
}
