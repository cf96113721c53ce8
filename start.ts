import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { command } from './cli/command.ts';
import { headless } from './cli/headless.ts';
import { keepLog } from './cli/keep-log.ts';
import {
  type Bot,
  DidNotStart,
  play,
  type Sandbox,
  type SandboxOptions,
  startBot,
  startSandbox,
} from './cli/laptop.ts';

const usage = `Plays an incident on this machine: a Google Cloud project, a Slack workspace, and runmedic between them.

  npm start                                        prints the address of a page, on which you watch and decide
  npm start -- [--scenario NAME|FILE] [--speed N] [--port N]
  npm start -- --headless [--decision approve|reject|ignore] [--scenario NAME|FILE] [--speed N] [--port N]

--scenario NAME|FILE  a shipped scenario, or a file (sandbox/scenarios/README.md lists and explains them); staging-503 when left out
--speed N             seconds of the world in a second; 30 when left out
--port N              the page's port; 0, or left out: any that is free
--headless            a simulated on-call decides, and the world jumps while nothing moves; one JSON object a line, the last one the outcome;
                      exit code 0 when resolved, else 1
--decision WHAT       what the simulated on-call does: approve, reject or ignore; approve when left out
`;
const flags = {
  scenario: { type: 'string', default: 'staging-503' },
  speed: { type: 'string' },
  headless: { type: 'boolean', default: false },
  decision: { type: 'string' },
  port: { type: 'string' },
} as const;

// From the first moment on, so that whatever is started is also ended; and to the last, as one Ctrl-C comes more than once
// (from the terminal, and again from npm and run.mjs), and a signal that nobody listens for would end the clearing away.
const told = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => told.abort());
process.exitCode = await command({ usage, options: flags, allowPositionals: false }, ({ values }) => {
  const { speed, decision, port } = values;
  return run({ ...values, speed, decision, port });
}).catch((error: unknown) => {
  if (error instanceof DidNotStart) return error.exitCode;
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  return 1;
});

async function run(options: SandboxOptions): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'runmedic-state-'));
  const stops: (() => Promise<void>)[] = [];
  try {
    const sandbox = await startSandbox(options);
    stops.unshift(sandbox.stop);
    const bot = await startBot(sandbox, {
      config: join(import.meta.dirname, 'examples', 'acme-staging.yaml'),
      stateFile: join(folder, 'runmedic.sqlite'),
    });
    stops.unshift(bot.stop);
    if (told.signal.aborted) return options.headless ? 1 : 0;
    await play(sandbox, bot);
    return options.headless
      ? await headless(sandbox, bot, { scenario: options.scenario, told: told.signal })
      : await untilStopped(sandbox, bot, options.scenario);
  } finally {
    for (const stop of stops) await stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function untilStopped(sandbox: Sandbox, bot: Bot, scenario: string): Promise<number> {
  // It stays when the rest is cleared away: what went wrong is often asked only then.
  const log = join(mkdtempSync(join(tmpdir(), 'runmedic-log-')), 'bot.log');
  process.stdout.write(
    `runmedic plays ${scenario}. Open ${sandbox.url} and watch; Ctrl-C ends it. Its log is ${log}\n`,
  );
  void keepLog(bot, log);
  void (async () => {
    for await (const _ of sandbox.lines);
  })();
  const ended = Object.entries({ sandbox, bot }).map(async ([name, { process: child }]) => {
    const [code, signal] = await once(child, 'exit');
    if (!told.signal.aborted)
      process.stderr.write(
        `the ${name} ended by itself (${signal ?? `exit code ${code}`}), and so this run ends; what it said last is in ${log}\n`,
      );
    return Number(code ?? 1);
  });
  return Promise.race([once(told.signal, 'abort').then(() => 0), ...ended]);
}
