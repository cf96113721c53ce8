import type { Action } from './action.ts';
import { fillsUp } from './fills-up.ts';
import { instancesSeen } from './instances-seen.ts';
import { byNewRevision, NEW_REVISION_SECONDS, type Pinned, REPLACES_INSTANCES, refused } from './new-revision.ts';
import { inContainer } from './permanence.ts';
import { instancesUsdPerMonth, moreUsd } from './prices.ts';
import {
  cpuFor,
  memoryFor,
  type RunSize,
  sizeBlock,
  sizeFlags,
  sizeInWords,
  sizeOf,
  sizeOutOfLimits,
} from './run-size.ts';

/**
 * Kills say that the limit was too low, not by how much, and a second raise would be a second outage; a GiB costs a tenth of a CPU. Four times as much
 * where requests fill it and the CPU takes it, twice as much else, and where it fills up by itself, which no size mends. Our own choice.
 */
const FACTOR = 4;
const FACTOR_LEAST = 2;

/**
 * Gives every instance more memory, and more CPU where so much memory asks for it.
 * API: Cloud Run Admin v2 services.patch (template, with template.revision cleared; etag), which makes a new revision.
 * Silent (refuses) where the size is not known, and where Cloud Run or the policy has no larger one.
 */
export const raiseMemory: Action<
  Pinned<RunSize>,
  'cloud-run',
  'metrics' | 'logs' | 'database'
> = byNewRevision<RunSize>({
  title: 'Raise the memory',
  answers: ['memory-exhausted', 'memory-leaking'],
  base: 'what-serves',
  cost: 'priced',
  ownOf: sizeOf,
  decide: ({ service, containers: [serving], input: { cause, seen } }) => {
    const { shortName } = service;
    const { cpu, memoryMib } = serving;
    if (cpu === undefined || memoryMib === undefined) return refused(`the size of ${shortName} could not be read`);
    const own = seen.metrics?.services.find((one) => one.service === shortName);
    const leaks = cause.rule === 'memory-leaking' || fillsUp(own?.memoryRatio ?? [], own?.concurrency ?? []);
    const more = leaks ? memoryMib * FACTOR_LEAST : Math.min(memoryMib * FACTOR, memoryFor(cpu)?.mostMib ?? 0);
    const wanted = Math.ceil(Math.max(memoryMib * FACTOR_LEAST, more));
    const needed = cpuFor(wanted, cpu);
    if (needed === undefined) return refused(`Cloud Run has no instance with ${wanted} MiB`);
    const after = { cpu: needed, memoryMib: wanted };
    const instances = instancesSeen(service, seen.metrics);
    return {
      kind: 'found',
      after,
      told: {
        fit: leaks ? 'relieves' : 'mends',
        summary: {
          title: `Raise the memory of ${shortName}`,
          before: sizeInWords({ cpu, memoryMib }),
          after: sizeInWords(after),
        },
        expectedEffect: leaks
          ? 'instances last about twice as long before they are killed: what fills their memory is not mended'
          : 'instances hold what they are asked to do at once, and are no longer killed for it',
        expectedSeconds: NEW_REVISION_SECONDS,
        whatCouldGoWrong: REPLACES_INSTANCES,
        costUsdPerMonth: moreUsd(
          instancesUsdPerMonth({ ...serving, ...after }, instances),
          instancesUsdPerMonth(serving, instances),
        ),
      },
      flags: sizeFlags(after),
      block: inContainer(sizeBlock(after)),
    };
  },
  outOfLimits: sizeOutOfLimits,
});
