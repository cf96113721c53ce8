import { stopInstance } from './containers.ts';
import { hasRoom, isHalted } from './platform/effects.ts';
import { startInstance } from './start-instances.ts';
import type { RevisionState, ServiceState, WorldState } from './state.ts';
import { concurrencyOf, cpuOf, manualInstancesOf, maxInstancesOf, minInstancesOf } from './template.ts';

const TARGET = 0.6; // Of concurrency and of CPU. Source: Cloud Run, about instance autoscaling, read 2026-11-23.
const SCALE_DOWN_AFTER_MS = 60_000;
const SCALE_DOWN_EVERY_MS = 10_000;
const DRAIN_MS = 15_000;

/** One second of Cloud Run's scaling of a revision: as many containers as its requests want, within its limits. */
export function autoscale(state: WorldState, service: ServiceState, revision: RevisionState, percent: number): void {
  const max = maxInstancesOf(service, revision.template);
  const wanted = instancesByHand(service, revision, percent) ?? Math.min(max, wantedInstances(revision, percent));
  const missing = wanted - revision.instances.length;
  if (missing > 0) {
    revision.scaleDownSinceMs = state.nowMs;
    if (state.nowMs < revision.startNotBeforeMs) return;
    const atOnce = Math.max(1, Math.ceil(revision.readyIds.length / 2));
    for (let i = 0; i < Math.min(missing, atOnce) && mayStart(state, revision); i++)
      startInstance(state, revision, 'AUTOSCALING');
    return;
  }
  if (missing === 0) revision.scaleDownSinceMs = state.nowMs;
  scaleDown(state, revision, { surplus: -missing, overLimit: revision.instances.length > max, serving: percent > 0 });
}

/** As many as a person said, shared by traffic; a deployment still brings up its first container. */
function instancesByHand(service: ServiceState, revision: RevisionState, percent: number): number | undefined {
  const byHand = manualInstancesOf(service);
  return byHand === undefined ? undefined : Math.max(revision.floor, Math.ceil((byHand * percent) / 100));
}

const mayStart = (state: WorldState, revision: RevisionState): boolean => !isHalted(state) && hasRoom(state, revision);

function wantedInstances(revision: RevisionState, percent: number): number {
  const { latencyMs } = revision.code.request;
  const cpuMs = revision.code.request.cpuMs * revision.work.cpu;
  const floor = Math.max(revision.floor, percent > 0 ? minInstancesOf(revision.template) : 0);
  if (percent === 0 && revision.queued + revision.busy === 0) return floor;
  const perSecond = revision.arrivalsPerSecond + revision.queued / 10;
  const asked = (perSecond * cpuMs + revision.healthPerSecond * revision.code.request.healthCpuMs) / 1000;
  // Where requests wait inside, CPU tells how much is worked on, not how much is asked for.
  const byCpu =
    revision.code.request.threads === undefined
      ? asked / (cpuOf(revision.template) * TARGET)
      : (revision.cpuRatio * revision.readyIds.length) / TARGET;
  const inside = revision.busy + revision.queued + (revision.arrivalsPerSecond * latencyMs) / 1000;
  const byConcurrency = inside / (concurrencyOf(revision.template) * TARGET);
  const active = perSecond > 0.05 ? 1 : 0;
  return Math.max(floor, active, Math.ceil(byCpu - 0.05), Math.ceil(byConcurrency - 0.05));
}

function scaleDown(
  state: WorldState,
  revision: RevisionState,
  why: { surplus: number; overLimit: boolean; serving: boolean },
): void {
  if (why.surplus <= 0) return;
  const idleMs = state.nowMs - revision.scaleDownSinceMs;
  const due = why.overLimit || (why.serving ? idleMs >= SCALE_DOWN_AFTER_MS : idleMs >= DRAIN_MS);
  const last = revision.instances.at(-1);
  if (!due || !last) return;
  stopInstance(revision, last);
  if (why.serving) revision.scaleDownSinceMs += SCALE_DOWN_EVERY_MS;
}
