import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebClient, type WebClientOptions } from '@slack/web-api';
import express from 'express';
import { createSlack, defaultScopes, type Slack } from '../../../sandbox/slack/create-slack.ts';
import type { SlackEvent } from '../../../sandbox/slack/slack-state.ts';
import { acmeWorkspace, type Workspace } from '../../../sandbox/slack/workspace.ts';
import { silentLogger } from './silent-logger.ts';

export const BOT_TOKEN = 'xoxb-test-token';
export const SIGNING_SECRET = 'shhh';

/** A request that the app under test received. */
interface Received {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  // biome-ignore lint/suspicious/noExplicitAny: payloads are looked into freely by the tests
  readonly payload: any;
}

export interface ServedSlack {
  readonly url: string;
  readonly slack: Slack;
  readonly events: SlackEvent[];
  readonly client: WebClient;
  /** Hears of every event from now on. */
  listen(listener: (event: SlackEvent) => void): void;
  readonly clock: { worldMs: number; machineMs: number };
  /** Starts an app that answers interactions, and connects it. */
  connectApp(
    answer: (received: Received) => { status?: number; body?: unknown; afterMs?: number },
  ): Promise<Received[]>;
  close(): Promise<void>;
}

/** The double behind a real socket, with clocks that the test turns. */
export async function serveSlack(
  options: { scopes?: readonly string[]; workspace?: Workspace; client?: WebClientOptions } = {},
): Promise<ServedSlack> {
  const clock = { worldMs: Date.parse('2026-11-23T03:00:00Z'), machineMs: Date.now() };
  const events: SlackEvent[] = [];
  const listeners: ((event: SlackEvent) => void)[] = [];
  const servers: Server[] = [];
  let url = '';
  let requestUrl: string | undefined;
  const slack = createSlack({
    workspace: options.workspace ?? acmeWorkspace,
    time: { worldNowMs: () => clock.worldMs, machineNowMs: () => clock.machineMs },
    bot: { token: BOT_TOKEN, scopes: options.scopes ?? defaultScopes },
    signingSecret: SIGNING_SECRET,
    requestUrl: () => requestUrl,
    publicUrl: () => url,
    onEvent: (event) => {
      events.push(event);
      for (const listener of listeners) listener(event);
    },
  });
  url = await startServer(express().use(slack.router), servers);
  const client = new WebClient(BOT_TOKEN, {
    slackApiUrl: `${url}/api/`,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logger: silentLogger,
    ...options.client,
  });
  return {
    url,
    slack,
    events,
    client,
    listen: (listener) => void listeners.push(listener),
    clock,
    async connectApp(answer) {
      const received: Received[] = [];
      const app = express().use(express.text({ type: () => true }));
      app.post('/', async (request, response) => {
        const body = String(request.body);
        const entry = {
          headers: request.headers,
          body,
          payload: JSON.parse(new URLSearchParams(body).get('payload') ?? 'null'),
        };
        received.push(entry);
        const { status = 200, body: said, afterMs = 0 } = answer(entry);
        await new Promise((resolve) => setTimeout(resolve, afterMs));
        if (said === undefined) response.status(status).end();
        else response.status(status).json(said);
      });
      requestUrl = await startServer(app, servers);
      return received;
    },
    close: async () => {
      await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve).closeAllConnections())));
    },
  };
}

function startServer(app: express.Express, servers: Server[]): Promise<string> {
  return new Promise((resolve) => {
    const server = createServer(app).listen(0, '127.0.0.1', () => {
      // Sound: a server that listens on TCP has an address with a port.
      resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    });
    servers.push(server);
  });
}
