import type { Instant } from './clock.ts';

/** An earlier incident, as far as one that happens now has use for it. */
export interface PastIncident {
  readonly id: string;
  readonly openedAt: Instant;
  readonly closedAt: Instant;
  /** What broke, as the rule that found it and its target; undefined where no cause was found. */
  readonly root: { readonly rule: string; readonly target: string } | undefined;
  readonly services: readonly string[];
  /** Ids of the actions that were made and proven, in order; empty where it recovered by itself or somebody declined. */
  readonly fixedBy: readonly string[];
  readonly outcome: 'resolved' | 'recovered-by-itself' | 'declined';
}

/** What runmedic remembers of an environment. */
export interface History {
  /** Incidents that ended, newest first, as far back as `since`. Throws PlatformFailure where the store does not answer. */
  ended(about: { readonly environment: string; readonly since: Instant }): Promise<readonly PastIncident[]>;
}
