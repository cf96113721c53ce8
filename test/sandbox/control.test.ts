import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { serveSandbox } from './serve-sandbox.ts';

let sandbox: Awaited<ReturnType<typeof serveSandbox>>;
beforeEach(async () => {
  sandbox = await serveSandbox({ scenario: 'healthy', onInteraction: async () => undefined });
});
afterEach(() => sandbox.close());

describe('whoever runs the sandbox', () => {
  it('is told every fault of an address', async () => {
    const { error } = await sandbox.control('connect', { slackRequestUrl: 'nowhere', extra: 1 });
    for (const part of ['slackRequestUrl', 'schedulerUrl', 'publishUrl', 'statusUrl', 'extra'])
      expect(error).toContain(part);
  });

  it('lets a healthy world run without waiting for ever for an alert', async () => {
    const { alert, now } = await sandbox.control('run-until', { alert: true });
    expect([alert, now]).toEqual([false, '2026-11-23T04:00:00.000Z']);
    expect(await sandbox.control('run-until', { thenSeconds: -1 })).toEqual({
      error: expect.stringContaining('thenSeconds'),
    });
  });

  it('can make Slack fail', async () => {
    await sandbox.control('slack/faults', { kind: 'rate-limit', calls: 1, retryAfterSeconds: 3, method: 'auth.test' });
    await expect(sandbox.client.apiCall('auth.test', {})).rejects.toThrow(/rate.?limit/i);
    await sandbox.client.auth.test();
    expect(await sandbox.control('slack/faults', { kind: 'flood' })).toEqual({
      error: expect.stringContaining('kind'),
    });
  });

  it('sees who changed what', async () => {
    const path =
      '/v1/projects/acme-staging/locations/us-central1/connectors/staging-connector?updateMask=minInstances,maxInstances';
    await sandbox.call('remediate', 'PATCH', path, { minInstances: 3, maxInstances: 6 });
    await sandbox.control('run-until', { thenSeconds: 5 });
    const events = await (await fetch(`${sandbox.url}/sandbox/events`)).text();
    const writes = events.split('\n').filter((line) => line.includes('"type":"write"'));
    expect(writes.map((line) => JSON.parse(line))).toMatchObject([
      { source: 'google', identity: 'remediate@acme-runmedic.iam.gserviceaccount.com', method: 'PATCH', status: 200 },
    ]);
  });

  it('plays', async () => {
    const before = await (await fetch(`${sandbox.url}/time`)).json();
    expect(await sandbox.control('play', {})).toEqual({ playing: true, speed: 30 });
    await fetch(`${sandbox.url}/time/sleep?until=${new Date(Date.parse(before.now) + 5000).toISOString()}`).then(
      (response) => response.text(),
    );
    const after = await (await fetch(`${sandbox.url}/time`)).json();
    expect(Date.parse(after.now) - Date.parse(before.now)).toBeGreaterThanOrEqual(5000);
  });
});

describe('the page', () => {
  it('is served with a policy that lets nothing in from elsewhere', async () => {
    const response = await fetch(sandbox.url);
    expect(response.headers.get('content-security-policy')).toMatch(
      /default-src 'none'; script-src 'self' 'sha256-[^']+'/,
    );
    expect(await response.text()).toContain('"preact":"/page/vendor/preact.js"');
  });

  it.each(['/page/client/main.ts', '/page/vendor/uplot.js', '/page/vendor/preact-hooks.js'])(
    'serves %s as a script without types',
    async (path) => {
      const response = await fetch(`${sandbox.url}${path}`);
      expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/javascript; charset=utf-8']);
      expect(await response.text()).not.toMatch(/import type/);
    },
  );

  it.each(['/page/client/..%2fmain.ts', '/page/client/none.ts', '/page/none.css', '/nowhere'])(
    'has no %s',
    async (path) => {
      expect((await fetch(`${sandbox.url}${path}`)).status).toBe(404);
    },
  );

  it('takes clicks as JSON only, so that no other site can make them', async () => {
    const click = {
      user: 'U0ANN',
      place: { kind: 'message', channel: 'C0STAGING', ts: '1.000001' },
      blockId: 'b',
      actionId: 'a',
    };
    const send = (type: string) =>
      fetch(`${sandbox.url}/page/click`, {
        method: 'POST',
        headers: { 'content-type': type },
        body: JSON.stringify(click),
      });
    expect((await send('text/plain')).status).toBe(400);
    expect(await (await send('application/json')).json()).toEqual({
      kind: 'failed',
      detail: 'this button is no longer there',
    });
  });

  it('streams what Slack and the world are', async () => {
    const abort = new AbortController();
    const response = await fetch(`${sandbox.url}/page/stream`, { signal: abort.signal });
    let seen = '';
    for await (const chunk of response.body ?? []) {
      seen += Buffer.from(chunk).toString();
      if (seen.includes('event: world') && seen.endsWith('\n\n')) break;
    }
    abort.abort();
    const events = seen.split('\n\n').filter((event) => event !== '');
    expect(events.map((event) => event.split('\n')[0])).toEqual(['event: slack', 'event: world']);
    expect(JSON.parse(String(events[1]?.split('\ndata: ')[1]))).toMatchObject({
      status: 'paused',
      impact: { kind: 'healthy' },
    });
  });
});
