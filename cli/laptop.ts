import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';

/** What the sandbox is started with, in its own words. */
export interface SandboxOptions {
  /** A shipped scenario's name, or a file. */
  readonly scenario: string;
  /** A number, or what somebody typed: the sandbox judges it and says what is allowed. */
  readonly speed: number | string | undefined;
  readonly headless: boolean;
  readonly decision: string | undefined;
  /** 0 takes a free one. */
  readonly port: number | string | undefined;
}

export interface Child {
  readonly process: ChildProcess;
  /** What it prints besides the line that says that it is ready, as it comes. */
  readonly lines: AsyncIterable<string>;
  readonly stop: () => Promise<void>;
}

export type Sandbox = Child & z.infer<typeof sandboxReady> & { readonly secrets: Secrets };
export type Bot = Child & z.infer<typeof botReady>;

/** A program that did not start, with what it said about it. It has said so on stderr already. */
export class DidNotStart extends Error {
  override readonly name = 'DidNotStart';
  readonly exitCode: number;
  constructor(what: string, exitCode: number) {
    super(`${what} did not start (exit code ${exitCode})`);
    this.exitCode = exitCode;
  }
}

const root = join(import.meta.dirname, '..');
const IDENTITIES = ['alert', 'investigate', 'slack', 'chat', 'remediate', 'retest', 'patrol'] as const;
/** Long enough for a machine that is busy with other things. */
const READY_WITHIN_MS = 60_000;
/** Twice what the bot gives its work in hand to end (functions/local.ts, STOP_GRACE_MS), and a second; what hangs longer is ended. */
const STOP_WITHIN_MS = 5_000;
/**
 * Where memory is plenty V8 lets young objects fill 128 MiB before it looks, and the old ones twice what they need. Both capped, the bot holds half,
 * and an incident takes no longer (npm run bench).
 */
const FRUGAL = ['--max-semi-space-size=4', '--optimize-for-size'];

const sandboxReady = z.object({
  ready: z.literal(true),
  url: z.url(),
  connectTo: z.array(z.string()),
  /** By the way into the VPC. */
  vpcConnectTo: z.record(z.string(), z.array(z.string())),
  caFile: z.string(),
  dnsServers: z.array(z.string()),
});
const botReady = z.object({
  ready: z.literal(true),
  slackRequestUrl: z.url(),
  schedulerUrl: z.url(),
  publishUrl: z.url(),
  statusUrl: z.url(),
});

/** Made anew for every run, and known to nobody else. */
export type Secrets = ReturnType<typeof newSecrets>;

function newSecrets() {
  const tokens = Object.fromEntries(IDENTITIES.map((identity) => [identity, secret()]));
  return {
    tokens,
    slack: { botToken: `xoxb-${secret()}`, signingSecret: secret() },
    github: secret(),
    monitoring: secret(),
    scheduler: secret(),
    plan: keyPair(),
    approval: keyPair(),
  };
}

const secret = (): string => randomBytes(24).toString('base64url');

