import { seedOf } from './random.ts';
import type { WorldState } from './state.ts';

/** The number that Compute Engine gives a resource, always the same for the same name. */
export const resourceId = (state: WorldState, name: string): string =>
  `${1 + (seedOf(state.scenario.seed, name) % 8)}${String(seedOf(name, 'a')).padStart(10, '0')}${String(seedOf(name, 'b') % 100_000_000).padStart(8, '0')}`;
