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

/** The container that takes requests. */
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

/** How many instances a person said, whatever the traffic; undefined where scaling is automatic. */
export const manualInstancesOf = ({ spec: { scaling } }: ServiceState): number | undefined =>
  scaling['scalingMode'] === 'MANUAL' ? (numberAt(scaling, 'manualInstanceCount') ?? 0) : undefined;

const MAX_INSTANCES_DEFAULT = 100; // Comment of RevisionScaling in google/cloud/run/v2/vendor_settings.proto, read 2026-11-23.
/** The lower of the service's ceiling and the revision's. */
export function maxInstancesOf(service: ServiceState, template: Json): number {
  const byHand = manualInstancesOf(service);
  if (byHand !== undefined) return byHand;
  const own = numberAt(objectAt(template, 'scaling'), 'maxInstanceCount') || MAX_INSTANCES_DEFAULT;
  return Math.min(own, numberAt(service.spec.scaling, 'maxInstanceCount') || Number.POSITIVE_INFINITY);
}

const PORT = 8080; // "If not specified, defaults to 8080", ContainerPort in k8s.min.proto's documentation.

/** Where Cloud Run sends requests, and what it speaks there. */
export const portOf = (template: Json): number =>
  numberAt(listAt(container(template), 'ports')[0] ?? {}, 'containerPort') ?? PORT;
export const protocolOf = (template: Json): 'http1' | 'h2c' =>
  textAt(listAt(container(template), 'ports')[0] ?? {}, 'name') === 'h2c' ? 'h2c' : 'http1';

/** A variable's value; undefined where it is not set, or filled from a secret. */
export const envOf = (template: Json, name: string): string | undefined => {
  const variable = listAt(container(template), 'env').find((one) => textAt(one, 'name') === name);
  return variable && !('valueSource' in variable) ? textAt(variable, 'value') : undefined;
};
export const hasEnv = (template: Json, name: string): boolean =>
  listAt(container(template), 'env').some((one) => textAt(one, 'name') === name);

export interface SecretReference {
  readonly variable: string;
  readonly index: number;
  readonly secret: string;
  readonly version: string;
}

/** The secrets that fill variables when an instance starts. */
export const secretsOf = (template: Json): SecretReference[] =>
  listAt(container(template), 'env').flatMap((variable, index) => {
    const reference = objectAt(objectAt(variable, 'valueSource'), 'secretKeyRef');
    const secret = textAt(reference, 'secret');
    if (secret === '') return [];
    return [{ variable: textAt(variable, 'name'), index, secret, version: textAt(reference, 'version') || 'latest' }];
  });

export const hasMemoryVolume = (template: Json): boolean =>
  listAt(template, 'volumes').some((volume) => 'emptyDir' in volume);
/** Cloud Run chooses the first one for a service that does not say. Source: about execution environments, read 2026-11-23. */
export const isFirstGeneration = (template: Json): boolean =>
  textAt(template, 'executionEnvironment') !== 'EXECUTION_ENVIRONMENT_GEN2';

export interface StartupProbe {
  readonly kind: 'TCP' | 'HTTP';
  readonly isDefault: boolean;
  /** It does not look before this. */
  readonly initialDelayMs: number;
  /** Where it looks. */
  readonly port: number;
  readonly path: string | undefined;
  readonly failureThreshold: number;
  readonly deadlineMs: number;
}

export function startupProbeOf(template: Json): StartupProbe {
  const probe = objectAt(container(template), 'startupProbe');
  const failureThreshold = numberAt(probe, 'failureThreshold') || 1;
  const periodSeconds = numberAt(probe, 'periodSeconds') || 240;
  const http = objectAt(probe, 'httpGet');
  return {
    kind: 'httpGet' in probe ? 'HTTP' : 'TCP',
    initialDelayMs: (numberAt(probe, 'initialDelaySeconds') ?? 0) * 1000,
    port: numberAt('httpGet' in probe ? http : objectAt(probe, 'tcpSocket'), 'port') ?? portOf(template),
    path: 'httpGet' in probe ? textAt(http, 'path') || '/' : undefined,
    isDefault: !('httpGet' in probe) && periodSeconds === 240,
    failureThreshold,
    deadlineMs: ((numberAt(probe, 'initialDelaySeconds') ?? 0) + periodSeconds * failureThreshold) * 1000,
  };
}

/** undefined: nobody asks. Defaults: k8s.min.proto of Cloud Run Admin v2. */
export function livenessProbeOf(template: Json): LivenessProbe | undefined {
  const probe = objectAt(container(template), 'livenessProbe');
  if (Object.keys(probe).length === 0) return undefined;
  const http = objectAt(probe, 'httpGet');
  return {
    kind: 'httpGet' in probe ? 'HTTP' : 'TCP',
    path: 'httpGet' in probe ? textAt(http, 'path') || '/' : undefined,
    port: numberAt('httpGet' in probe ? http : objectAt(probe, 'tcpSocket'), 'port') ?? portOf(template),
    initialDelayMs: (numberAt(probe, 'initialDelaySeconds') ?? 0) * 1000,
    timeoutMs: (numberAt(probe, 'timeoutSeconds') || 1) * 1000,
    periodMs: (numberAt(probe, 'periodSeconds') || 10) * 1000,
    failureThreshold: numberAt(probe, 'failureThreshold') || 3,
  };
}

export interface LivenessProbe {
  readonly kind: 'HTTP' | 'TCP';
  readonly path: string | undefined;
  readonly port: number;
  readonly initialDelayMs: number;
  readonly timeoutMs: number;
  readonly periodMs: number;
  readonly failureThreshold: number;
}

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
