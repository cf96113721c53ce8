import type { Diagnosis } from '../diagnosis/diagnosis.ts';
import type { CallCount } from '../ports/call-meter.ts';
import type { Instant } from '../ports/clock.ts';
import type { SignedPlan } from '../remedy/plan.ts';
import type { TestResult } from './end-to-end.ts';
import type { AlertNote, Approval, Recovery, Refusal } from './incident.ts';
import type { TestRun } from './test-runs.ts';

/** What happened. Each may arrive late, twice or out of order; `at` is the only time that transition knows. */
export type IncidentEvent = { readonly at: Instant } & (
  | { readonly type: 'alert-joined'; readonly alert: AlertNote; readonly services: readonly string[] }
  | {
      readonly type: 'investigated';
      readonly round: number;
      readonly diagnosis: Diagnosis;
      readonly offer: Offer;
      /** What the look asked of Google; left out where it was not counted. */
      readonly calls?: CallCount;
    }
  | { readonly type: 'approved'; readonly approval: Approval }
  | { readonly type: 'rejected'; readonly digest: string; readonly refusal: Refusal }
  /** A delivery is about to write. `by` is its own, so that it knows its claim again. */
  | {
      readonly type: 'step-claimed';
      readonly digest: string;
      readonly step: number;
      readonly direction: 'apply' | 'undo';
      readonly by: string;
    }
  | {
      readonly type: 'step-started';
      readonly digest: string;
      readonly step: number;
      readonly direction: 'apply' | 'undo';
      readonly operation: string;
    }
  | {
      readonly type: 'step-finished';
      readonly digest: string;
      readonly step: number;
      readonly direction: 'apply' | 'undo';
      readonly result: StepResult;
    }
  | { readonly type: 'verified'; readonly digest: string; readonly recovery: Recovery; readonly calls?: CallCount }
  /** The look that is waited for is being made, and takes long. */
  | { readonly type: 'look-under-way'; readonly round: number }
  /** Somebody wants it looked at anew. `by` is a Slack user id. */
  | { readonly type: 'check-asked'; readonly by: string }
  /** A delivery is about to start the end-to-end tests. `by` is its own, so that it knows its claim again. */
  | { readonly type: 'tests-claimed'; readonly by: string }
  /** What has not ended by `deadline` is waited for no longer. */
  | { readonly type: 'tests-started'; readonly run: TestRun; readonly deadline: Instant }
  | { readonly type: 'tests-ended'; readonly result: TestResult }
  | { readonly type: 'timer-due'; readonly version: number }
);

export type EventOf<T extends IncidentEvent['type']> = Extract<IncidentEvent, { readonly type: T }>;

/** What a diagnosis leads to: a plan to decide on, or why none is offered. */
export type Offer =
  | { readonly kind: 'plan'; readonly signed: SignedPlan; readonly expiresAt: Instant }
  /** Shown, and not offered: `setting` of the policy says so. */
  | { readonly kind: 'observed'; readonly signed: SignedPlan; readonly setting: string }
  | {
      readonly kind: 'none';
      /** 'being-changed': another incident is changing what would help. */
      readonly reason: 'healthy' | 'no-cause' | 'no-safe-action' | 'being-changed' | 'platform-incident';
      readonly detail: string;
    };

export type StepResult =
  | { readonly kind: 'done' }
  /** `after` stood already when the step came. */
  | { readonly kind: 'stood-already' }
  /** Neither `before` nor `after` stands: someone else changed it. Nothing was written. */
  | { readonly kind: 'moved'; readonly detail: string }
  /** What a write needs does not hold any more: the approval's time, the policy, a guardrail, a resource at rest. Nothing was written. */
  | { readonly kind: 'refused'; readonly detail: string }
  /** The stored plan or approval is not what was signed. Nothing was written. */
  | { readonly kind: 'not-genuine'; readonly detail: string }
  | { readonly kind: 'failed'; readonly detail: string };
