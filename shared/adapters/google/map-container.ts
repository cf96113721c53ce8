import type { Container, Probe } from '../../ports/cloud.ts';
import { PlatformFailure } from '../../ports/platform-failure.ts';
import { type Fields, fields, list, number, positive, text } from './values.ts';

/**
 * The containers of a template or revision, the one that takes requests first: of several, only one has a port.
 * Environment values end here, whatever they hold; only their names go on.
 */
export function toContainers(api: unknown): readonly Container[] {
  return servingFirst(list(api).map(fields)).map(toContainer);
}

export const servingFirst = (containers: readonly Fields[]): readonly Fields[] =>
  [...containers].sort((a, b) => Number(hasPort(b)) - Number(hasPort(a)));

const hasPort = (container: Fields): boolean => list(container['ports']).length > 0;

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

/** Kubernetes quantities: `1000m`, `2`, `512Mi`, `1Gi`, `953M`, or bytes. */
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

/** @throws PlatformFailure for a quantity that cannot be read: any number in its place would be a wrong one. */
function quantity(text: string): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?(?:e\d+)?)([A-Za-z]*)$/.exec(text) ?? [];
  const factor = unit === undefined ? undefined : UNITS[unit];
  if (factor === undefined)
    throw new PlatformFailure('unknown', `a container's limit is ${text}, which is no quantity`);
  return Number(amount) * factor;
}

const cpuOf = (limit: string | undefined): number => (limit === undefined ? CPU_DEFAULT : quantity(limit));
const memoryMibOf = (limit: string | undefined): number =>
  limit === undefined ? MEMORY_MIB_DEFAULT : quantity(limit) / 2 ** 20;

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
