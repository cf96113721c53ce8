import { stopInstance } from '../containers.ts';
import { failInFlight } from '../in-flight.ts';
import { note } from '../note.ts';
import type { RevisionState, WorldState } from '../state.ts';
import { cpuOf } from '../template.ts';

// What the state of the platform amounts to for the services that stand on it.

const underWay = (state: WorldState) => state.platform.incidents.filter(({ endedMs }) => endedMs === undefined);

/** Whether Cloud Run gives this project no instance at all. */
export function isHalted({ platform: { billing }, nowMs }: WorldState): boolean {
  return !billing.enabled || nowMs < billing.settledMs;
}

/** Whether containers that start never come up, whatever is in them. */
export const startsStall = (state: WorldState): boolean => underWay(state).some(({ cause }) => cause.startsStall);

/** Share of connections to private addresses that the platform itself loses. */
export const egressLossRatio = (state: WorldState): number =>
  1 - underWay(state).reduce((kept, { cause }) => kept * (1 - cause.egressLossRatio), 1);

/** Takes one call of a rate; false where the minute has none left. */
export function mayCall(state: WorldState, name: string | undefined): boolean {
  const quota = name === undefined ? undefined : state.platform.quotas.get(name);
  if (quota === undefined) return true;
  // Whoever asks gets a share of what is left in the minute: of a hundred calls for one unit ninety-nine are refused.
  const asked = quota.otherUse + quota.used + 1;
  if (!state.random.chance(Math.min(1, quota.estate.limit / asked))) {
    quota.refused += 1;
    return false;
  }
  quota.used += 1;
  return true;
}

/** What a client of a Google API prints then. Source: Cloud SQL Auth Proxy documentation, read 2026-11-25. */
export function refusedLine(state: WorldState, name: string): string {
  const quota = state.platform.quotas.get(name)?.estate;
  const { projectNumber } = state.scenario.estate;
  return `googleapi: Error 429: Quota exceeded for quota metric '${quota?.metricTitle}' and limit '${quota?.limitTitle}' of service '${quota?.api}' for consumer 'project_number:${projectNumber}'., rateLimitExceeded`;
}

/** Whether one more instance of this revision fits into the region's quota of vCPU; a refusal is remembered. */
export function hasRoom(state: WorldState, revision: RevisionState): boolean {
  const wanted = cpuOf(revision.template) * 1000;
  for (const quota of state.platform.quotas.values()) {
    if (quota.estate.kind !== 'vcpu' || vcpuHeld(state) + quota.otherUse + wanted <= quota.estate.limit) continue;
    quota.refused += 1;
    state.platform.refusedMs.set(revision.name, state.nowMs);
    return false;
  }
  return true;
}

const REFUSED_RECENTLY_MS = 60_000;

/** Whether a request of this revision finds no instance because of a quota. */
export const isOverQuota = (state: WorldState, revision: RevisionState): boolean =>
  state.nowMs - (state.platform.refusedMs.get(revision.name) ?? Number.NEGATIVE_INFINITY) < REFUSED_RECENTLY_MS;

/** What all instances of the region hold, milli vCPU. */
export function vcpuHeld(state: WorldState): number {
  let held = 0;
  for (const { revisions } of state.services.values())
    for (const { instances, template } of revisions) held += instances.length * cpuOf(template) * 1000;
  return held;
}

/** One second of incidents that take instances away: nothing is printed, what they served fails. */
export function tickPlatform(state: WorldState): void {
  for (const { cause } of underWay(state)) {
    if (cause.instancesLostPerMinute === 0) continue;
    const perSecond = 1 - (1 - cause.instancesLostPerMinute) ** (1 / 60);
    for (const { revisions } of state.services.values())
      for (const revision of revisions)
        for (const one of [...revision.instances]) {
          if (one.phase !== 'ready' || !state.random.chance(perSecond)) continue;
          failInFlight(state, revision, 'crashed');
          stopInstance(revision, one);
          note(state, 'instance-lost', `${revision.service}/${revision.name}`, 'the platform lost it');
        }
  }
}
