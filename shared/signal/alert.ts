import type { Instant } from '../ports/clock.ts';
import type { Subject } from './subject.ts';

/** A Cloud Monitoring notification, understood. */
export interface Alert {
  /** `incident_id/state`: equal for redeliveries of one notification, different for its opening and its closing. */
  readonly key: string;
  readonly incidentId: string;
  readonly state: 'open' | 'closed';
  readonly severity: 'critical' | 'error' | 'warning' | 'none';
  readonly policy: string;
  readonly condition: string;
  readonly summary: string;
  readonly url: string | undefined;
  readonly startedAt: Instant | undefined;
  readonly endedAt: Instant | undefined;
  /** As delivered; a number as text, or a sentence when a policy was edited while it fired. */
  readonly observedValue: string | undefined;
  readonly thresholdValue: string | undefined;
  readonly metric: string | undefined;
  readonly resource: { readonly type: string; readonly labels: Readonly<Record<string, string>> };
}

/** What intake makes of one delivered message. */
export type Intake =
  | { readonly verdict: 'accepted'; readonly reason: string; readonly alert: Alert; readonly subject: Subject }
  /** Parsed, but nothing to do: a test, not ours, paused. */
  | { readonly verdict: 'ignored'; readonly reason: string; readonly alert: Alert }
  /** Could not be parsed: acknowledged, sent to the dead letter, never retried. */
  | { readonly verdict: 'refused'; readonly reason: string };
