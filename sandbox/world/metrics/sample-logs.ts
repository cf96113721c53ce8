import type { Filter } from '../filters/filter.ts';
import { parseFilter } from '../filters/parse.ts';
import { indexAt, type RequestRecord } from '../ledger.ts';
import { hasEntry, lineEntry, type RequestView, requestEntry, sharedEntry } from '../logging/entries.ts';
import { matchEntry } from '../logging/match-entry.ts';
import { splitConjuncts } from '../logging/query-logs.ts';
import type { Json, WorldState } from '../state.ts';
import { addPoint } from './store.ts';

const PERIOD_MS = 60_000;

/** Counts the entries of the minute that ends now for every metric that is made from logs. */
export function sampleLogMetrics(state: WorldState): void {
  const fromMs = state.nowMs - PERIOD_MS + 1;
  for (const { name, filter } of state.scenario.alerting.logMetrics) {
    const counts = new Map<string, { resource: Json; count: number }>();
    const parsed = parseFilter(filter);
    const { requests, lines } = state.ledger;
    const matcher = requestMatcher(state, parsed);
    for (const record of requests.slice(indexAt(requests, fromMs))) {
      for (const view of ['run', 'load-balancer'] as const) add(counts, matcher(record, view));
    }
    for (const line of lines.slice(indexAt(lines, fromMs))) {
      const entry = lineEntry(state, line);
      if (matchEntry(parsed, entry)) add(counts, { resource: resourceOf(entry), count: 1 });
    }
    for (const { resource, count } of counts.values()) put(state, name, resource, count);
  }
}

interface Match {
  readonly resource: Json;
  readonly count: number;
}

/** Records of the same service, revision, kind and status differ only in what filters of metrics hardly ever look at. */
function requestMatcher(
  state: WorldState,
  filter: Filter,
): (record: RequestRecord, view: RequestView) => Match | undefined {
  const { shared, isComplete } = splitConjuncts(filter);
  const known = new Map<string, Json | undefined>();
  return (record, view) => {
    if (!hasEntry(state, record, view)) return undefined;
    const key = [record.service, record.revision, record.kind, record.status, record.door?.by ?? '', view].join(' ');
    if (!known.has(key)) {
      const entry = sharedEntry(state, record, view);
      known.set(key, matchEntry(shared, entry) ? resourceOf(entry) : undefined);
    }
    const resource = known.get(key);
    if (!resource) return undefined;
    return { resource, count: isComplete ? record.count : countMatching(state, record, view, filter) };
  };
}

function countMatching(state: WorldState, record: RequestRecord, view: RequestView, filter: Filter): number {
  const entries = Array.from({ length: record.count }, (_, index) => requestEntry(state, record, index, view));
  return entries.filter((entry) => matchEntry(filter, entry)).length;
}

function add(counts: Map<string, { resource: Json; count: number }>, match: Match | undefined): void {
  if (!match || match.count === 0) return;
  const key = JSON.stringify(match.resource);
  const known = counts.get(key);
  if (known) known.count += match.count;
  else counts.set(key, { ...match });
}

const resourceOf = (entry: Json): Json => entry['resource'] as Json; // Sound: every entry that entries.ts makes has one.

function put(state: WorldState, name: string, resource: Json, count: number): void {
  const identity = {
    metric: { type: `logging.googleapis.com/user/${name}`, labels: {} },
    resource: resource as { type: string; labels: Record<string, string> }, // Sound: see resourceOf.
    metricKind: 'DELTA',
    valueType: 'INT64',
  } as const;
  addPoint(state.metrics, identity, { startMs: state.nowMs - PERIOD_MS, endMs: state.nowMs, value: count });
}
