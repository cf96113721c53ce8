import type { Bounds, EscalationLevel, GuardrailPolicy, VerificationPolicy } from './policy.ts';

/** What holds where `runmedic.yaml` says nothing. */

export const APPROVAL_EXPIRES_AFTER_SECONDS = 30 * 60;

export const BOUNDS: Bounds = {
  actions: 'all',
  deniedActions: [],
  /** The API's own ceiling: a connector has at most 10 instances (gcloud compute networks vpc-access connectors update, read 2026-11-23). */
  connectorInstancesMax: 10,
  connectorMachineTypes: ['e2-micro', 'e2-standard-4'],
  memoryMibMax: 8192,
  cpuMax: 4,
  /** Cloud Run's own default ceiling of a revision. */
  instancesMax: 100,
  costUsdPerMonthMax: 1000,
  costUsdPerMonthPerDayMax: 3000,
};

/**
 * Our own choices. Half of a large environment is no repair any more but a migration, which people lead; five services are as many as one who is
 * woken for it can watch, and a small environment behind one connector is mended whole or not at all. A fix that is made a fourth time within a week treats a symptom; ten changes in an hour are a storm in which people look better than
 * a machine; what was changed a quarter of an hour ago has not shown yet what it does.
 */
export const GUARDRAILS: GuardrailPolicy = {
  cooldownSeconds: 900,
  changesPerHourMax: 10,
  repeats: { times: 3, withinSeconds: 7 * 86_400 },
  blastRadius: { percentMax: 50, servicesAlways: 5 },
  freezes: [],
};

export const VERIFICATION: VerificationPolicy = { checks: 3, everySeconds: 60, deadlineSeconds: 1200 };

/** Nobody is named by default: a reminder in the incident's thread, then a second one. */
export const ESCALATION: readonly EscalationLevel[] = [
  { afterSeconds: 3600, usergroups: [], users: [] },
  { afterSeconds: 4 * 3600, usergroups: [], users: [] },
];

export const END_TO_END_TIMEOUT_SECONDS = 30 * 60;

export const CHECK_TIMEOUT_SECONDS = 10;
/** A healthy handshake inside one region takes milliseconds; longer than this is as good as never. */
export const DATABASE_TIMEOUT_SECONDS = 5;
export const EXPECTED_STATUS = 200;
