import type { Instant } from './clock.ts';

/** Whether a project is paid for. */
export interface Billing {
  readonly enabled: boolean;
  /** `billingAccounts/012345-567890-ABCDEF`; undefined where none is linked. */
  readonly account: string | undefined;
}

/** An incident of Google Cloud's own, as Personalized Service Health tells it to a project. */
export interface CloudIncident {
  /** `projects/P/locations/global/events/E`. */
  readonly name: string;
  readonly title: string;
  readonly detailedState: 'emerging' | 'confirmed' | 'other';
  /** How Google relates it to this project: google.cloud.servicehealth.v1.Event.Relevance. */
  readonly relevance: 'impacted' | 'related' | 'partially-related' | 'not-impacted' | 'unknown';
  readonly impacts: readonly { readonly product: string; readonly location: string }[];
  readonly startedAt: Instant | undefined;
  readonly updatedAt: Instant | undefined;
  /** What Google says can be done, of its newest update. */
  readonly workaround: string | undefined;
}

/** What is asked of the platform itself. Every method throws PlatformFailure, 'not-enabled' where the project has not switched the API on. */
export interface PlatformReader {
  billing(project: string, abort: AbortSignal): Promise<Billing>;
  /** Those that are active, at most 100. */
  cloudIncidents(project: string, abort: AbortSignal): Promise<readonly CloudIncident[]>;
}
