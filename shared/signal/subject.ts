/**
 * What an incident is about: one region of one environment, and the services that alerts named there.
 * An outage seldom keeps to one service, so evidence is taken of the whole environment; `services` says where users felt it.
 */
export interface Subject {
  readonly environment: string;
  readonly project: string;
  readonly region: string;
  /** Short names, in the order in which alerts named them; empty when an alert named none (an uptime check, a connector). */
  readonly services: readonly string[];
}

/** Alerts with the same key belong to one incident while it is open. */
export const correlationKey = (subject: Subject): string => `${subject.environment}/${subject.region}`;
