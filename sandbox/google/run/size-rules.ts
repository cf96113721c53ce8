import type { Json } from '../../world/state.ts';
import { concurrencyOf, cpuOf, listAt, memoryMibOf, objectAt } from '../../world/template.ts';

// Source of the table and of what is asked below one CPU: Configure CPU limits for services (a stored copy read 2026-11-30). The words are Cloud Run's
// own, as public repositories quote them that met them (read 2026-11-30).

/** Memory of each number of CPUs, MiB. */
const MEMORY_OF_CPU: Readonly<Record<number, readonly [least: number, most: number]>> = {
  1: [128, 4096],
  2: [128, 8192],
  4: [2048, 16_384],
  6: [4096, 24_576],
  8: [4096, 32_768],
};
const LEAST_CPU = 0.08;
const LEAST_MIB = 128;

interface SizeFault {
  readonly limit: 'cpu' | 'memory';
  readonly what: string;
}

/** Why the container that takes requests cannot have its CPU and memory; undefined where it can. */
export function sizeFault(template: Json): SizeFault | undefined {
  const [cpu, memory] = [cpuOf(template), memoryMibOf(template)];
  const range = cpu < 1 ? belowOne(cpu) : MEMORY_OF_CPU[cpu];
  if (range === undefined) return cpuFault('Must be equal to one of [.08-1], 1.0, 2.0, 4.0, 6.0, 8.0');
  if (cpu < 1 && concurrencyOf(template) > 1) return cpuFault('Total cpu < 1 is not supported with concurrency > 1.');
  if (cpu < 1 && !isThrottled(template))
    return cpuFault('Total cpu < 1 is not supported with cpu always allocated (unthrottled).');
  const [least, most] = range;
  if (memory >= least && memory <= most) return undefined;
  const between = `For ${cpu.toFixed(1)} CPU, memory must be between ${inUnits(least)} and ${inUnits(most)} inclusive.`;
  return { limit: 'memory', what: `Invalid value specified for container memory. ${between}` };
}

const cpuFault = (what: string): SizeFault => ({ limit: 'cpu', what: `Invalid value specified for cpu. ${what}` });

const belowOne = (cpu: number): readonly [number, number] | undefined =>
  cpu < LEAST_CPU ? undefined : [LEAST_MIB, cpu < 0.5 ? 512 : 1024];

/** CPU during requests only. */
function isThrottled(template: Json): boolean {
  const resources = objectAt(listAt(template, 'containers')[0] ?? {}, 'resources');
  return Object.keys(resources).length === 0 || resources['cpuIdle'] === true;
}

const inUnits = (mib: number): string => (mib % 1024 === 0 ? `${mib / 1024}Gi` : `${mib}Mi`);
