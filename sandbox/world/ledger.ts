import type { Door } from './edge/door.ts';
import type { Json, RequestKind } from './state.ts';

/**
 * What happened, kept small: requests that ended alike in the same second are one record, and become log entries only when asked for.
 * Both lists are in order of time.
 */
export interface Ledger {
  readonly requests: RequestRecord[];
  readonly lines: LineRecord[];
  sequence: number;
}

export interface RequestRecord {
  readonly sequence: number;
  readonly atMs: number;
  readonly service: string;
  readonly revision: string;
  readonly kind: RequestKind;
  readonly status: number;
  readonly count: number;
  readonly latencyMs: number;
  /** Where these were asked for, and by whom, if not by anyone anywhere. */
  readonly path?: string;
  readonly agent?: string;
  /** Who may have served them; none when they never reached a container. */
  readonly instanceIds: readonly string[];
  /** Where somebody before the service answered them. */
  readonly door?: Door;
}

export interface LineRecord {
  readonly sequence: number;
  readonly atMs: number;
  readonly log: 'stdout' | 'stderr' | 'system' | 'activity' | 'system_event';
  readonly severity: 'INFO' | 'NOTICE' | 'WARNING' | 'ERROR';
  readonly service: string;
  readonly revision: string | undefined;
  readonly instanceId: string | undefined;
  readonly text: string | undefined;
  readonly protoPayload: Json | undefined;
  /** The monitored resource, where it is no revision of the service. */
  readonly resource: Json | undefined;
  /** google.logging.v2.LogEntryOperation: which part of a long operation an audit entry is about. */
  readonly operation: Json | undefined;
}

export const createLedger = (): Ledger => ({ requests: [], lines: [], sequence: 0 });

/** The first index of `list`, which is in order of time, at or after `atMs`. */
export function indexAt(list: readonly { readonly atMs: number }[], atMs: number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((list[middle]?.atMs ?? Number.POSITIVE_INFINITY) < atMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
