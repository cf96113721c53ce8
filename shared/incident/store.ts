import type { EvidenceRecord } from '../evidence/evidence.ts';
import type { Instant } from '../ports/clock.ts';
import type { Lease } from '../remedy/lease.ts';
import type { MadeChange } from '../remedy/made-change.ts';
import type { Effect } from './effect.ts';
import type { IncidentEvent } from './event.ts';
import type { Incident } from './incident.ts';

/** One line of the trail: what happened to an incident and what came of it. Never changed once written. */
export interface AuditEntry {
  readonly incident: string;
  /** The incident's version after it. */
  readonly version: number;
  readonly at: Instant;
  /** The identity under which it was written: 'alert', 'investigate', 'chat', 'remediate', 'patrol'. */
  readonly by: string;
  readonly event:
    | IncidentEvent
    | { readonly type: 'opened'; readonly at: Instant; readonly alert: string }
    /** In place of whatever happened: the configuration no longer has the incident's environment. */
    | { readonly type: 'environment-removed'; readonly at: Instant };
  readonly from: Incident['status'] | 'none';
  readonly to: Incident['status'];
}

/** What became of one alert, and why. Create-only: the first word stands. */
export interface AlertTrace {
  readonly key: string;
  readonly verdict: 'opened' | 'joined' | 'ignored';
  readonly reason: string;
  readonly incident: string | undefined;
  readonly summary: string;
  readonly at: Instant;
}

/** All or nothing. `before` undefined opens the incident, and the open/{correlationKey} document with it; closing removes that document. */
export interface Commit {
  readonly before: Incident | undefined;
  /** Its version is before.version + 1, or 1. */
  readonly after: Incident;
  readonly audit: AuditEntry;
  readonly effects: readonly Effect[];
  /** Written in the same batch, create-only. */
  readonly alert: AlertTrace | undefined;
}

export type CommitResult =
  | { readonly kind: 'saved'; readonly effects: readonly StoredEffect[] }
  /** Another writer was first: load again. */
  | { readonly kind: 'version-conflict' }
  /** An incident with this correlation key is open: join it. */
  | { readonly kind: 'already-open'; readonly incident: string }
  | { readonly kind: 'alert-already-recorded' };

/** An effect as saved, until it was handed to the queue. `id` is `{incident}:{version}:{index}`. */
export interface StoredEffect {
  readonly id: string;
  readonly effect: Effect;
}

/** Where an incident is shown. Kept apart from the incident: showing it is no event of it. */
export interface Card {
  readonly incident: string;
  /** Grows by one with every save; saveCard compares it. */
  readonly revision: number;
  readonly channel: string;
  /** Slack's message id; undefined while the first post is under way. */
  readonly ts: string | undefined;
  /** The incident's version that the message shows. */
  readonly shown: number;
  /** How many audit entries the thread already has. */
  readonly threaded: number;
  /** Machine time, epoch milliseconds: until then one announcer has it to itself. */
  readonly leasedUntilMs: number;
}

/**
 * Where incidents outlive processes. Every method throws PlatformFailure when the store does not answer,
 * and StoredDocumentInvalid when what it holds cannot be read as what it should be.
 */
export interface Store {
  load(incident: string): Promise<Incident | undefined>;
  openIncident(correlationKey: string): Promise<Incident | undefined>;
  commit(commit: Commit): Promise<CommitResult>;
  /** For alerts that touch no incident. false: it had been recorded before, and what was written then stands. */
  recordAlert(trace: AlertTrace): Promise<boolean>;
  alertTrace(key: string): Promise<AlertTrace | undefined>;
  /** Incidents whose dueAt has come, the longest due first. */
  due(now: Instant, limit: number): Promise<readonly { readonly incident: string; readonly version: number }[]>;
  /** Effects saved longer ago (machine time) than `olderThanMs` and not yet handed to the queue, the oldest first. */
  undelivered(olderThanMs: number, limit: number): Promise<readonly StoredEffect[]>;
  markDelivered(effects: readonly string[]): Promise<void>;
  saveEvidence(incident: string, round: number, record: EvidenceRecord): Promise<void>;
  evidence(incident: string, round: number): Promise<EvidenceRecord | undefined>;
  /** Oldest first. */
  audit(incident: string): Promise<readonly AuditEntry[]>;
  card(incident: string): Promise<Card | undefined>;
  /** false: another writer was first (or, with `before` undefined, it exists). */
  saveCard(before: Card | undefined, after: Card): Promise<boolean>;
  /**
   * Marks one step of an approved plan as having taken effect: `{digest}/{step}/{direction}`; `change`, what it made, is remembered with it in the same
   * batch. false: it was marked before. Create-only.
   */
  spend(key: string, at: Instant, change?: MadeChange): Promise<boolean>;
  spent(key: string): Promise<boolean>;
  /** What took effect in an environment since then, newest first. */
  changes(environment: string, since: Instant): Promise<readonly MadeChange[]>;
  /** Every resource that a step has to itself, by its name. */
  leases(): Promise<readonly Lease[]>;
  /** Takes a resource (`before` undefined: create-only), or changes what stands. false: another writer was first. */
  saveLease(before: Lease | undefined, after: Lease): Promise<boolean>;
  /** false: it is gone, or another's. */
  endLease(lease: Lease): Promise<boolean>;
  /** Newest first. */
  recent(limit: number): Promise<readonly Incident[]>;
}
