import type { Diagnosis } from '../diagnosis/diagnosis.ts';
import type { CallCount } from '../ports/call-meter.ts';
import type { Instant } from '../ports/clock.ts';
import type { ActionName } from '../remedy/actions.ts';
import type { SignedPlan } from '../remedy/plan.ts';
import type { Subject } from '../signal/subject.ts';
import type { EndToEndTests } from './end-to-end.ts';

/** Raised when stored incidents change shape; older ones are brought forward on load. */
export const INCIDENT_SCHEMA = 1;

export interface AlertNote {
  readonly key: string;
  readonly incidentId: string;
  readonly state: 'open' | 'closed';
  readonly severity: 'critical' | 'error' | 'warning' | 'none';
  readonly policy: string;
  readonly summary: string;
  readonly url: string | undefined;
  readonly at: Instant;
}

/** A person's yes to one exact plan, as chat.ts vouches for it: Ed25519 over {incident, digest, approver, via, issuedAt, expiresAt}, base64. */
export interface Approval {
  readonly incident: string;
  readonly digest: string;
  /** Slack user id. */
  readonly approver: string;
  /** What in the policy let them: 'user' or a usergroup's id. */
  readonly via: string;
  readonly issuedAt: Instant;
  readonly expiresAt: Instant;
  readonly signature: string;
}

export interface Refusal {
  readonly approver: string;
  readonly reason: string;
  readonly at: Instant;
}

/** What has been tried in this incident, so that it is not offered again. */
export interface Attempt {
  readonly action: ActionName;
  readonly target: string;
  /** What the cause was on, that it was to mend; left out of what was kept before it was said. */
  readonly because?: string | undefined;
  readonly digest: string;
  readonly result: 'failed' | 'not-verified' | 'worse';
  readonly undone: 'yes' | 'no' | 'not-possible';
}

/** One look after a change: each check with what it saw. */
export interface Recovery {
  readonly verdict: 'recovered' | 'not-yet' | 'worse' | 'inconclusive';
  readonly checks: readonly RecoveryCheck[];
}
export interface RecoveryCheck {
  readonly name: string;
  readonly status: 'passed' | 'failed' | 'unavailable';
  readonly detail: string;
}

/** An operation of the platform under way for one step. Its name is saved before it is followed. */
export interface Operation {
  readonly step: number;
  readonly direction: 'apply' | 'undo';
  readonly name: string;
  readonly startedAt: Instant;
}

export type EscalationReason =
  | 'no-cause'
  | 'no-safe-action'
  | 'platform-incident'
  | 'nobody-may-approve'
  | 'observed'
  | 'nobody-decided'
  | 'execution-failed'
  | 'not-genuine'
  | 'not-verified'
  | 'investigation-failed'
  | 'environment-removed';

export type Outcome =
  | { readonly kind: 'resolved'; readonly by: 'remediation' | 'itself' }
  | { readonly kind: 'declined'; readonly refusal: Refusal };

interface Facts {
  readonly schema: typeof INCIDENT_SCHEMA;
  /** `inc-` and the moment of opening with a suffix; unique. */
  readonly id: string;
  /** Grows by one with every save. */
  readonly version: number;
  readonly subject: Subject;
  readonly openedAt: Instant;
  /** The newest 20; `alertsTotal` counts all that opened. */
  readonly alerts: readonly AlertNote[];
  readonly alertsTotal: number;
  /** How many times evidence was gathered for a new diagnosis; the evidence document of a round is `{id}/{round}`. */
  readonly round: number;
  readonly attempts: readonly Attempt[];
  /** Where calling people stood when it was looked at once more: the same finding does not call them anew. */
  readonly paged: Paged | undefined;
  /** What all looks together asked of Google's APIs. */
  readonly googleCalls: CallCount;
  /** When somebody last had it looked at anew. */
  readonly checkAskedAt: Instant | undefined;
}

export interface Paged {
  readonly reason: EscalationReason;
  readonly since: Instant;
  /** The next escalation level. */
  readonly level: number;
}

/** A diagnosis with the plan that answers it, as shown. */
interface Offered {
  readonly diagnosis: Diagnosis;
  readonly signed: SignedPlan;
}

/** A look that somebody asked for while a plan waits to be decided on: the plan stands meanwhile. */
export interface LookBeside {
  /** Slack user id. */
  readonly by: string;
  readonly askedAt: Instant;
  /** Times that it was asked for. */
  readonly tries: number;
  /** 'awaited', or why it took nothing from the plan: it found the same, it could not judge what the plan answers, or it never came to an answer. */
  readonly result: 'awaited' | 'same' | 'unjudged' | 'no-answer';
}

/** A plan that nobody decided on in time, or that was never to be decided on. */
export interface LapsedOffer {
  readonly signed: SignedPlan;
  /** undefined: it was only shown. */
  readonly expiredAt: Instant | undefined;
}

/** Each status holds only what is then known: an incident cannot execute without an approval. */
export type IncidentState =
  | {
      readonly status: 'investigating';
      readonly dueAt: Instant;
      /** Times that this look was asked for; 0 between looks. */
      readonly tries: number;
      /** Looks in a row that found nothing wrong; one alone does not close an incident. */
      readonly healthyLooks: number;
      /** Looks that found trouble without a cause, whose evidence may still be on its way, or what would help being changed by another incident. */
      readonly unexplainedLooks: number;
      /** What the latest look concluded. */
      readonly diagnosis: Diagnosis | undefined;
    }
  | ({
      readonly status: 'awaiting-approval';
      readonly expiresAt: Instant;
      readonly dueAt: Instant;
      /** The latest that somebody asked for since the plan was offered. */
      readonly look: LookBeside | undefined;
    } & Offered)
  | ({
      readonly status: 'executing';
      readonly approval: Approval;
      readonly step: number;
      readonly direction: 'apply' | 'undo';
      /** Why an undo runs; undefined while applying. */
      readonly undoBecause: string | undefined;
      readonly operation: Operation | undefined;
      /** Which delivery is at the write now; another waits until then. */
      readonly claim: { readonly by: string; readonly until: Instant } | undefined;
      readonly dueAt: Instant;
    } & Offered)
  | ({
      readonly status: 'verifying';
      readonly approval: Approval;
      readonly changedAt: Instant;
      readonly passed: number;
      readonly last: Recovery | undefined;
      readonly deadline: Instant;
      readonly dueAt: Instant;
    } & Offered)
  | ({
      readonly status: 'escalated';
      readonly detail: string;
      readonly diagnosis: Diagnosis | undefined;
      /** What was offered until people were called, or is only shown to them: it can be seen, and not decided on. */
      readonly lapsed: LapsedOffer | undefined;
      /** When the next level is told or, after the last, when it is looked at once more; without an answer so far, whichever comes first. */
      readonly dueAt: Instant;
    } & Paged)
  | {
      readonly status: 'closed';
      readonly outcome: Outcome;
      readonly closedAt: Instant;
      readonly diagnosis: Diagnosis | undefined;
      readonly signed: SignedPlan | undefined;
      readonly approval: Approval | undefined;
      readonly recovery: Recovery | undefined;
      /** undefined: none are configured, or it was declined. */
      readonly endToEnd: EndToEndTests | undefined;
    };

export type Incident = Facts & IncidentState;
export type IncidentIn<S extends Incident['status']> = Extract<Incident, { readonly status: S }>;
