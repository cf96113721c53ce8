import type { Diagnosis } from '../../shared/diagnosis/diagnosis.ts';
import type { Approval, Incident, IncidentState, Recovery } from '../../shared/incident/incident.ts';
import type { AlertTrace, AuditEntry, Commit } from '../../shared/incident/store.ts';
import { type Instant, instant, plusSeconds } from '../../shared/ports/clock.ts';
import type { Plan, SignedPlan } from '../../shared/remedy/plan.ts';

/** The moment at which every incident of these tests opens. */
export const START: Instant = instant('2026-11-23T03:00:00.000Z');

const CONNECTOR = 'projects/acme-staging/locations/us-central1/connectors/staging-connector';

export const diagnosis: Diagnosis = {
  healthy: false,
  root: undefined,
  causes: [
    {
      rule: 'connector-saturated',
      layer: 'infrastructure',
      target: CONNECTOR,
      claim: 'staging-connector carries 310 of 300 Mbps',
      confidence: 'likely',
      evidence: [{ text: '310 Mbps' }, { text: '3 of 3 machines', url: 'https://console.cloud.google.com/' }],
      expects: [{ text: 'private connections through it time out', seen: 'yes' }],
      services: ['backend', 'auth'],
      explains: ['release-broken'],
      standing: 'root',
      explainedBy: [],
    },
  ],
  ruledOut: [{ rule: 'memory-exhausted', reason: 'no container ran out of memory' }],
  unchecked: [],
  nextChecks: [],
  said: [{ text: 'backend: 9 x "oh"' }, { text: 'auth: 2 x "no"', url: 'https://console.cloud.google.com/run' }],
  symptoms: [{ kind: 'serving-errors', on: 'backend', text: '93 % of requests answer 503' }],
};

const plan: Plan = {
  digest: 'a3f1'.repeat(16),
  incident: 'inc-1',
  round: 1,
  steps: [
    {
      action: 'scale-connector',
      target: CONNECTOR,
      etag: undefined,
      before: { machineType: 'e2-micro', instancesMin: 2, instancesMax: 3 },
      after: { machineType: 'e2-micro', instancesMin: 2, instancesMax: 6 },
      prospect: {
        fit: 'mends',
        risk: 'low',
        expectedEffect: 'connections open again',
        expectedSeconds: 240,
        whatCouldGoWrong: 'it costs more for good',
        costUsdPerMonth: 18.34,
        summary: { title: 'Scale connector staging-connector', before: '2 to 3 machines', after: '2 to 6 machines' },
        undo: { kind: 'none', why: 'a connector can only be raised' },
        permanent: {
          gcloud: 'gcloud compute networks vpc-access connectors update staging-connector',
          terraform: 'resource "google_vpc_access_connector" "staging_connector" {}',
        },
      },
    },
  ],
  because: { rule: 'connector-saturated', target: CONNECTOR },
};

export const signed: SignedPlan = { plan, signature: 'c2lnbmF0dXJl' };

export const approval: Approval = {
  incident: 'inc-1',
  digest: plan.digest,
  approver: 'U0ANN',
  via: 'user',
  issuedAt: START,
  expiresAt: plusSeconds(START, 1800),
  signature: 'c2lnbmF0dXJl',
};

const recovery: Recovery = {
  verdict: 'not-yet',
  checks: [{ name: 'frontend', status: 'failed', detail: 'answered 503' }],
};

const dueAt = plusSeconds(START, 120);

/** One state of every status; `undefined` where a state may hold it, filled where it may not. */
export const states: { readonly [S in Incident['status']]: IncidentState & { readonly status: S } } = {
  investigating: {
    status: 'investigating',
    dueAt,
    tries: 1,
    healthyLooks: 0,
    unexplainedLooks: 0,
    diagnosis: undefined,
  },
  'awaiting-approval': {
    status: 'awaiting-approval',
    diagnosis,
    signed,
    dueAt,
    expiresAt: dueAt,
    look: { by: 'U0SAM', askedAt: START, tries: 1, result: 'awaited' },
  },
  executing: {
    status: 'executing',
    diagnosis,
    signed,
    approval,
    step: 0,
    direction: 'apply',
    undoBecause: undefined,
    operation: { step: 0, direction: 'apply', name: 'projects/p/locations/l/operations/o', startedAt: START },
    claim: { by: 'a-delivery', until: dueAt },
    dueAt,
  },
  verifying: {
    status: 'verifying',
    diagnosis,
    signed,
    approval,
    changedAt: START,
    passed: 1,
    last: recovery,
    deadline: plusSeconds(START, 1200),
    dueAt,
  },
  escalated: {
    status: 'escalated',
    reason: 'no-cause',
    detail: 'nothing that was looked at explains it',
    diagnosis,
    lapsed: { signed, expiredAt: START },
    since: START,
    level: 1,
    dueAt,
  },
  closed: {
    status: 'closed',
    outcome: { kind: 'declined', refusal: { approver: 'U0BEN', reason: 'a test is running', at: START } },
    closedAt: dueAt,
    diagnosis,
    signed,
    approval: undefined,
    recovery: undefined,
    endToEnd: undefined,
  },
};

/** An incident of environment `on` as it opens; `state` puts it elsewhere. */
export const incident = (id: string, on = 'staging', state: IncidentState = states.investigating): Incident => ({
  schema: 1,
  id,
  version: 1,
  subject: { environment: on, project: 'acme-staging', region: 'us-central1', services: ['backend'] },
  openedAt: START,
  alerts: [
    {
      key: '0.abc/open',
      incidentId: '0.abc',
      state: 'open',
      severity: 'error',
      policy: '5xx on backend',
      summary: 'Umlauts and such: äöü 💥',
      url: undefined,
      at: START,
    },
  ],
  alertsTotal: 1,
  round: 1,
  attempts: [
    { action: 'restart-service', target: 'projects/p', digest: 'd0', result: 'not-verified', undone: 'not-possible' },
  ],
  paged: { reason: 'no-cause', since: START, level: 2 },
  googleCalls: { total: 76, logReads: 18 },
  checkAskedAt: START,
  ...state,
});

export const trace = (key: string, about: string | undefined): AlertTrace => ({
  key,
  verdict: about === undefined ? 'ignored' : 'joined',
  reason: about === undefined ? 'not ours' : 'the same outage',
  incident: about,
  summary: 'backend answers 503',
  at: START,
});

const audit = (before: Incident | undefined, after: Incident): AuditEntry => ({
  incident: after.id,
  version: after.version,
  at: START,
  by: 'alert',
  event:
    before === undefined
      ? { type: 'opened', at: START, alert: '0.abc/open' }
      : { type: 'timer-due', at: START, version: before.version },
  from: before?.status ?? 'none',
  to: after.status,
});

/** Opens `after`, with the alert that opened it unless told otherwise. */
export const opening = (after: Incident, alert: AlertTrace | undefined = undefined): Commit => ({
  before: undefined,
  after,
  audit: audit(undefined, after),
  effects: [
    { type: 'investigate', incident: after.id, round: 1 },
    { type: 'announce', incident: after.id },
  ],
  alert,
});

/** Moves `before` to `state`, one version on, and announces it. */
export function moving(before: Incident, state: IncidentState, alert: AlertTrace | undefined = undefined): Commit {
  const after: Incident = { ...incident(before.id, before.subject.environment, state), version: before.version + 1 };
  return { before, after, audit: audit(before, after), effects: [{ type: 'announce', incident: before.id }], alert };
}
