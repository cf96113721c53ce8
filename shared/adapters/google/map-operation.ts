import type { OperationStatus } from '../../ports/cloud.ts';
import { type Fields, fields, list, number, text } from './values.ts';

/** google.longrunning.Operation, or compute#operation. A failure is an answer: what the platform could not do, in its words. */
export function toOperationStatus(api: unknown): OperationStatus {
  const operation = fields(api);
  if (operation['kind'] === 'compute#operation') return ofCompute(operation);
  const { done, error } = operation;
  if (done !== true) return { done: false };
  const { code, message } = fields(error);
  if (number(code) === undefined && text(message) === undefined) return { done: true, error: undefined };
  return { done: true, error: `${text(message) ?? 'no reason given'} (google.rpc.Code ${number(code) ?? 'unknown'})` };
}

/** PENDING, RUNNING or DONE; what went wrong is a list. Source: compute v1 discovery document, Operation. */
function ofCompute({ status, error }: Fields): OperationStatus {
  if (status !== 'DONE') return { done: false };
  const [first] = list(fields(error)['errors']).map(fields);
  if (first === undefined) return { done: true, error: undefined };
  return { done: true, error: `${text(first['message']) ?? 'no reason given'} (${text(first['code']) ?? 'no code'})` };
}
