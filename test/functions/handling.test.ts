import { http } from '@google-cloud/functions-framework';
import { getTestServer } from '@google-cloud/functions-framework/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { onCall, onMessage } from '../../functions/handling.ts';
import { type Listening, listenHere } from '../../functions/local/http.ts';
import { PlatformFailure } from '../../shared/ports/platform-failure.ts';

const event = {
  'content-type': 'application/json',
  'ce-id': '1',
  'ce-specversion': '1.0',
  'ce-type': 'google.cloud.pubsub.topic.v1.messagePublished',
  'ce-source': '//pubsub.googleapis.com/projects/p/topics/t',
};
const late = new PlatformFailure('timed-out', 'chat.postMessage: no answer within 5 s');

let served: Listening | undefined;
afterEach(async () => {
  vi.restoreAllMocks();
  await served?.close();
});

/** Calls the function of this name as it is deployed, and gives its answer and what it put on stderr. */
async function called(name: string) {
  const lines: unknown[] = [];
  vi.spyOn(console, 'error').mockImplementation((line) => lines.push(line));
  const inner = getTestServer(name);
  served = await listenHere(async (request, response) => void inner.emit('request', request, response));
  const { status } = await fetch(served.url, { method: 'POST', headers: event, body: '{"message":{}}' });
  return { status, lines };
}

describe('what a function could not do', () => {
  it.each([
    ['message', () => onMessage('late-message', () => Promise.reject(late)), 'late-message'],
    ['call', () => onCall('late-call', () => Promise.reject(late)), 'late-call'],
  ])('is one JSON line, and the %s comes again: a failure of a platform', async (_, register, name) => {
    register();
    const { status, lines } = await called(name);
    expect(status).toBe(500);
    expect(lines.map((line) => JSON.parse(String(line)))).toEqual([
      {
        severity: 'WARNING',
        function: name,
        time: expect.stringMatching(/^\d{4}-.+Z$/),
        message: 'handling failed',
        code: 'timed-out',
        cause: 'chat.postMessage: no answer within 5 s',
      },
    ]);
    expect(String(lines[0])).not.toContain('\n');
  });

  it.each([
    ['an error', new TypeError('no such thing'), 'TypeError: no such thing', /^TypeError: no such thing\n +at /],
    ['what is no error', 'nonsense', 'nonsense', undefined],
  ])('keeps its trace within the line where it is a fault of ours: %s', async (what, error, cause, trace) => {
    const name = what.replaceAll(' ', '-');
    onMessage(name, () => Promise.reject(error));
    const { status, lines } = await called(name);
    expect(status).toBe(500);
    expect(lines).toHaveLength(1);
    const line = JSON.parse(String(lines[0]));
    expect(line).toMatchObject({ severity: 'ERROR', function: name, message: 'handling failed', cause });
    if (trace === undefined) expect(line).not.toHaveProperty('stack_trace');
    else expect(line.stack_trace).toMatch(trace);
  });

  it('is nothing where all went well', async () => {
    onMessage('good-message', async () => {});
    const { status, lines } = await called('good-message');
    expect(status).toBeLessThan(300);
    expect(lines).toEqual([]);
  });
});

it('functions-framework prints traces, which is why', async () => {
  http('bare', () => Promise.reject(late));
  const { lines } = await called('bare');
  expect(String(lines[0])).toMatch(/\n +at /);
});