function keyPair(): { readonly privateKey: string; readonly publicKey: string } {
  return generateKeyPairSync('ed25519', {
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
}

/** @throws DidNotStart when it refuses its options, a port is taken or a scenario is unknown. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const secrets = newSecrets();
  const folder = mkdtempSync(join(tmpdir(), 'runmedic-'));
  const tokensFile = join(folder, 'tokens.json');
  const identityOf = (name: string) => `${name}@acme-runmedic.iam.gserviceaccount.com`;
  const tokens = Object.fromEntries(IDENTITIES.map((name) => [secrets.tokens[name], identityOf(name)]));
  const { slack, github, monitoring, scheduler } = secrets;
  writeFileSync(tokensFile, JSON.stringify({ tokens, slack, github, monitoring, scheduler }), { mode: 0o600 });
  const flags = [
    ...[`--scenario=${options.scenario}`, `--tokens=${tokensFile}`],
    ...(options.speed === undefined ? [] : [`--speed=${options.speed}`]),
    ...(options.headless ? ['--headless'] : []),
    ...(options.decision === undefined ? [] : [`--decision=${options.decision}`]),
    ...(options.port === undefined ? [] : [`--port=${options.port}`]),
  ];
  const child = start('the sandbox', ['sandbox/main.ts', ...flags], process.env);
  try {
    return { ...(await child.untilReady(sandboxReady)), ...child, secrets };
  } finally {
    // It has read them by now, and nothing else does.
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Starts every function against a sandbox. `stateFile`: where incidents live; in memory of the run when left out. */
export async function startBot(
  sandbox: Sandbox,
  options: { readonly config: string; readonly stateFile: string },
): Promise<Bot> {
  const { secrets, url } = sandbox;
  const child = start('the bot', [...FRUGAL, 'functions/local.ts'], {
    ...process.env,
    // As Cloud Functions sets it: what a server says of a request that it cannot read names no file of this machine.
    NODE_ENV: 'production',
    RUNMEDIC_CONFIG: options.config,
    RUNMEDIC_STATE_FILE: options.stateFile,
    RUNMEDIC_PUBSUB_PROJECT: 'acme-runmedic',
    RUNMEDIC_GOOGLE_ENDPOINT: url,
    RUNMEDIC_GITHUB_API_URL: `${url}/github`,
    RUNMEDIC_GITHUB_TOKEN: secrets.github,
    RUNMEDIC_SLACK_API_URL: `${url}/api/`,
    RUNMEDIC_CLOCK_URL: `${url}/time`,
    RUNMEDIC_CONNECT_TO: sandbox.connectTo.join(','),
    RUNMEDIC_CA_FILE: sandbox.caFile,
    RUNMEDIC_VPC_CONNECT_TO: JSON.stringify(sandbox.vpcConnectTo),
    RUNMEDIC_DNS_SERVERS: sandbox.dnsServers.join(','),
    RUNMEDIC_IDENTITY_TOKENS: JSON.stringify({
      ...secrets.tokens,
      monitoring: secrets.monitoring,
      scheduler: secrets.scheduler,
    }),
    SLACK_BOT_TOKEN: secrets.slack.botToken,
    SLACK_SIGNING_SECRET: secrets.slack.signingSecret,
    RUNMEDIC_PLAN_KEY: secrets.plan.privateKey,
    RUNMEDIC_PLAN_PUBLIC_KEY: secrets.plan.publicKey,
    RUNMEDIC_APPROVAL_KEY: secrets.approval.privateKey,
    RUNMEDIC_APPROVAL_PUBLIC_KEY: secrets.approval.publicKey,
  });
  return { ...(await child.untilReady(botReady)), ...child };
}

/** Tells the sandbox where the bot is, and lets the world run. */
export async function play(
  sandbox: Sandbox,
  { slackRequestUrl, schedulerUrl, publishUrl, statusUrl }: Bot,
): Promise<void> {
  await control(sandbox, 'connect', { slackRequestUrl, schedulerUrl, publishUrl, statusUrl });
  await control(sandbox, 'play', {});
}

/** One of the sandbox's own routes. @throws Error with what it answered. */
export async function control(
  sandbox: Sandbox,
  route: 'connect' | 'play' | 'run-until',
  body: unknown,
): Promise<unknown> {
  const response = await fetch(`${sandbox.url}/sandbox/${route}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`the sandbox refused ${route}: ${response.status} ${await response.text()}`);
  return response.json();
}

function start(what: string, args: readonly string[], env: NodeJS.ProcessEnv) {
  // Each ends when its stdin closes, so that nothing outlives whoever started it. Detached, they do not hear a terminal's Ctrl-C:
  // whoever started them does, and ends them in their order, so that neither is seen to fail because the other went first.
  const child = spawn(process.execPath, args, { cwd: root, env, stdio: ['pipe', 'pipe', 'inherit'], detached: true });
  const printed = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const early: string[] = [];
  return {
    process: child,
    lines: following(early, printed),
    stop: () => stopped(child),
    untilReady: async <T>(schema: z.ZodType<T>): Promise<T> => {
      try {
        const said = await Promise.race([readyLine(printed, early), late(what)]);
        if (said === undefined) throw new DidNotStart(what, await exited(child));
        return schema.parse(JSON.parse(said));
      } catch (error) {
        await stopped(child);
        throw error;
      }
    },
  };
}

/** The line in which a program says that it is ready; undefined when it ended first. What it says before that, a warning for one, is kept in `early`. */
async function readyLine(printed: AsyncIterator<string>, early: string[]): Promise<string | undefined> {
  for (let line = await printed.next(); line.done !== true; line = await printed.next()) {
    if (line.value.startsWith('{"ready":true')) return line.value;
    early.push(line.value);
  }
  return undefined;
}

async function* following(early: readonly string[], printed: AsyncIterator<string>): AsyncGenerator<string> {
  yield* early;
  for (let line = await printed.next(); line.done !== true; line = await printed.next()) yield line.value;
}

const exited = (child: ChildProcess): Promise<number> =>
  child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve(child.exitCode ?? 1)
    : new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 1)));

const late = (what: string): Promise<never> =>
  new Promise((_, reject) => {
    setTimeout(
      () => reject(new Error(`${what} said nothing within ${READY_WITHIN_MS / 1000} s`)),
      READY_WITHIN_MS,
    ).unref();
  });

async function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const end = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  const kill = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
  await end;
  clearTimeout(kill);
}
