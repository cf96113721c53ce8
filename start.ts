import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { headless } from './cli/headless.ts';
import { type Bot, DidNotStart, play, type Sandbox, startBot, startSandbox } from './cli/laptop.ts';

const USAGE = `npm start -- [--scenario NAME|FILE] [--speed N] [--headless] [--decision approve|reject|ignore] [--port N]`;

const options = readOptions();
const folder = mkdtempSync(join(tmpdir(), 'runmedic-state-'));
// From the first moment on, so that whatever is started is also ended.
const told = new Promise<void>((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
});
process.exitCode = await run().catch((error: unknown) => {
  if (error instanceof DidNotStart) return error.exitCode;
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  return 1;
});
rmSync(folder, { recursive: true, force: true });

async function run(): Promise<number> {
  const sandbox = await startSandbox(options);
  const stops: (() => Promise<void>)[] = [sandbox.stop];
  try {
    const bot = await startBot(sandbox, {
      config: join(import.meta.dirname, 'examples', 'acme-staging.yaml'),
      stateFile: join(folder, 'runmedic.sqlite'),
    });
    stops.unshift(bot.stop);
    await play(sandbox, bot);
    return options.headless
      ? await Promise.race([headless(sandbox, bot, options.scenario), told.then(() => 1)])
      : await untilStopped(sandbox, bot);
  } finally {
    for (const stop of stops) await stop();
  }
}

async function untilStopped(sandbox: Sandbox, bot: Bot): Promise<number> {
  process.stdout.write(`runmedic plays ${options.scenario}. Open ${sandbox.url} and watch; Ctrl-C ends it.\n`);
  for (const child of [sandbox, bot])
    void (async () => {
      for await (const _ of child.lines);
    })();
  const ended = [sandbox, bot].map(({ process: child }) => once(child, 'exit').then(([code]) => Number(code ?? 1)));
  return Promise.race([told.then(() => 0), ...ended]);
}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        scenario: { type: 'string', default: 'staging-503' },
        speed: { type: 'string' },
        headless: { type: 'boolean', default: false },
        decision: { type: 'string' },
        port: { type: 'string' },
      },
    });
    return { ...values, decision: values.decision, speed: values.speed, port: values.port };
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\nusage: ${USAGE}\n`);
    process.exit(2);
  }
}
