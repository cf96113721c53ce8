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

/** Calls and events in one order, the newest first; reads by one caller in a row, and events of one type in a row, are one entry. */
export function timelineEntries(calls: readonly ApiCall[], events: readonly WorldEvent[]): readonly TimelineEntry[] {
  const all = [
    ...calls.map((call) => ({ atMs: Date.parse(call.at), call, event: undefined })),
    ...events.map((event) => ({ atMs: event.atMs, call: undefined, event })),
  ].sort((a, b) => a.atMs - b.atMs);
  const entries: TimelineEntry[] = [];
  for (const { atMs, call, event } of all) {
    const last = entries.at(-1);
    if (event !== undefined) {
      const repeats = last?.kind === 'event' && last.event.type === event.type && last.event.subject === event.subject;
      if (repeats) entries.pop();
      entries.push({ kind: 'event', atMs, event, count: repeats ? last.count + 1 : 1 });
    } else if (isWrite(call)) {
      entries.push({ kind: 'write', atMs, who: whoOf(call), call });
    } else {
      const who = whoOf(call);
      const before = last?.kind === 'reads' && last.who === who ? last : undefined;
      if (before !== undefined) entries.pop();
      entries.push(addRead(before, call, atMs, who));
    }
  }
  return entries.reverse();
}

function addRead(
  before: (TimelineEntry & { kind: 'reads' }) | undefined,
  call: ApiCall,
  atMs: number,
  who: string,
): TimelineEntry {
  return {
    kind: 'reads',
    atMs,
    who,
    count: (before?.count ?? 0) + 1,
    refused: (before?.refused ?? 0) + (call.status >= 400 ? 1 : 0),
    apis: [...new Set([...(before?.apis ?? []), apiOf(call)])],
  };
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

export const apiOf = ({ path }: ApiCall): string => apis.find(([pattern]) => pattern.test(path))?.[1] ?? path;

/** What a write is about: the last names of its path. */
export const targetOf = ({ path }: ApiCall): string => path.replace(/\?.*$/, '').split('/').slice(-2).join('/');
