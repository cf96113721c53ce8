import { lacksDatabase, tickReady } from './ready-instances.ts';
import { tickStart } from './start-instances.ts';
import type { RevisionState, WorldState } from './state.ts';
import { memoryMibOf } from './template.ts';

/** One second of every container of a revision: starts go on or fail, ready ones age. */
export function tickInstances(state: WorldState, revision: RevisionState, leakMibPerMinute: number): void {
  const around = { leakMibPerMinute, lacksDatabase: lacksDatabase(state, revision) };
  for (const instance of [...revision.instances]) {
    if (instance.phase === 'starting') tickStart(state, revision, instance);
    else tickReady(state, revision, instance, around);
  }
}

const THRASH_FROM = 0.8; // From this share of its memory on, an app spends more and more of its time collecting garbage.

/** How the ready instances stand with their memory: the share of the limit in use, and the share of time lost to garbage collection, on average. */
export function measureMemory(revision: RevisionState): void {
  const ready = revision.instances.filter((i) => i.phase === 'ready');
  const limitMib = memoryMibOf(revision.template);
  const mean = (of: (ratio: number) => number) =>
    ready.reduce((sum, i) => sum + of(i.memoryMib / limitMib), 0) / Math.max(1, ready.length);
  revision.memoryRatio = mean((ratio) => ratio);
  revision.thrashRatio = mean((ratio) => Math.min(1, Math.max(0, (ratio - THRASH_FROM) / (1 - THRASH_FROM))));
}
