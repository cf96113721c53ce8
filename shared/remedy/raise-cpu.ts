import type { Action } from './action.ts';
import { instancesSeen } from './instances-seen.ts';
import { byNewRevision, NEW_REVISION_SECONDS, type Pinned, REPLACES_INSTANCES, refused } from './new-revision.ts';
import { inContainer } from './permanence.ts';
import { instancesUsdPerMonth, moreUsd } from './prices.ts';
import {
  memoryFor,
  moreCpu,
  type RunSize,
  sizeBlock,
  sizeFlags,
  sizeInWords,
  sizeOf,
  sizeOutOfLimits,
} from './run-size.ts';

/**
 * Gives every instance the next number of CPUs, and more memory where so many CPUs ask for it.
 * API: Cloud Run Admin v2 services.patch (template, with template.revision cleared; etag), which makes a new revision.
 * Silent (refuses) where the size is not known, and where Cloud Run or the policy has no larger one.
 */
export const raiseCpu: Action<Pinned<RunSize>, 'cloud-run', 'metrics' | 'logs' | 'database'> = byNewRevision<RunSize>({
  title: 'Raise the CPU',
  answers: ['cpu-starved'],
  base: 'what-serves',
  cost: 'priced',
  ownOf: sizeOf,
  decide: ({ service, containers: [serving], input: { seen } }) => {
    const { shortName } = service;
    const { cpu, memoryMib } = serving;
    if (cpu === undefined || memoryMib === undefined) return refused(`the size of ${shortName} could not be read`);
    const more = moreCpu(cpu);
    const memory = more === undefined ? undefined : memoryFor(more);
    if (more === undefined || memory === undefined)
      return refused(`Cloud Run has no instance with more than ${cpu} CPUs`);
    const after = { cpu: more, memoryMib: Math.max(memoryMib, memory.leastMib) };
    const instances = instancesSeen(service, seen.metrics);
    return {
      kind: 'found',
      after,
      told: {
        fit: 'mends',
        summary: {
          title: `Raise the CPU of ${shortName}`,
          before: sizeInWords({ cpu, memoryMib }),
          after: sizeInWords(after),
        },
        expectedEffect: 'each instance computes more at once, and requests wait less',
        expectedSeconds: NEW_REVISION_SECONDS,
        whatCouldGoWrong: `${REPLACES_INSTANCES} What runs in a single thread gains nothing by a second CPU.`,
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
