import { createHmac, randomBytes } from 'node:crypto';
import type { Container, Probe, SecretUse } from '../../ports/cloud.ts';
import { type SecretFile, secretFiles } from './map-volume.ts';
import { type Fields, fields, list, number, positive, text } from './values.ts';

/**
 * The containers of a template or revision, the one that takes requests first: of several, only one has a port.
 * Environment values end here, whatever they hold; only their names go on.
 */
export function toContainers(api: unknown, volumes: unknown): readonly Container[] {
  const files = secretFiles(volumes);
  return servingFirst(list(api).map(fields)).map((container) => toContainer(container, files));
}

export const servingFirst = (containers: readonly Fields[]): readonly Fields[] =>
  [...containers].sort((a, b) => Number(hasPort(b)) - Number(hasPort(a)));

const hasPort = (container: Fields): boolean => list(container['ports']).length > 0;

function toContainer(container: Fields, files: readonly SecretFile[]): Container {
  const resources = fields(container['resources']);
  const limits = fields(resources['limits']);
  const port = fields(list(container['ports'])[0]);
  return {
    name: text(container['name']) ?? '',
    image: text(container['image']) ?? '',
    cpu: cpuOf(text(limits['cpu'])),
    memoryMib: memoryMibOf(text(limits['memory'])),
    ...environmentOf(container),
    secrets: secretsOf(container, files),
    port: positive(port['containerPort']),
    protocol: text(port['name']) === 'h2c' ? 'h2c' : 'http1',
    startupProbe: startupProbeOf(container),
    livenessProbe: probeOf(container['livenessProbe']),
    readinessProbe: probeOf(container['readinessProbe']),
    // "True by default. However, if ResourceRequirements is set, the caller must explicitly set this field to true", k8s.min.proto.
    cpuIdle: Object.keys(resources).length === 0 || resources['cpuIdle'] === true,
    startupCpuBoost: resources['startupCpuBoost'] === true,
  };
}

/** Nobody keeps it: a mark says whether two values are equal, in one process, and cannot be tried against guesses. */
const MARK_KEY = randomBytes(32);
const MARK_LENGTH = 16;

function environmentOf(container: Fields): Pick<Container, 'envNames' | 'envMarks'> {
  const marks = list(container['env']).flatMap((item): [string, string][] => {
    const variable = fields(item);
    const name = text(variable['name']);
    if (name === undefined) return [];
    const value = text(variable['value']) ?? JSON.stringify(variable['valueSource'] ?? '');
    return [[name, createHmac('sha256', MARK_KEY).update(value).digest('hex').slice(0, MARK_LENGTH)]];
  });
  return {
    envNames: marks.map(([name]) => name),
    ...(marks.length === 0 ? {} : { envMarks: Object.fromEntries(marks) }),
  };
}

/** From variables, and from the volumes that this container mounts. */
function secretsOf(container: Fields, files: readonly SecretFile[]): readonly SecretUse[] {
  const variables = list(container['env']).flatMap((item): SecretUse[] => {
    const variable = fields(item);
    const reference = fields(fields(variable['valueSource'])['secretKeyRef']);
    const secret = text(reference['secret']);
    if (secret === undefined) return [];
    const version = text(reference['version']) ?? 'latest';
    return [{ secret, version, as: text(variable['name']) ?? '', through: 'environment' }];
  });
  const mounted = list(container['volumeMounts']).map((mount) => text(fields(mount)['name']));
  return [
    ...variables,
    ...files
      .filter(({ volume }) => mounted.includes(volume))
      .map(({ secret, version, volume }): SecretUse => ({ secret, version, as: volume, through: 'volume' })),
  ];
}

/** Cloud Run's own when a container states none: cloud.google.com/run/docs/configuring/services/cpu and memory-limits, read 2026-11-23. */
const CPU_DEFAULT = 1;
const MEMORY_MIB_DEFAULT = 512;

/** Kubernetes quantities: `1000m`, `2`, `.5`, `512Mi`, `1Gi`, `953M`, `1e9`, or bytes. */
const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/** undefined for one that cannot be read: it must not take the list of all services with it. */
function quantity(text: string): number | undefined {
  const [, amount, unit] = /^\+?((?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)([A-Za-z]*)$/.exec(text) ?? [];
  const factor = unit === undefined ? undefined : UNITS[unit];
  return factor === undefined ? undefined : Number(amount) * factor;
}

const cpuOf = (limit: string | undefined): number | undefined => (limit === undefined ? CPU_DEFAULT : quantity(limit));

function memoryMibOf(limit: string | undefined): number | undefined {
  const bytes = limit === undefined ? MEMORY_MIB_DEFAULT * MIB : quantity(limit);
  return bytes === undefined ? undefined : bytes / MIB;
}

const MIB = 2 ** 20;

/** What Cloud Run does where no probe is configured: one TCP connection, 240 s long (facts, gcloud's description of services). */
const TCP_DEFAULT: Probe = {
  kind: 'tcp',
  initialDelaySeconds: 0,
  timeoutSeconds: 240,
  periodSeconds: 240,
  failureThreshold: 1,
  path: undefined,
  port: undefined,
};

/** undefined for a sidecar without a probe: only the container that takes requests has a default one. */
const startupProbeOf = (container: Fields): Probe | undefined =>
  probeOf(container['startupProbe']) ?? (hasPort(container) ? TCP_DEFAULT : undefined);

/** undefined where none is stated. Defaults of a stated one: k8s.min.proto. */
function probeOf(api: unknown): Probe | undefined {
  const probe = fields(api);
  if (Object.keys(probe).length === 0) return undefined;
  const [http, grpc, tcp] = [probe['httpGet'], probe['grpc'], probe['tcpSocket']];
  return {
    kind: isSet(http) ? 'http' : isSet(grpc) ? 'grpc' : 'tcp',
    path: isSet(http) ? (text(fields(http)['path']) ?? '/') : undefined,
    port: positive(fields(http ?? grpc ?? tcp)['port']),
    initialDelaySeconds: number(probe['initialDelaySeconds']) ?? 0,
    timeoutSeconds: positive(probe['timeoutSeconds']) ?? 1,
    periodSeconds: positive(probe['periodSeconds']) ?? 10,
    failureThreshold: positive(probe['failureThreshold']) ?? 3,
  };
}

const isSet = (value: unknown): boolean => value !== undefined && value !== null;
