import type { ServiceEstate } from '../scenarios/estate.ts';
import type { Json, ServiceState } from './state.ts';

// Reading and making the JSON of google.cloud.run.v2.RevisionTemplate. Clients may write anything into it, so nothing is taken for granted.

export const isJson = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
export const objectAt = (tree: Json, key: string): Json => (isJson(tree[key]) ? tree[key] : {});
export const listAt = (tree: Json, key: string): Json[] => (Array.isArray(tree[key]) ? tree[key].filter(isJson) : []);
export const textAt = (tree: Json, key: string): string => (typeof tree[key] === 'string' ? tree[key] : '');
/** REST carries int32 as a number and int64 as text. */
export const numberAt = (tree: Json, key: string): number | undefined => {
  const value = Number(tree[key] ?? Number.NaN);
  return Number.isFinite(value) ? value : undefined;
};

const container = (template: Json): Json => listAt(template, 'containers')[0] ?? {};
const limits = (template: Json): Json => objectAt(objectAt(container(template), 'resources'), 'limits');

export const imageOf = (template: Json): string => textAt(container(template), 'image');
export const containerNameOf = (template: Json, service: string): string =>
  textAt(container(template), 'name') || `${service}-1`;
export const concurrencyOf = (template: Json): number => numberAt(template, 'maxInstanceRequestConcurrency') || 80;
export const minInstancesOf = (template: Json): number =>
  numberAt(objectAt(template, 'scaling'), 'minInstanceCount') ?? 0;
export const egressOf = (template: Json): string =>
  textAt(objectAt(template, 'vpcAccess'), 'egress') || 'PRIVATE_RANGES_ONLY';
/** `project:region:instance` of each mounted Cloud SQL socket. */
export const socketsOf = (template: Json): string[] =>
  listAt(template, 'volumes').flatMap((volume) => {
    const instances = objectAt(volume, 'cloudSqlInstance')['instances'];
    return Array.isArray(instances) ? instances.map(String) : [];
  });
/** The connector's short name; undefined with Direct VPC egress or none. */
export const connectorOf = (template: Json): string | undefined =>
  textAt(objectAt(template, 'vpcAccess'), 'connector').split('/').at(-1) || undefined;

const TIMEOUT_SECONDS_DEFAULT = 300;
/** How long a request may last. */
export const timeoutMsOf = (template: Json): number =>
  1000 * (Number.parseFloat(textAt(template, 'timeout')) || TIMEOUT_SECONDS_DEFAULT);

const CPU_DEFAULT = 1;
export function cpuOf(template: Json): number {
  const text = textAt(limits(template), 'cpu');
  const cpu = text.endsWith('m') ? Number.parseFloat(text) / 1000 : Number.parseFloat(text);
  return Number.isFinite(cpu) && cpu > 0 ? cpu : CPU_DEFAULT;
}

const MEMORY_MIB_DEFAULT = 512;
const MIB_PER_UNIT: Record<string, number> = { Ki: 1 / 1024, Mi: 1, Gi: 1024, M: 1e6 / 2 ** 20, G: 1e9 / 2 ** 20 };
export function memoryMibOf(template: Json): number {
  const match = /^([\d.]+)(Ki|Mi|Gi|M|G)$/.exec(textAt(limits(template), 'memory'));
  return Number(match?.[1] ?? MEMORY_MIB_DEFAULT) * (MIB_PER_UNIT[match?.[2] ?? 'Mi'] ?? 1);
}

const MAX_INSTANCES_DEFAULT = 100; // Comment of RevisionScaling in google/cloud/run/v2/vendor_settings.proto, read 2026-11-23.
/** The lower of the service's ceiling and the revision's. */
export function maxInstancesOf(service: ServiceState, template: Json): number {
  const own = numberAt(objectAt(template, 'scaling'), 'maxInstanceCount') || MAX_INSTANCES_DEFAULT;
  return Math.min(own, numberAt(service.spec.scaling, 'maxInstanceCount') || Number.POSITIVE_INFINITY);
}

export interface StartupProbe {
  readonly kind: 'TCP' | 'HTTP';
  readonly isDefault: boolean;
  readonly failureThreshold: number;
  readonly deadlineMs: number;
}

export function startupProbeOf(template: Json): StartupProbe {
  const probe = objectAt(container(template), 'startupProbe');
  const failureThreshold = numberAt(probe, 'failureThreshold') || 1;
  const periodSeconds = numberAt(probe, 'periodSeconds') || 240;
  return {
    kind: 'httpGet' in probe ? 'HTTP' : 'TCP',
    isDefault: !('httpGet' in probe) && periodSeconds === 240,
    failureThreshold,
    deadlineMs: ((numberAt(probe, 'initialDelaySeconds') ?? 0) + periodSeconds * failureThreshold) * 1000,
  };
}

const PORT = 8080;

/** The template that an estate's service begins with, in the shape of real replies. */
export function templateFor(estate: ServiceEstate, image: string, location: string, sockets: readonly string[]): Json {
  const probe = estate.startupProbe;
  return {
    scaling: {
      ...(estate.minInstances > 0 && { minInstanceCount: estate.minInstances }),
      maxInstanceCount: estate.maxInstances,
    },
    ...(estate.vpcAccess && { vpcAccess: vpcAccessFor(estate.vpcAccess, location) }),
    timeout: `${estate.timeoutSeconds}s`,
    serviceAccount: estate.serviceAccount,
    ...(sockets.length > 0 && { volumes: [{ name: 'cloudsql', cloudSqlInstance: { instances: [...sockets] } }] }),
    containers: [
      {
        name: `${estate.name}-1`,
        image,
        env: Object.entries(estate.env).map(([name, value]) => ({ name, value })),
        resources: {
          limits: { cpu: `${estate.cpu * 1000}m`, memory: `${estate.memoryMib}Mi` },
          cpuIdle: true,
          startupCpuBoost: true,
        },
        ports: [{ name: 'http1', containerPort: PORT }],
        startupProbe: {
          timeoutSeconds: probe?.timeoutSeconds ?? 240,
          periodSeconds: probe?.periodSeconds ?? 240,
          failureThreshold: probe?.failureThreshold ?? 1,
          ...(probe?.type === 'http' ? { httpGet: { path: probe.path, port: PORT } } : { tcpSocket: { port: PORT } }),
        },
      },
    ],
    maxInstanceRequestConcurrency: estate.concurrency,
  };
}

function vpcAccessFor(access: NonNullable<ServiceEstate['vpcAccess']>, location: string): Json {
  if (access.connector !== undefined)
    return { connector: `${location}/connectors/${access.connector}`, egress: access.egress };
  return {
    egress: access.egress,
    networkInterfaces: [{ network: access.network ?? 'default', subnetwork: access.subnetwork ?? 'default' }],
  };
}
