import type { ApiCall } from '../../google/call-log.ts';
import type { WorldEvent } from '../../world/world.ts';

/** One row of the timeline, the newest of what it holds first. */
export type TimelineEntry =
  | { readonly kind: 'write'; readonly atMs: number; readonly who: string; readonly call: ApiCall }
  | {
      readonly kind: 'reads';
      readonly atMs: number;
      readonly who: string;
      readonly count: number;
      readonly refused: number;
      readonly apis: readonly string[];
    }
  | { readonly kind: 'event'; readonly atMs: number; readonly event: WorldEvent; readonly count: number };

/** How far back, in entries and in world time, an event is folded into one of its kind: several services often fail in turns. */
const FOLD_WITHIN_ENTRIES = 5;
const FOLD_WITHIN_MS = 120_000;

/** Calls and events in one order, the newest first; reads by one caller in a row are one entry, and so are events of one kind. */
export function timelineEntries(calls: readonly ApiCall[], events: readonly WorldEvent[]): readonly TimelineEntry[] {
  const moments = [
    ...calls.map((call) => ({ atMs: Date.parse(call.at), entry: callEntry(call) })),
    ...events.map((event) => ({ atMs: event.atMs, entry: eventEntry(event) })),
  ].sort((a, b) => a.atMs - b.atMs);
  const entries: TimelineEntry[] = [];
  for (const { entry } of moments) {
    const at = entries.findLastIndex((other) => canFold(other, entry));
    const within = entry.kind === 'reads' ? 1 : FOLD_WITHIN_ENTRIES;
    const before = at >= entries.length - within ? entries[at] : undefined;
    if (before !== undefined) entries.splice(at, 1);
    entries.push(before === undefined ? entry : fold(before, entry));
  }
  return entries.reverse();
}

function canFold(before: TimelineEntry, entry: TimelineEntry): boolean {
  if (before.kind === 'reads' && entry.kind === 'reads') return before.who === entry.who;
  if (before.kind !== 'event' || entry.kind !== 'event') return false;
  const sameKind = before.event.type === entry.event.type && before.event.subject === entry.event.subject;
  return sameKind && entry.atMs - before.atMs <= FOLD_WITHIN_MS;
}

function fold(before: TimelineEntry, entry: TimelineEntry): TimelineEntry {
  if (before.kind === 'event' && entry.kind === 'event') return { ...entry, count: before.count + entry.count };
  if (before.kind !== 'reads' || entry.kind !== 'reads') return entry;
  return {
    ...entry,
    count: before.count + entry.count,
    refused: before.refused + entry.refused,
    apis: [...new Set([...before.apis, ...entry.apis])],
  };
}

const eventEntry = (event: WorldEvent): TimelineEntry => ({ kind: 'event', atMs: event.atMs, event, count: 1 });

function callEntry(call: ApiCall): TimelineEntry {
  const atMs = Date.parse(call.at);
  if (isWrite(call)) return { kind: 'write', atMs, who: whoOf(call), call };
  return { kind: 'reads', atMs, who: whoOf(call), count: 1, refused: call.status >= 400 ? 1 : 0, apis: [apiOf(call)] };
}

/** Everything that is no GET changes something, but for searches of the logs, which are sent by POST. */
const isWrite = (call: ApiCall): boolean => call.method !== 'GET' && !call.path.includes('entries:list');

/** The account's name: `remediate@acme-runmedic...` is `remediate`. */
const whoOf = ({ identity }: ApiCall): string => identity.split('@')[0] || 'unknown caller';

const apis: readonly (readonly [RegExp, string])[] = [
  [/entries:list/, 'logs'],
  [/timeSeries|metricDescriptors/, 'metrics'],
  [/connectors/, 'connectors'],
  [/revisions/, 'revisions'],
  [/services/, 'services'],
  [/operations/, 'operations'],
];

const apiOf = ({ path }: ApiCall): string => apis.find(([pattern]) => pattern.test(path))?.[1] ?? path;

/** What a write is about: the last names of its path. */
export const targetOf = ({ path }: ApiCall): string => path.replace(/\?.*$/, '').split('/').slice(-2).join('/');
