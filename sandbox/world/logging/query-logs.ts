import { conjuncts, type Filter, fieldsOf } from '../filters/filter.ts';
import { indexAt, type RequestRecord } from '../ledger.ts';
import type { Json, WorldState } from '../state.ts';
import { hasEntry, lineEntry, type RequestView, requestEntry, sharedEntry } from './entries.ts';
import { matchEntry } from './match-entry.ts';

export interface LogQuery {
  readonly filter: Filter;
  readonly order: 'newest-first' | 'oldest-first';
  readonly limit: number;
  /** Continue behind this entry, which the page before ended with. */
  readonly after: Cursor | undefined;
}

export interface Cursor {
  readonly atMs: number;
  readonly insertId: string;
}

/** Entries that pass, in order of time, at most `limit`; `more` when there may be others behind them. */
export function queryLogs(state: WorldState, query: LogQuery): { entries: Json[]; more: boolean } {
  const found: Json[] = [];
  let isBehind = query.after === undefined;
  for (const second of seconds(state, query)) {
    for (const entry of second) {
      if (!isBehind) {
        isBehind = entry['insertId'] === query.after?.insertId;
        continue;
      }
      if (found.length === query.limit) return { entries: found, more: true };
      found.push(entry);
    }
  }
  return { entries: found, more: false };
}

/** What passes of each second of the window, in order. Nothing beyond the window or the limit is ever made. */
function* seconds(state: WorldState, query: LogQuery): Generator<Json[]> {
  const { requests, lines } = state.ledger;
  const recorded = recordedEntries(state);
  const { fromMs, toMs } = windowOf(query.filter, query);
  const split = splitConjuncts(query.filter);
  const within = <T extends { readonly atMs: number }>(list: readonly T[]) =>
    list.slice(indexAt(list, fromMs), indexAt(list, toMs + 1));
  const records = [...within(requests), ...within(lines), ...within(recorded)];
  const sign = query.order === 'newest-first' ? -1 : 1;
  const bySecond = Map.groupBy(records, (record) => Math.ceil(record.atMs / 1000));
  for (const [, group] of [...bySecond].sort(([a], [b]) => sign * (a - b))) {
    const entries = group.flatMap((record) => {
      if ('entry' in record) return matchEntry(query.filter, record.entry) ? [record.entry] : [];
      if ('log' in record) return passing(query.filter, lineEntry(state, record));
      return [
        ...expand(state, record, 'run', query.filter, split),
        ...expand(state, record, 'load-balancer', query.filter, split),
      ];
    });
    yield entries.sort((a, b) => sign * (timeOf(a) - timeOf(b)));
  }
}

const passing = (filter: Filter, entry: Json): Json[] => (matchEntry(filter, entry) ? [entry] : []);
const timeOf = (entry: Json): number => Date.parse(String(entry['timestamp']));

/** Fields in which the requests of one record differ. */
const VARYING =
  /^(timestamp|receiveTimestamp|receive_timestamp|insertId|trace|spanId|httpRequest\.(latency|requestUrl|requestMethod|requestSize|responseSize|remoteIp)|labels\.instanceId)/;

interface Split {
  /** What all requests of a record share the answer to. */
  readonly shared: Filter;
  readonly isComplete: boolean;
}

/** So that a record that cannot match is dropped by looking at what its requests have alike. */
export function splitConjuncts(filter: Filter): Split {
  const all = conjuncts(filter);
  const shared = all.filter((part) => fieldsOf(part).every((field) => field !== undefined && !VARYING.test(field)));
  return { shared: { kind: 'and', parts: shared }, isComplete: shared.length === all.length };
}

function expand(state: WorldState, record: RequestRecord, view: RequestView, filter: Filter, split: Split): Json[] {
  if (!hasEntry(state, record, view)) return [];
  const shared = sharedEntry(state, record, view);
  if (!matchEntry(split.shared, shared)) return [];
  const entries = Array.from({ length: record.count }, (_, index) => requestEntry(state, record, index, view, shared));
  return split.isComplete ? entries : entries.filter((entry) => matchEntry(filter, entry));
}

/** The bounds that the filter itself sets on `timestamp`, and where the page before ended. */
function windowOf(filter: Filter, query: LogQuery): { fromMs: number; toMs: number } {
  let fromMs = Number.NEGATIVE_INFINITY;
  let toMs = Number.POSITIVE_INFINITY;
  for (const part of conjuncts(filter)) {
    if (part.kind !== 'compare' || part.path.join('.') !== 'timestamp' || part.value.kind !== 'text') continue;
    const ms = Date.parse(part.value.text);
    if (part.operator.startsWith('>')) fromMs = Math.max(fromMs, ms);
    // A record stands at the end of the second in which its requests ended.
    if (part.operator.startsWith('<')) toMs = Math.min(toMs, ms + 1000);
  }
  if (query.after && query.order === 'newest-first') toMs = Math.min(toMs, query.after.atMs + 1000);
  if (query.after && query.order === 'oldest-first') fromMs = Math.max(fromMs, query.after.atMs);
  return { fromMs, toMs };
}

/** Entries that the scenario states word for word, as far as their time has come. */
function recordedEntries(state: WorldState): { atMs: number; entry: Json }[] {
  return state.scenario.recorded.logs
    .map(({ at, entry }, index) => {
      const stamped = typeof entry['timestamp'] === 'string' ? Date.parse(entry['timestamp']) : Number.NaN;
      const atMs = Number.isFinite(stamped) ? stamped : state.startMs + at * 1000;
      const timestamp = new Date(atMs).toISOString();
      return {
        dueMs: state.startMs + at * 1000,
        atMs,
        entry: { insertId: `recorded-${index}`, timestamp, receiveTimestamp: timestamp, ...entry },
      };
    })
    .filter(({ dueMs }) => dueMs <= state.nowMs)
    .sort((a, b) => a.atMs - b.atMs);
}
