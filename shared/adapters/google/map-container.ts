import type { Container, Probe } from '../../ports/cloud.ts';
import { type Fields, fields, list, number, positive, text } from './values.ts';

/**
 * The containers of a template or revision, the one that takes requests first: of several, only one has a port.
 * Environment values end here, whatever they hold; only their names go on.
 */
export function toContainers(api: unknown): readonly Container[] {
  const containers = list(api).map(fields);
  return [...containers].sort((a, b) => Number(hasPort(b)) - Number(hasPort(a))).map(toContainer);
}

export const hasPort = (container: Fields): boolean => list(container['ports']).length > 0;

function toContainer(container: Fields): Container {
  const limits = fields(fields(container['resources'])['limits']);
  const port = fields(list(container['ports'])[0]);
  return {
    name: text(container['name']) ?? '',
    image: text(container['image']) ?? '',
    cpu: cpuOf(text(limits['cpu'])),
    memoryMib: memoryMibOf(text(limits['memory'])),
    envNames: list(container['env']).flatMap((variable) => text(fields(variable)['name']) ?? []),
    port: positive(port['containerPort']),
    startupProbe: probeOf(container),
  };
}

/** Cloud Run's own when a container states none: cloud.google.com/run/docs/configuring/services/cpu and memory-limits, read 2026-11-23. */
const CPU_DEFAULT = 1;
const MEMORY_MIB_DEFAULT = 512;

/** `1000m` or `2`. */
function cpuOf(quantity: string | undefined): number {
  if (quantity === undefined) return CPU_DEFAULT;
  return quantity.endsWith('m') ? Number(quantity.slice(0, -1)) / 1000 : Number(quantity);
}

/** Kubernetes quantities: `512Mi`, `1Gi`, `953M`, or bytes. */
const BYTES: Readonly<Record<string, number>> = {
  '': 1,
  k: 1e3,
  K: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

function memoryMibOf(quantity: string | undefined): number {
  if (quantity === undefined) return MEMORY_MIB_DEFAULT;
  const [, amount, unit] = /^(\d+(?:\.\d+)?)([A-Za-z]*)$/.exec(quantity) ?? [];
  return (Number(amount) * (BYTES[unit ?? ''] ?? Number.NaN)) / 2 ** 20;
}

/** What Cloud Run does where no probe is configured: one TCP connection, 240 s long (facts, gcloud's description of services). */
const TCP_DEFAULT: Probe = {
  kind: 'tcp',
  initialDelaySeconds: 0,
  timeoutSeconds: 240,
  periodSeconds: 240,
  failureThreshold: 1,
};

/** undefined for a sidecar without a probe: only the container that takes requests has a default one. Defaults of a stated one: k8s.min.proto. */
function probeOf(container: Fields): Probe | undefined {
  const probe = fields(container['startupProbe']);
  if (Object.keys(probe).length === 0) return hasPort(container) ? TCP_DEFAULT : undefined;
  return {
    kind: isSet(probe['httpGet']) ? 'http' : isSet(probe['grpc']) ? 'grpc' : 'tcp',
    initialDelaySeconds: number(probe['initialDelaySeconds']) ?? 0,
    timeoutSeconds: positive(probe['timeoutSeconds']) ?? 1,
    periodSeconds: positive(probe['periodSeconds']) ?? 10,
    failureThreshold: positive(probe['failureThreshold']) ?? 3,
  };
}

const isSet = (value: unknown): boolean => value !== undefined && value !== null;
