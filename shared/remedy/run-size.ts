import type { Template } from '../ports/cloud.ts';
import type { LimitInput } from './action.ts';

/** CPU and memory of the container that takes requests; without what could not be read. */
export interface RunSize {
  readonly cpu?: number;
  readonly memoryMib?: number;
}

export type KnownSize = Required<RunSize>;

/** What each number of CPUs may have of memory, MiB. Source: Configure CPU limits for services, "vCPU and memory table" (a stored copy read 2026-11-30). */
const MEMORY_OF_CPU = [
  { cpu: 1, leastMib: 128, mostMib: 4096 },
  { cpu: 2, leastMib: 128, mostMib: 8192 },
  { cpu: 4, leastMib: 2048, mostMib: 16_384 },
  { cpu: 6, leastMib: 4096, mostMib: 24_576 },
  { cpu: 8, leastMib: 4096, mostMib: 32_768 },
] as const;

/** Below one CPU: as much memory as this, MiB. Source: as above. */
const HALF_CPU = 0.5;
const BELOW_HALF_MOST_MIB = 512;
const BELOW_ONE_MOST_MIB = 1024;
const LEAST_MIB = 128;

export const sizeOf = ({ containers: [serving] }: Template): RunSize => ({
  ...(serving?.cpu === undefined ? {} : { cpu: serving.cpu }),
  ...(serving?.memoryMib === undefined ? {} : { memoryMib: serving.memoryMib }),
});

/** The least and the most memory that a number of CPUs takes; undefined for a number that Cloud Run does not have. */
export function memoryFor(cpu: number): { readonly leastMib: number; readonly mostMib: number } | undefined {
  if (cpu < 1) return { leastMib: LEAST_MIB, mostMib: cpu < HALF_CPU ? BELOW_HALF_MOST_MIB : BELOW_ONE_MOST_MIB };
  return MEMORY_OF_CPU.find((one) => one.cpu === cpu);
}

/** `cpu` where it takes so much memory, else the fewest whole CPUs above it that do; undefined where none do. */
export const cpuFor = (memoryMib: number, cpu: number): number | undefined =>
  (memoryFor(cpu)?.mostMib ?? 0) >= memoryMib
    ? cpu
    : MEMORY_OF_CPU.find((one) => one.cpu >= cpu && one.mostMib >= memoryMib)?.cpu;

/** The next number of CPUs; undefined after the last. */
export const moreCpu = (cpu: number): number | undefined => MEMORY_OF_CPU.find((one) => one.cpu > cpu)?.cpu;

/** Why Cloud Run or the policy does not take a size; the policy has no say in what stands already. */
export function sizeOutOfLimits({ after, present, bounds, boundsAt }: LimitInput<RunSize>): string | undefined {
  const { cpu, memoryMib } = after;
  if (cpu === undefined || memoryMib === undefined) return 'CPU and memory must both be known';
  const memory = memoryFor(cpu);
  if (memory === undefined) return `Cloud Run has no ${cpu} CPUs: fewer than 1, or 1, 2, 4, 6 or 8`;
  if (memoryMib < memory.leastMib || memoryMib > memory.mostMib)
    return `Cloud Run takes ${memory.leastMib} to ${memory.mostMib} MiB with ${cpu} CPU, not ${memoryMib}`;
  if (memoryMib > bounds.memoryMibMax && memoryMib !== present.memoryMib)
    return `${memoryMib} MiB are over ${boundsAt}.memoryMibMax (${bounds.memoryMibMax})`;
  if (cpu > bounds.cpuMax && cpu !== present.cpu) return `${cpu} CPUs are over ${boundsAt}.cpuMax (${bounds.cpuMax})`;
  return undefined;
}

/** "1 CPU, 512 MiB" */
export const sizeInWords = ({ cpu, memoryMib }: KnownSize): string => `${cpu} CPU, ${memoryMib} MiB`;

/** As gcloud and Terraform write CPU: `1`, `0.5`. */
export const sizeFlags = ({ cpu, memoryMib }: KnownSize): string => `--cpu=${cpu} --memory=${memoryMib}Mi`;

export const sizeBlock = ({ cpu, memoryMib }: KnownSize): string =>
  `resources {\n  limits = { cpu = "${cpu}", memory = "${memoryMib}Mi" }\n}`;
