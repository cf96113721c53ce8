import type { ServiceState, WorldState } from './state.ts';

/** Who asks after a service's health now, how often, and where. */
export interface HealthCheck {
  readonly perSecond: number;
  readonly path: string;
  readonly agent: string;
}

/** Those of an ordinary day, and those that someone has added since. */
export function healthChecksOf(state: WorldState, service: ServiceState): readonly HealthCheck[] {
  const now = (state.nowMs - state.startMs) / 1000;
  const added = state.scenario.causes.flatMap((cause) =>
    cause.type === 'health-checked' &&
    cause.service === service.name &&
    now >= cause.at &&
    now < (cause.until ?? Number.POSITIVE_INFINITY)
      ? [cause]
      : [],
  );
  return [...(service.estate.healthChecks ? [service.estate.healthChecks] : []), ...added];
}
