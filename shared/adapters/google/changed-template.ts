import type { Probe, TemplateChange, VpcAccess } from '../../ports/cloud.ts';
import { PlatformFailure } from '../../ports/platform-failure.ts';
import { servingFirst } from './map-container.ts';
import { RESTARTED_AT } from './map-template.ts';
import { type Fields, fields, list } from './values.ts';

/**
 * A template as the API gave it, with what is set anew and nothing else changed: what no client knows passes through. The revision's name is left
 * out, since the old one sent back is refused as taken (facts, 2026-11-23). Pure.
 * @throws PlatformFailure 'failed-precondition' for other containers than there are images: one would go out unpinned.
 */
export function changedTemplate(template: Fields, change: TemplateChange): Fields {
  const { revision: _, ...kept } = template;
  const { mark, concurrency, timeoutSeconds, vpcAccess } = change;
  return {
    ...kept,
    containers: changedContainers(list(template['containers']).map(fields), change),
    ...(mark === undefined || mark === null
      ? {}
      : { annotations: { ...fields(template['annotations']), [RESTARTED_AT]: mark } }),
    ...(concurrency === undefined ? {} : { maxInstanceRequestConcurrency: concurrency }),
    ...(timeoutSeconds === undefined ? {} : { timeout: `${timeoutSeconds}s` }),
    ...scaling(fields(template['scaling']), change),
    ...(vpcAccess === undefined ? {} : { vpcAccess: fromVpcAccess(vpcAccess) }),
  };
}

function changedContainers(containers: readonly Fields[], change: TemplateChange): readonly Fields[] {
  const { images } = change;
  if (containers.length !== images.length)
    throw new PlatformFailure(
      'failed-precondition',
      `a template of ${containers.length} containers and ${images.length} pinned images: nothing was sent`,
    );
  const order = servingFirst(containers);
  return containers.map((container) => {
    const place = order.indexOf(container);
    const pinned = { ...container, image: images[place] };
    return place === 0 ? { ...pinned, ...ofServing(container, change) } : pinned;
  });
}

/** Of the container that takes requests. */
function ofServing(container: Fields, { cpu, memoryMib, startupCpuBoost, startupProbe }: TemplateChange): Fields {
  const resources = fields(container['resources']);
  const limits = {
    ...fields(resources['limits']),
    ...(cpu === undefined ? {} : { cpu: `${Math.round(cpu * 1000)}m` }),
    ...(memoryMib === undefined ? {} : { memory: `${memoryMib}Mi` }),
  };
  const isSized = cpu !== undefined || memoryMib !== undefined || startupCpuBoost !== undefined;
  return {
    ...(isSized
      ? {
          resources: {
            ...resources,
            ...(Object.keys(limits).length === 0 ? {} : { limits }),
            // "If ResourceRequirements is set, the caller must explicitly set this field to true", k8s.min.proto: else billing would change.
            ...(Object.keys(resources).length === 0 ? { cpuIdle: true } : {}),
            ...(startupCpuBoost === undefined ? {} : { startupCpuBoost }),
          },
        }
      : {}),
    ...(startupProbe === undefined ? {} : { startupProbe: fromProbe(startupProbe) }),
  };
}

function scaling(present: Fields, { instancesMin, instancesMax }: TemplateChange): Fields {
  if (instancesMin === undefined && instancesMax === undefined) return {};
  return {
    scaling: {
      ...present,
      ...(instancesMin === undefined ? {} : { minInstanceCount: instancesMin }),
      ...(instancesMax === undefined ? {} : { maxInstanceCount: instancesMax }),
    },
  };
}

const fromProbe = ({ kind, path, port, ...timing }: Probe): Fields => {
  const at = port === undefined ? {} : { port };
  const look = { http: { httpGet: { path, ...at } }, tcp: { tcpSocket: at }, grpc: { grpc: at } }[kind];
  return { ...timing, ...look };
};

const EGRESS = { 'all-traffic': 'ALL_TRAFFIC', 'private-ranges-only': 'PRIVATE_RANGES_ONLY' } as const;

/** Connector and Direct VPC exclude each other: the whole is written, so that nothing of the other is left. */
function fromVpcAccess(access: VpcAccess): Fields | undefined {
  if (access.kind === 'none') return undefined;
  const egress = EGRESS[access.egress];
  if (access.kind === 'connector') return { connector: access.connector, egress };
  return { networkInterfaces: [{ network: access.network, subnetwork: access.subnetwork }], egress };
}
