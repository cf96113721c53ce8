import { expect, it } from 'vitest';
import type { ApiCall } from '../../../sandbox/google/call-log.ts';
import { type TimelineEntry, timelineEntries } from '../../../sandbox/page/client/timeline-entries.ts';

const START_MS = Date.parse('2026-11-23T03:00:00Z');
let sequence = 0;

const call = (second: number, who: string, method: string, path: string, status = 200): ApiCall => ({
  sequence: ++sequence,
  at: new Date(START_MS + second * 1000).toISOString(),
  identity: `${who}@acme-runmedic.iam.gserviceaccount.com`,
  method,
  path,
  status,
});
const event = (second: number, type: string, subject: string) => ({
  atMs: START_MS + second * 1000,
  type,
  subject,
  message: 'words',
});

function told(entry: TimelineEntry): string {
  const second = (entry.atMs - START_MS) / 1000;
  switch (entry.kind) {
    case 'write':
      return `${second} ${entry.who} ${entry.call.method} ${entry.call.status}`;
    case 'reads':
      return `${second} ${entry.who} read ${entry.apis.join('+')} ${entry.count}x, ${entry.refused} refused`;
    case 'event':
      return `${second} ${entry.event.subject} ${entry.event.type} ${entry.count}x`;
  }
}
const rows = (calls: readonly ApiCall[], events: readonly ReturnType<typeof event>[]) =>
  timelineEntries(calls, events).map(told);

const services = '/v2/projects/p/locations/l/services';
const connector = '/v1/projects/p/locations/l/connectors/c';

it('folds reads by one caller in a row, and lets every change stand out', () => {
  const calls = [
    call(1, 'investigate', 'GET', services),
    call(2, 'investigate', 'GET', `${services}/backend/revisions`),
    call(3, 'investigate', 'POST', '/v2/entries:list', 429),
    call(4, 'chat', 'PATCH', connector, 403),
    call(5, 'remediate', 'GET', connector),
    call(6, 'remediate', 'PATCH', connector),
    call(7, 'remediate', 'GET', connector),
  ];
  expect(rows(calls, [])).toEqual([
    '7 remediate read connectors 1x, 0 refused',
    '6 remediate PATCH 200',
    '5 remediate read connectors 1x, 0 refused',
    '4 chat PATCH 403',
    '3 investigate read services+revisions+logs 3x, 1 refused',
  ]);
});

it('folds events of one kind, also where two subjects take turns, but not across two minutes', () => {
  const events = [
    event(1, 'failed', 'a'),
    event(2, 'failed', 'b'),
    event(3, 'failed', 'a'),
    event(4, 'failed', 'b'),
    event(200, 'failed', 'b'),
  ];
  expect(rows([], events)).toEqual(['200 b failed 1x', '4 b failed 2x', '3 a failed 2x']);
});

it('puts calls and events into one order, and never folds reads across a change in the world', () => {
  const calls = [call(1, 'investigate', 'GET', services), call(3, 'investigate', 'GET', services)];
  expect(rows(calls, [event(2, 'opened', 'alert')])).toEqual([
    '3 investigate read services 1x, 0 refused',
    '2 alert opened 1x',
    '1 investigate read services 1x, 0 refused',
  ]);
});
