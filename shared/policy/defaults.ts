import type { Bounds, EscalationLevel, VerificationPolicy } from './policy.ts';

/** What holds where `runmedic.yaml` says nothing. */

export const APPROVAL_EXPIRES_AFTER_SECONDS = 30 * 60;

export const BOUNDS: Bounds = {
  actions: 'all',
  /** The API's own ceiling: a connector has at most 10 instances (gcloud compute networks vpc-access connectors update, read 2026-11-23). */
  connectorInstancesMax: 10,
  connectorMachineTypes: ['e2-micro', 'e2-standard-4'],
  costUsdPerMonthMax: 500,
};

export const VERIFICATION: VerificationPolicy = { checks: 3, everySeconds: 60, deadlineSeconds: 1200 };

/** Nobody is named by default: a reminder in the incident's thread, then a second one. */
export const ESCALATION: readonly EscalationLevel[] = [
  { afterSeconds: 3600, usergroups: [], users: [] },
  { afterSeconds: 4 * 3600, usergroups: [], users: [] },
];

export const CHECK_TIMEOUT_SECONDS = 10;
/** A healthy handshake inside one region takes milliseconds; longer than this is as good as never. */
export const DATABASE_TIMEOUT_SECONDS = 5;
export const EXPECTED_STATUS = 200;
