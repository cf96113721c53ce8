import { request } from 'node:https';
import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import WebSocket from 'ws';
import { type Endpoints, startEndpoints } from '../../../sandbox/endpoints/start-endpoints.ts';
import { loadScenario } from '../../../sandbox/scenarios/load-scenario.ts';
import { createWorld } from '../../../sandbox/world/create-world.ts';
import type { World } from '../../../sandbox/world/world.ts';

let world: World;
let endpoints: Endpoints;
beforeAll(async () => {
  world = createWorld(loadScenario('staging-503'), Date.parse('2026-11-23T12:00:00Z'));
  endpoints = await startEndpoints(world);
});
afterAll(() => endpoints.close());

interface Reply {
  readonly status: number;
  readonly body: string;
}

/** Connects to 127.0.0.1 and talks to `host`, as curl's --connect-to does. */
function fetchHost(
  host: string,
  path: string,
  options: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const { body, headers = {}, method = 'GET' } = options;
    const asked = request(
      {
        host: '127.0.0.1',
        port: endpoints.port,
        servername: host,
        path,
        method,
        headers: { host, ...headers },
        ca: endpoints.caPem,
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('end', () => {
          resolve({ status: response.statusCode ?? 0, body: text });
        });
      },
    );
    asked.on('error', reject).end(body);
  });
}

function openSocket(): Promise<string> {
  return new Promise((resolve) => {
    const socket = new WebSocket('wss://api-staging.acme.test/ws', {
      createConnection: () =>
        connect({ host: '127.0.0.1', port: endpoints.port, servername: 'api-staging.acme.test', ca: endpoints.caPem }),
    });
    socket.on('message', (data) => {
      resolve(`opened: ${String(data)}`);
      socket.close();
    });
    socket.on('unexpected-response', (_request, response) => {
      resolve(`refused: ${response.statusCode}`);
      response.destroy();
    });
    socket.on('error', (error) => {
      resolve(`error: ${error.message}`);
    });
  });
}

describe('before the surge', () => {
  test('every host answers 200 over TLS that its CA vouches for', async () => {
    expect(endpoints.connectTo).toContain(`staging.acme.test:443:127.0.0.1:${endpoints.port}`);
    expect((await fetchHost('staging.acme.test', '/')).status).toBe(200);
    expect(await fetchHost('api-staging.acme.test', '/health')).toEqual({
      status: 200,
      body: '{"status":"ok","service":"backend"}',
    });
    expect((await fetchHost('backend-415104041262.us-central1.run.app', '/')).status).toBe(200);
  });

  test('a name without a certificate is refused', async () => {
    await expect(fetchHost('other.acme.test', '/')).rejects.toThrow();
  });

  test('the journey: log in, then read oneself; a wrong password and a missing token get 401', async () => {
    const login = (password: string) =>
      fetchHost('api-staging.acme.test', '/auth/login', {
        method: 'POST',
        body: JSON.stringify({ username: 'probe', password }),
      });
    const { token } = JSON.parse((await login('sandbox-only')).body);
    const me = await fetchHost('api-staging.acme.test', '/api/me', { headers: { authorization: `Bearer ${token}` } });
    expect(me).toEqual({ status: 200, body: '{"user":"probe"}' });
    expect((await login('wrong')).status).toBe(401);
    expect((await fetchHost('api-staging.acme.test', '/api/me')).status).toBe(401);
  });

  test('the WebSocket opens', async () => {
    expect(await openSocket()).toBe('opened: {"type":"hello"}');
  });
});

test('during the outage every host answers 503 and the WebSocket is refused', async () => {
  world.advanceTo(world.startMs + 200_000);
  const replies = await Promise.all(['/', '/', '/', '/'].map((path) => fetchHost('staging.acme.test', path)));
  expect(replies.map((r) => r.status)).toEqual([503, 503, 503, 503]);
  expect((await fetchHost('api-staging.acme.test', '/health')).status).toBe(503);
  expect(await openSocket()).toBe('refused: 503');
});

describe('what a scenario states word for word', () => {
  test('a recorded probe answer, a refused WebSocket and an expired certificate', async () => {
    const scenario = structuredClone(loadScenario('healthy'));
    const api = scenario.estate.hosts.find((host) => host.name === 'api-staging.acme.test');
    if (!api) throw new Error('no such host');
    api.certificateDays = -3;
    scenario.recorded.probes.push(
      {
        host: 'staging.acme.test',
        path: '/health',
        status: 418,
        headers: { 'x-was': 'there' },
        body: 'short and stout',
        delayMs: 0,
      },
      { host: 'api-staging.acme.test', path: '/ws', status: 502, headers: {}, body: 'Bad Gateway', delayMs: 0 },
    );
    await endpoints.close();
    world = createWorld(scenario, Date.parse('2026-11-23T12:00:00Z'));
    endpoints = await startEndpoints(world);
    expect(await fetchHost('staging.acme.test', '/health')).toEqual({ status: 418, body: 'short and stout' });
    await expect(fetchHost('api-staging.acme.test', '/health')).rejects.toThrow(/expired/);
    expect(await openSocket()).toMatch(/error: certificate has expired/);
    api.certificateDays = 30;
    await endpoints.close();
    world = createWorld(scenario, Date.parse('2026-11-23T12:00:00Z'));
    endpoints = await startEndpoints(world);
    expect(await openSocket()).toBe('refused: 502');
  });
});
