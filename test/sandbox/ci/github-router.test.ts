import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { expect, it, onTestFinished } from 'vitest';
import { githubRouter } from '../../../sandbox/ci/github-router.ts';
import { createTestRuns } from '../../../sandbox/ci/test-runs.ts';

const DISPATCHES = '/repos/acme/shop/actions/workflows/e2e.yml/dispatches';
const DOCUMENTATION = 'https://docs.github.com/rest';

async function github() {
  const runs = createTestRuns({ nowMs: () => Date.parse('2026-11-23T03:00:00Z'), tryAll: async () => [] });
  const server = createServer(express().use(githubRouter({ runs, token: 'good' })));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // Sound: it listens on TCP.
  const { port } = server.address() as AddressInfo;
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return async (method: string, path: string, body?: unknown, token: string | undefined = 'good') => {
    const response = await fetch(`http://127.0.0.1:${port}/github${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...(token === '' ? {} : { authorization: `Bearer ${token}` }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
  };
}

it('says nothing of a run unless it is asked to', async () => {
  const call = await github();
  expect(await call('POST', DISPATCHES, { ref: 'main' })).toEqual({ status: 204, body: undefined });
  const { status, body } = await call('POST', DISPATCHES, { ref: 'main', return_run_details: true });
  expect([status, Object.keys(body)]).toEqual([200, ['workflow_run_id', 'run_url', 'html_url']]);
  const runs = await call('GET', '/repos/acme/shop/actions/workflows/e2e.yml/runs?per_page=1');
  expect(runs.body).toMatchObject({
    total_count: 2,
    workflow_runs: [{ id: body.workflow_run_id, status: 'queued', conclusion: null, event: 'workflow_dispatch' }],
  });
  expect((await call('GET', `/repos/Acme/Shop/actions/runs/${body.workflow_run_id}`)).status).toBe(200);
});

it.each([
  ['without a token', 'POST', DISPATCHES, { ref: 'main' }, '', 401, 'Requires authentication'],
  ['with a token that nobody has', 'POST', DISPATCHES, { ref: 'main' }, 'bad', 401, 'Bad credentials'],
  ['without a ref', 'POST', DISPATCHES, {}, 'good', 422, 'Invalid request.\n\n"ref" wasn\'t supplied.'],
  ['on a ref that is not there', 'POST', DISPATCHES, { ref: 'gone' }, 'good', 422, 'No ref found for: gone'],
  [
    'with inputs that the workflow does not have',
    'POST',
    DISPATCHES,
    { ref: 'main', inputs: { incident: 'inc-1' } },
    'good',
    422,
    'Unexpected inputs provided: ["incident"]',
  ],
  ['for a run that is not there', 'GET', '/repos/acme/shop/actions/runs/5', undefined, 'good', 404, 'Not Found'],
  ['for a repository out of reach', 'GET', '/repos/acme/other/actions/runs/5', undefined, 'good', 404, 'Not Found'],
  ['for anything else', 'GET', '/user', undefined, 'good', 404, 'Not Found'],
])('refuses as GitHub does: %s', async (_, method, path, body, token, status, message) => {
  const call = await github();
  expect(await call(method, path, body, token)).toEqual({
    status,
    body: { message, documentation_url: DOCUMENTATION, status: String(status) },
  });
});
