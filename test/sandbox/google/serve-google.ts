import type { AddressInfo } from 'node:net';
import express from 'express';
import { createTestRuns } from '../../../sandbox/ci/test-runs.ts';
import { type CallLog, createCallLog } from '../../../sandbox/google/call-log.ts';
import { googleRouter } from '../../../sandbox/google/google-router.ts';
import { loadScenario } from '../../../sandbox/scenarios/load-scenario.ts';
import type { Scenario } from '../../../sandbox/scenarios/scenario.ts';
import { createWorld } from '../../../sandbox/world/create-world.ts';
import type { World } from '../../../sandbox/world/world.ts';

export const LOCATION = 'projects/acme-staging/locations/us-central1';
export const START_MS = Date.parse('2026-11-23T12:00:00Z');

export const tokens = {
  investigate: 'token-of-investigate',
  remediate: 'token-of-remediate',
  retest: 'token-of-retest',
  alert: 'token-of-alert',
} as const;

export interface Served {
  readonly world: World;
  readonly calls: CallLog;
  readonly port: number;
  /** Calls as `identity`; answers status and body. */
  call(
    identity: keyof typeof tokens | undefined,
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ status: number; body: Json }>;
  /** Lets world time pass. */
  after(seconds: number): void;
  close(): Promise<void>;
}

// biome-ignore lint/suspicious/noExplicitAny: what an API answers is looked into freely in tests.
export type Json = any;

/** A scenario with no more past than it must have: for tests of what an API says, not of what it remembers. */
export function brief(name: string): Scenario {
  const scenario = structuredClone(loadScenario(name));
  scenario.estate.historySeconds = 600;
  return scenario;
}

/** The scenario's Google APIs on a free port of 127.0.0.1. */
export async function serveGoogle(scenario: Scenario): Promise<Served> {
  const world = createWorld(scenario, START_MS);
  const calls = createCallLog();
  const identities = new Map(
    Object.entries(tokens).map(([name, token]) => [token, `${name}@acme-runmedic.iam.gserviceaccount.com`]),
  );
  const app = express();
  const testRuns = createTestRuns({ nowMs: () => world.nowMs, tryAll: async () => [] });
  app.use(googleRouter({ world, identities, calls, testRuns }));
  app.get('/page', (_request, response) => {
    response.send('not Google');
  });
  const server = await new Promise<ReturnType<typeof app.listen>>((resolve) => {
    const listening = app.listen(0, '127.0.0.1', () => {
      resolve(listening);
    });
  });
  const { port } = server.address() as AddressInfo; // Sound: a TCP server that listens.
  return {
    world,
    calls,
    port,
    async call(identity, method, path, body) {
      const response = await fetch(`http://127.0.0.1:${port}${path}`, {
        method,
        headers: {
          ...(identity && { authorization: `Bearer ${tokens[identity]}` }),
          'content-type': 'application/json',
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      return { status: response.status, body: await response.json() };
    },
    after: (seconds) => {
      world.advanceTo(world.nowMs + seconds * 1000);
    },
    close: () =>
      new Promise((resolve) =>
        server.close(() => {
          resolve();
        }),
      ),
  };
}
