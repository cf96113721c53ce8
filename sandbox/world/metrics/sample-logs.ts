import type { WorldState } from '../state.ts';

export function sampleLogMetrics(_state: WorldState): void {}
