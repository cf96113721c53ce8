import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { openDatabase } from '../../shared/adapters/sqlite/database.ts';
import { SqliteStore } from '../../shared/adapters/sqlite/store.ts';
import { backend5xx } from '../signal/notifications.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const CALLERS = ['alert', 'investigate', 'slack', 'chat', 'remediate', 'retest', 'patrol', 'monitoring', 'scheduler'];
const STARTS_WITHIN_MS = 30_000;

const ready = z.object({
  ready: z.literal(true),
  slackRequestUrl: z.url(),
  schedulerUrl: z.url(),
  publishUrl: z.url(),
  statusUrl: z.url(),
});
const busy = z.object({ queued: z.number(), inFlight: z.number(), activity: z.number(), deadLetters: z.number() });

const pem = () =>
  generateKeyPairSync('ed25519', {
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });

describe('every function in one process', () => {
  let folder: string;
  let platform: Awaited<ReturnType<typeof silentPlatform>>;
  let children: ChildProcess[];

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'runmedic-local-'));
    platform = await silentPlatform();
    children = [];
  });
  afterEach(async () => {
    for (const child of children.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null)) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    await platform.close();
    rmSync(folder, { recursive: true });
  });

  const stateFile = () => join(folder, 'runmedic.db');

  function spawned(environment: Readonly<Record<string, string | undefined>> = {}) {
    const plan = pem();
    const approval = pem();
    const child = spawn(process.execPath, ['functions/local.ts'], {
      cwd: ROOT,
      stdio: ['pipe', 'pipe', 'pipe'],
      env: {
        PATH: process.env['PATH'],
        METADATA_SERVER_DETECTION: 'none',
        RUNMEDIC_CONFIG: 'examples/acme-staging.yaml',
        RUNMEDIC_STATE_FILE: stateFile(),
        RUNMEDIC_PUBSUB_PROJECT: 'acme-runmedic',
        RUNMEDIC_GOOGLE_ENDPOINT: platform.url,
        RUNMEDIC_SLACK_API_URL: `${platform.url}/api/`,
        RUNMEDIC_IDENTITY_TOKENS: JSON.stringify(Object.fromEntries(CALLERS.map((name) => [name, `token-of-${name}`]))),
        RUNMEDIC_GITHUB_API_URL: `${platform.url}/github`,
        RUNMEDIC_GITHUB_TOKEN: 'github-token-of-a-test',
        SLACK_BOT_TOKEN: 'xoxb-of-a-test',
        SLACK_SIGNING_SECRET: 'secret-of-a-test',
        RUNMEDIC_PLAN_KEY: plan.privateKey,
        RUNMEDIC_PLAN_PUBLIC_KEY: plan.publicKey,
        RUNMEDIC_APPROVAL_KEY: approval.privateKey,
        RUNMEDIC_APPROVAL_PUBLIC_KEY: approval.publicKey,
        ...environment,
      },
    });
    children.push(child);
    const said = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk) => {
      said.stdout += chunk;
    });
    child.stderr.on('data', (chunk) => {
      said.stderr += chunk;
    });
    return { child, said };
  }

  async function started() {
    const { child, said } = spawned();
    await vi.waitFor(() => expect(said.stdout, said.stderr).toContain('\n'), STARTS_WITHIN_MS);
    const addresses = ready.parse(JSON.parse(said.stdout.split('\n')[0] ?? ''));
    return {
      child,
      said,
      ...addresses,
      status: async () => busy.parse(await (await fetch(addresses.statusUrl)).json()),
    };
  }

  const post = (url: string, caller: string, body: unknown) =>
    fetch(url, {
      method: 'POST',
      headers: { authorization: `Bearer token-of-${caller}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });

  const alert = () => ({
    messages: [{ data: Buffer.from(JSON.stringify(backend5xx())).toString('base64'), attributes: {} }],
  });

  const opened = async () => {
    const database = openDatabase(stateFile());
    const store = new SqliteStore(database, { nowMs: Date.now, onUnreadable: () => {} });
    const incidents = await store.recent(10);
    database.close();
    return incidents;
  };

  it('says where it is, on this machine only, and lets in those whose business it is', async () => {
    const bot = await started();
    for (const url of [bot.slackRequestUrl, bot.schedulerUrl, bot.publishUrl, bot.statusUrl])
      expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+/);
    expect(await bot.status()).toEqual({ queued: 0, inFlight: 0, activity: 0, deadLetters: 0 });
    expect((await post(bot.schedulerUrl, 'slack', {})).status).toBe(403);
    expect((await post(bot.schedulerUrl, 'scheduler', {})).status).toBe(200);
    expect((await post(bot.publishUrl, 'slack', alert())).status).toBe(403);
    // Anybody may knock at the front door, and is turned away there without Slack's signature.
    expect((await fetch(bot.slackRequestUrl, { method: 'POST', body: 'payload={}' })).status).toBe(401);
    expect(await opened()).toEqual([]);
    expect((await bot.status()).activity).toBeGreaterThan(0);
  });

  it('delivers again what was in flight when it was killed', async () => {
    const first = await started();
    expect((await post(first.publishUrl, 'monitoring', alert())).status).toBe(200);
    // The investigation is under way and the platform says nothing.
    await vi.waitFor(() => expect(platform.askedBy('investigate')).toBeGreaterThan(0), STARTS_WITHIN_MS);
    expect((await first.status()).inFlight).toBeGreaterThan(0);
    first.child.kill('SIGKILL');
    await once(first.child, 'exit');
    const [incident] = await opened();
    expect(incident?.status).toBe('investigating');
    platform.forget();

    const second = await started();
    await vi.waitFor(() => expect(platform.askedBy('investigate')).toBeGreaterThan(0), STARTS_WITHIN_MS);
    expect((await second.status()).inFlight).toBeGreaterThan(0);
    expect((await opened()).map(({ id }) => id)).toEqual([incident?.id]);
  });

  it('ends when told to, and when whoever started it is gone, whatever is in flight', async () => {
    const first = await started();
    await post(first.publishUrl, 'monitoring', alert());
    await vi.waitFor(() => expect(platform.askedBy('investigate')).toBeGreaterThan(0), STARTS_WITHIN_MS);
    // One Ctrl-C can come as several signals.
    for (const signal of ['SIGINT', 'SIGINT', 'SIGTERM'] as const) first.child.kill(signal);
    expect(await once(first.child, 'exit')).toEqual([0, null]);
    const second = await started();
    second.child.stdin?.end();
    expect(await once(second.child, 'exit')).toEqual([0, null]);
  });

  it('keeps a second one off its file', async () => {
    await started();
    const second = spawned();
    expect(await once(second.child, 'exit')).toEqual([1, null]);
    expect(second.said.stderr).toMatch(
      /another runmedic already runs on .*runmedic\.db; stop it, or choose another file/,
    );
  });

  it.each([
    ['no state file', { RUNMEDIC_STATE_FILE: undefined }, 'RUNMEDIC_STATE_FILE: not set'],
    [
      'no such configuration',
      { RUNMEDIC_CONFIG: 'nowhere.yaml' },
      'nowhere.yaml: no such file, or it cannot be read (RUNMEDIC_CONFIG names it)',
    ],
    [
      'no token for an identity',
      { RUNMEDIC_IDENTITY_TOKENS: '{"alert":"a"}' },
      'no token for investigate, slack, chat',
    ],
    [
      'no token for where the tests are',
      { RUNMEDIC_GITHUB_TOKEN: undefined },
      'RUNMEDIC_GITHUB_TOKEN: not set, and environments.staging.endToEnd.github needs it',
    ],
    ['no signing secret', { SLACK_SIGNING_SECRET: undefined }, 'SLACK_SIGNING_SECRET: not set'],
    ['a state file that cannot be', { RUNMEDIC_STATE_FILE: '/nowhere/at/all.db' }, '/nowhere/at/all.db'],
  ])('does not start with %s, and says so in one message', async (_, environment, message) => {
    const { child, said } = spawned(environment);
    expect(await once(child, 'exit')).toEqual([1, null]);
    expect(said.stderr).toContain(message);
    expect(said.stderr).not.toMatch(/^\s+at /m);
    expect(said.stdout).toBe('');
  });
});

/** Google and Slack that take every request and answer none, and remember by whom they were asked. */
async function silentPlatform() {
  let asked: IncomingMessage[] = [];
  const server = createServer((request) => asked.push(request));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    // Sound: it listens on TCP.
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    askedBy: (name: string) =>
      asked.filter(({ headers }) => headers.authorization === `Bearer token-of-${name}`).length,
    forget: () => {
      asked = [];
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
