import { expect, it } from 'vitest';
import { parseFilter } from '../../sandbox/world/filters/parse.ts';
import { matchEntry } from '../../sandbox/world/logging/match-entry.ts';
import { logs } from '../../shared/evidence/logs.ts';
import { inspection, page, reading, unhurried } from '../builders/ports.ts';

const filters: string[] = [];
const { cloud } = reading({
  logs: ({ filter }) => {
    filters.push(filter);
    return page([]);
  },
});
await logs.inspect(inspection({ cloud }), unhurried);
const asked = parseFilter(filters.find((filter) => filter.includes('Fstderr')) ?? '');

const entry = (log: string, rest: object) => ({
  logName: `projects/acme-staging/logs/${log}`,
  resource: { type: 'cloud_run_revision', labels: { location: 'us-central1', service_name: 'backend' } },
  ...rest,
});
const stdout = (rest: object) => entry('run.googleapis.com%2Fstdout', rest);

// What of the lines of containers is worth one of the few reads that a project has.
it.each([
  ['all of stderr', entry('run.googleapis.com%2Fstderr', { textPayload: 'anything' }), true],
  ['what is marked as an error', stdout({ severity: 'ERROR', textPayload: 'oh' }), true],
  ['what is marked as a warning', stdout({ severity: 'WARNING', textPayload: 'oh' }), true],
  ['pino and bunyan, which know no severity', stdout({ jsonPayload: { level: 50, msg: 'request errored' } }), true],
  ['an ordinary line of theirs', stdout({ jsonPayload: { level: 30, msg: 'request completed' } }), false],
  ['a level in words', stdout({ jsonPayload: { level: 'error', event: 'oh' } }), true],
  ['an ordinary level in words', stdout({ jsonPayload: { level: 'info', event: 'oh' } }), false],
  ['an error that is only printed', stdout({ textPayload: 'Error: connect ECONNREFUSED 10.20.0.3:5432' }), true],
  ['an ordinary print', stdout({ textPayload: 'served 40 items' }), false],
  ['where a container listens', stdout({ textPayload: 'Server listening on port 3000' }), true],
  [
    'where a container listens, in JSON',
    stdout({ jsonPayload: { level: 30, msg: 'Server listening at http://0.0.0.0:3000' } }),
    true,
  ],
  [
    'what a logging library of Google writes',
    entry('python', { severity: 'ERROR', jsonPayload: { message: 'oh' } }),
    true,
  ],
  ['what is ordinary there', entry('python', { severity: 'INFO', jsonPayload: { message: 'ok' } }), false],
  [
    'the request log, which is asked for by itself',
    entry('run.googleapis.com%2Frequests', { severity: 'ERROR' }),
    false,
  ],
  ['the platform log, likewise', entry('run.googleapis.com%2Fvarlog%2Fsystem', { severity: 'ERROR' }), false],
  ['the audit log', entry('cloudaudit.googleapis.com%2Factivity', { severity: 'ERROR' }), false],
])('reads, or leaves: %s', (_, line, isRead) => expect(matchEntry(asked, line)).toBe(isRead));
