import type { Condition } from '../../ports/cloud.ts';
import { COMMON_REASONS, REVISION_REASONS } from './condition-reasons.ts';
import { enumName, fields, moment, text } from './values.ts';

const STATES = [
  'STATE_UNSPECIFIED',
  'CONDITION_PENDING',
  'CONDITION_RECONCILING',
  'CONDITION_FAILED',
  'CONDITION_SUCCEEDED',
];

const STATE: Readonly<Record<string, Condition['state']>> = {
  CONDITION_PENDING: 'pending',
  CONDITION_RECONCILING: 'reconciling',
  CONDITION_FAILED: 'failed',
  CONDITION_SUCCEEDED: 'succeeded',
};

/** One of google.cloud.run.v2's conditions; what is missing or new to us is `unknown`, never taken for success. */
export function toCondition(api: unknown): Condition {
  const condition = fields(api);
  return {
    state: STATE[enumName(condition['state'], STATES) ?? ''] ?? 'unknown',
    reason: reasonOf(condition['reason'], COMMON_REASONS) ?? reasonOf(condition['revisionReason'], REVISION_REASONS),
    message: text(condition['message']),
    at: moment(condition['lastTransitionTime']),
  };
}

function reasonOf(value: unknown, names: readonly string[]): string | undefined {
  const name = enumName(value, names);
  return name === undefined || name.endsWith('_UNDEFINED') ? undefined : name;
}
