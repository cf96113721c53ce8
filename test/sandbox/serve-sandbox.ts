import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebClient } from '@slack/web-api';
import express from 'express';
import { createSandbox } from '../../sandbox/create-sandbox.ts';
import { randomCredentials } from '../../sandbox/credentials.ts';
import { loadScenario } from '../../sandbox/scenarios/load-scenario.ts';
import { createWorld } from '../../sandbox/world/create-world.ts';
import { silentLogger } from './slack/silent-logger.ts';

const START_MS = Date.parse('2026-11-23T03:00:00Z');
const identityOf = (name: string): string => `${name}@acme-runmedic.iam.gserviceaccount.com`;

/** A whole sandbox on a free port, with a small app connected in the bot's place. */
export async function serveSandbox(options: {
  readonly scenario: string;
  // biome-ignore lint/suspicious/noExplicitAny: payloads are looked into freely by the tests
  readonly onInteraction: (payload: any, client: WebClient) => Promise<unknown>;
}) {
  const servers: Server[] = [];
  const world = createWorld(loadScenario(options.scenario), START_MS);
  const credentials = {
    ...randomCredentials(),
    tokens: { investigate: identityOf('investigate'), remediate: identityOf('remediate') },
  };
  let url = '';
  const sandbox = createSandbox({
    world,
    credentials,
    speed: 30,
    oncall: undefined,
    publicUrl: () => url,
    tryAll: async () => [],
    afterSecond: () => undefined,
  });
  url = await start(sandbox.app, servers);
  const client = new WebClient(credentials.slack.botToken, {
    slackApiUrl: `${url}/api/`,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logger: silentLogger,
  });

  const app = express().use(express.text({ type: () => true }));
  app.all('/', async (request, response) => {
    const payload = JSON.parse(new URLSearchParams(String(request.body)).get('payload') ?? '{}');
    const body = await options.onInteraction(payload, client);
    if (body === undefined) response.end();
    else response.json(body);
  });
  const appUrl = `${await start(app, servers)}/`;

  // biome-ignore lint/suspicious/noExplicitAny: answers are looked into freely by the tests
  const control = async (route: string, body: unknown): Promise<any> => {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${url}/sandbox/${route}`, { method: 'POST', headers, body: JSON.stringify(body) });
    return response.json();
  };
  await control('connect', { slackRequestUrl: appUrl, schedulerUrl: appUrl, publishUrl: appUrl, statusUrl: appUrl });

  return {
    url,
    client,
    control,
    /** A call to a Google API under one of the identities. */
    call: (identity: 'investigate' | 'remediate', method: string, path: string, body?: unknown) =>
      fetch(`${url}${path}`, {
        method,
        headers: { authorization: `Bearer ${identity}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    async close() {
      sandbox.stop();
      await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve).closeAllConnections())));
    },
  };
}

function start(app: express.Express, servers: Server[]): Promise<string> {
  return new Promise((resolve) => {
    const server = createServer(app).listen(0, '127.0.0.1', () => {
      // Sound: a server that listens on TCP has an address with a port.
      resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    });
    servers.push(server);
  });
}
