import { describe, expect, it, onTestFinished } from 'vitest';
import { startEndpoints } from '../../../sandbox/endpoints/start-endpoints.ts';
import { loadScenario } from '../../../sandbox/scenarios/load-scenario.ts';
import { createWorld } from '../../../sandbox/world/create-world.ts';
import { prober } from '../../../shared/adapters/probe/prober.ts';
import type { HttpCheck } from '../../../shared/ports/prober.ts';

const START_MS = Date.parse('2026-11-23T03:00:00.000Z');
const NEVER = new AbortController().signal;

async function looking(scenario: string, seconds: number) {
  const world = createWorld(loadScenario(scenario), START_MS);
  world.advanceTo(START_MS + seconds * 1000);
  const { connectTo, caPem, close } = await startEndpoints(world);
  onTestFinished(close);
  return prober({ connectTo, ca: caPem });
}

const get = (url: string, changes: Partial<HttpCheck> = {}): HttpCheck => ({
  url,
  method: 'GET',
  headers: {},
  body: undefined,
  timeoutMs: 20_000,
  auth: { kind: 'none' },
  ...changes,
});
const webSocket = (echo?: string) =>
  ({ url: 'wss://api-staging.acme.test/ws', timeoutMs: 20_000, auth: { kind: 'none' }, echo }) as const;

describe('a user’s way into the staging of Acme', () => {
  it('is open while all is well', async () => {
    const { http, webSocket: open } = await looking('healthy', 60);
    expect(await http(get('https://staging.acme.test/'), NEVER)).toMatchObject({ connected: true, status: 200 });
    expect(await http(get('https://api-staging.acme.test/healthz'), NEVER)).toMatchObject({ status: 200 });
    expect(await open(webSocket('are you there?'), NEVER)).toMatchObject({ opened: true, echoed: true });
    expect(await open(webSocket(), NEVER)).toMatchObject({ opened: true });
    const login = await http(
      get('https://api-staging.acme.test/auth/login', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ username: 'probe', password: 'sandbox-only' }),
      }),
      NEVER,
    );
    const { token } = JSON.parse(login.connected ? login.body : '{}');
    const headers = { authorization: `Bearer ${token}` };
    expect(await http(get('https://api-staging.acme.test/api/me', { headers }), NEVER)).toMatchObject({
      status: 200,
      body: '{"user":"probe"}',
    });
  });

  it('is shut once the connector is full', async () => {
    const { http, webSocket: open } = await looking('staging-503', 400);
    expect(await http(get('https://staging.acme.test/'), NEVER)).toMatchObject({ connected: true, status: 503 });
    expect(await open(webSocket(), NEVER)).toMatchObject({ opened: false, status: 503 });
  });
});
