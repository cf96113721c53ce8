import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { describe, expect, it, onTestFinished } from 'vitest';
import { githubRouter } from '../../../sandbox/ci/github-router.ts';
import { createTestRuns } from '../../../sandbox/ci/test-runs.ts';
import { githubRuns } from '../../../shared/adapters/github/github-runs.ts';
import type { EndToEnd } from '../../../shared/policy/policy.ts';
import { instant } from '../../../shared/ports/clock.ts';
import { PlatformFailure } from '../../../shared/ports/platform-failure.ts';
import { failureOf, json, NEVER, tinyServer } from '../google/tiny-server.ts';

type Workflow = Extract<EndToEnd, { readonly kind: 'github' }>;

const START_MS = Date.parse('2026-11-23T03:00:00Z');
const shop: Workflow = {
  kind: 'github',
  repository: 'acme/shop',
  workflow: 'e2e.yml',
  ref: 'main',
  timeoutSeconds: 1200,
};

/** The sandbox's GitHub, whose tests find what the test puts there; ends with the test. */
async function github({ token = 'token-of-github' }: { readonly token?: string } = {}) {
  const found: string[] = [];
  let nowMs = START_MS;
  const runs = createTestRuns({ nowMs: () => nowMs, tryAll: async () => found });
  const server = createServer(express().use(githubRouter({ runs, token: 'token-of-github' })));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // Sound: it listens on TCP.
  const { port } = server.address() as AddressInfo;
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return {
    found,
    pass: (seconds: number) => {
      nowMs += seconds * 1000;
    },
    runs: githubRuns({ token, apiUrl: `http://127.0.0.1:${port}/github/` }),
  };
}

describe('end-to-end tests at GitHub', () => {
  it('are dispatched, followed and told of', async () => {
    const { runs, pass } = await github();
    const { name, url } = await runs.start(shop, NEVER);
    expect(name).toMatch(/^repos\/acme\/shop\/actions\/runs\/\d+$/);
    expect(url).toBe(`https://github.com/${name.slice('repos/'.length)}`);
    for (const seconds of [0, 20, 60]) {
      pass(seconds);
      expect(await runs.status(name, NEVER)).toEqual({ kind: 'under-way' });
    }
    pass(40);
    expect(await runs.status(name, NEVER)).toEqual({ kind: 'passed' });
  });

  it('fail for what they find, also where it is gone by their end', async () => {
    const { runs, pass, found } = await github();
    const { name } = await runs.start(shop, NEVER);
    found.push('GET https://staging.acme.test/: 503');
    pass(45);
    expect(await runs.status(name, NEVER)).toEqual({ kind: 'under-way' });
    found.length = 0;
    pass(100);
    expect(await runs.status(name, NEVER)).toEqual({ kind: 'failed', detail: 'failure' });
  });

  it('are found again by when they began: the first since then', async () => {
    const { runs, pass } = await github();
    const since = (ms: number) => runs.begunSince(shop, instant(ms), NEVER);
    expect(await since(START_MS)).toBeUndefined();
    pass(10);
    const first = await runs.start(shop, NEVER);
    pass(10);
    const second = await runs.start({ ...shop, workflow: '81240377' }, NEVER);
    expect(await since(START_MS)).toEqual(first);
    expect(await since(START_MS + 10_000)).toEqual(first);
    expect(await since(START_MS + 11_000)).toEqual(second);
    expect(await since(START_MS + 21_000)).toBeUndefined();
  });

  it.each<[string, Partial<Workflow>, string, PlatformFailure['code']]>([
    ['a repository that the token does not reach', { repository: 'acme/other' }, '404: Not Found', 'not-found'],
    ['a workflow that is not there', { workflow: 'other.yml' }, '404: Not Found', 'not-found'],
    ['a branch that is not there', { ref: 'gone' }, '422: No ref found for: gone', 'invalid-argument'],
  ])('are not started for %s', async (_, over, says, code) => {
    const { runs } = await github();
    const failure = await failureOf(runs.start({ ...shop, ...over }, NEVER));
    expect(failure.code).toBe(code);
    expect(failure.message).toContain(says);
  });

  it('are not started by a token that is refused, which is told nobody', async () => {
    const { runs } = await github({ token: 'revoked-secret' });
    const failure = await failureOf(runs.start(shop, NEVER));
    expect(failure.code).toBe('unauthenticated');
    expect(failure.message).toBe(
      'github POST on repos/acme/shop/actions/workflows/e2e.yml/dispatches: 401: Bad credentials',
    );
    expect(failure.message).not.toContain('revoked-secret');
  });

  it('are read where their name is one of a run, and nowhere else', async () => {
    const { runs } = await github();
    for (const name of ['repos/acme/shop', 'user', 'repos/a/b/actions/runs/1/../../../secrets', 'https://evil.test/'])
      expect((await failureOf(runs.status(name, NEVER))).code).toBe('invalid-argument');
    expect((await failureOf(runs.status('repos/acme/shop/actions/runs/1', NEVER))).code).toBe('not-found');
  });
});

describe('a GitHub in trouble', () => {
  const at = (apiUrl: string) => githubRuns({ token: 't', apiUrl });

  it('is asked again for a run, and never to start one', async () => {
    const server = await tinyServer((_, response) => json(response, 503, { message: 'Service Unavailable' }));
    const runs = at(server.url);
    expect((await failureOf(runs.status('repos/acme/shop/actions/runs/1', NEVER))).code).toBe('unavailable');
    expect(server.asked).toHaveLength(3);
    expect((await failureOf(runs.start(shop, NEVER))).code).toBe('unavailable');
    expect(server.asked).toHaveLength(4);
  });

  it.each([
    [403, { 'x-ratelimit-remaining': '0' }, 'rate-limited'],
    [403, { 'retry-after': '60' }, 'rate-limited'],
    [429, {}, 'rate-limited'],
    [403, { 'x-ratelimit-remaining': '4999' }, 'permission-denied'],
  ])('%i with %j is %s', async (status, headers, code) => {
    const server = await tinyServer((_, response) => {
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
      json(response, status, { message: 'Resource not accessible by personal access token' });
    });
    expect((await failureOf(at(server.url).start(shop, NEVER))).code).toBe(code);
  });

  it('that redirects is given no token elsewhere', async () => {
    const server = await tinyServer((_, response) => {
      response.setHeader('location', 'http://127.0.0.1:9/');
      json(response, 302, {});
    });
    await expect(at(server.url).start(shop, NEVER)).rejects.toBeInstanceOf(PlatformFailure);
    expect(server.asked).toHaveLength(1);
  });

  it('that says nothing of the run, as an older Enterprise Server, has it looked for by the next delivery', async () => {
    const server = await tinyServer((_, response) => void response.writeHead(204).end());
    const failure = await failureOf(at(server.url).start(shop, NEVER));
    expect(failure.code).toBe('unavailable');
    expect(failure.message).toContain('accepted, and nothing was said of the run');
  });
});
