import type { OperationStatus } from '../../ports/cloud.ts';
import { fields, number, text } from './values.ts';

/** google.longrunning.Operation. A failure is an answer: what the platform could not do, in its words. */
export function toOperationStatus(api: unknown): OperationStatus {
  const { done, error } = fields(api);
  if (done !== true) return { done: false };
  const { code, message } = fields(error);
  if (number(code) === undefined && text(message) === undefined) return { done: true, error: undefined };
  return { done: true, error: `${text(message) ?? 'no reason given'} (google.rpc.Code ${number(code) ?? 'unknown'})` };
}
