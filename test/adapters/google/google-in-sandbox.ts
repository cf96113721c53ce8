import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { onTestFinished } from 'vitest';
import { createTestRuns } from '../../../sandbox/ci/test-runs.ts';
import { createCallLog } from '../../../sandbox/google/call-log.ts';
import { googleRouter } from '../../../sandbox/google/google-router.ts';
import { loadScenario } from '../../../sandbox/scenarios/load-scenario.ts';
import type { Scenario } from '../../../sandbox/scenarios/scenario.ts';
import { createWorld } from '../../../sandbox/world/create-world.ts';
import { googleReader } from '../../../shared/adapters/google/reader.ts';
import { googleWriter } from '../../../shared/adapters/google/writer.ts';
import { optionsFor } from './tiny-server.ts';

export const START_MS = Date.parse('2026-11-23T03:00:00.000Z');

const IDENTITIES = new Map([
  ['token-of-investigate', 'investigate@acme-runmedic.iam.gserviceaccount.com'],
  ['token-of-remediate', 'remediate@acme-runmedic.iam.gserviceaccount.com'],
  ['token-of-chat', 'chat@acme-runmedic.iam.gserviceaccount.com'],
]);

/** A scenario's Google Cloud over a real socket, with the adapters on it, each under its own identity; ends with the test. */
export async function googleInSandbox(scenario: string, changes: Partial<Scenario> = {}) {
  const world = createWorld({ ...loadScenario(scenario), ...changes }, START_MS);
  const calls = createCallLog();
  const testRuns = createTestRuns({ nowMs: () => world.nowMs, tryAll: async () => [] });
  const server = createServer(express().use(googleRouter({ world, identities: IDENTITIES, calls, testRuns })));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // Sound: it listens on TCP.
  const { port } = server.address() as AddressInfo;
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return {
    world,
    calls,
    reader: googleReader(optionsFor(port)),
    writer: googleWriter(optionsFor(port, 'token-of-remediate')),
    readerAs: (token: string) => googleReader(optionsFor(port, token)),
    writerAs: (token: string) => googleWriter(optionsFor(port, token)),
    /** World time. */
    afterSeconds: (seconds: number) => world.advanceTo(START_MS + seconds * 1000),
  };
}
