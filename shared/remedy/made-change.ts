import type { Instant } from '../ports/clock.ts';
import type { ActionName, PlanStep } from './actions.ts';

/** A step of an approved plan that took effect, as guardrails remember it. */
export interface MadeChange {
  readonly incident: string;
  readonly environment: string;
  readonly action: ActionName;
  /** Full resource name. */
  readonly target: string;
  readonly direction: 'apply' | 'undo';
  /** The rule whose cause it answered. */
  readonly rule: string;
  readonly costUsdPerMonth: number | 'unknown';
  readonly at: Instant;
}

/** What guardrails remember of a step. */
export const madeChange = (
  { action, target, prospect: { costUsdPerMonth } }: PlanStep,
  circumstances: Pick<MadeChange, 'incident' | 'environment' | 'direction' | 'rule' | 'at'>,
): MadeChange => ({ ...circumstances, action, target, costUsdPerMonth });
