import type { WorldSnapshot } from '../world/world.ts';
import { type Impact, noImpact, trackImpact } from './impact.ts';
import type { Sample } from './page-state.ts';

/** World time between two samples, and how many the charts show: an hour. */
const SAMPLE_EVERY_MS = 5000;
const SAMPLES_KEPT = 720;

/** Remembers what the charts and the banner need of the world's past. */
export interface WorldObserver {
  /** Called after each simulated second; looks only when a sample is due. */
  observe(): void;
  samples(): readonly Sample[];
  impact(): Impact;
}

export function observeWorld(world: { readonly nowMs: number; snapshot(): WorldSnapshot }): WorldObserver {
  let samples: readonly Sample[] = [];
  let track = noImpact;
  let nextMs = world.nowMs;
  return {
    observe() {
      if (world.nowMs < nextMs) return;
      nextMs = world.nowMs + SAMPLE_EVERY_MS;
      const snapshot = world.snapshot();
      track = trackImpact(track, snapshot);
      samples = [...samples, sampleOf(snapshot)].slice(-SAMPLES_KEPT);
    },
    samples: () => samples,
    impact: () => track.impact,
  };
}

function sampleOf(snapshot: WorldSnapshot): Sample {
  return {
    atMs: Date.parse(snapshot.now),
    services: Object.fromEntries(
      snapshot.services.map(({ name, errorRatio, requestsPerSecond }) => [name, { errorRatio, requestsPerSecond }]),
    ),
    connectors: Object.fromEntries(
      snapshot.connectors.map(({ name, throughputMbps, ceilingMbps, instances }) => [
        name,
        { throughputMbps, ceilingMbps, instances },
      ]),
    ),
  };
}
