import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { type Bot, DidNotStart, play, type Sandbox, startBot, startSandbox } from './cli/laptop.ts';

const USAGE = `npm start -- [--scenario NAME|FILE] [--speed N] [--headless] [--decision approve|reject|ignore] [--port N]`;
/** A headless run that is not over by then hangs: the world jumps, so that hours of it take seconds. */
const HEADLESS_WITHIN_MS = 300_000;

const SETTLE_EVERY_MS = 50;
const SETTLE_TRIES_MAX = 200;
const statusAnswer = z.object({ queued: z.number(), inFlight: z.number() });

/** What a move of an incident says in the bot's log. */
interface Move {
  readonly message: string;
  readonly to: string;
  readonly at: string;
  readonly openedAt: string;
  readonly rootCause?: string;
  readonly actions?: readonly string[];
  readonly tried?: readonly string[];
  readonly outcome?: string;
}

const options = readOptions();
const folder = mkdtempSync(join(tmpdir(), 'runmedic-state-'));
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
    return options.headless ? await headless(sandbox, bot) : await untilStopped(sandbox, bot);
  } finally {
    for (const stop of stops) await stop();
  }
}

/** Prints what happens, one JSON object a line, and last the outcome. 0 when users are served again. */
async function headless(sandbox: Sandbox, bot: Bot): Promise<number> {
  let over = false;
  const print = (line: string) => {
    if (!over) process.stdout.write(`${line}\n`);
  };
  void (async () => {
    for await (const line of sandbox.lines) print(line);
  })();
  const hung = globalThis.setTimeout(() => {
    process.stderr.write(
      `no outcome within ${HEADLESS_WITHIN_MS / 1000} s: this should not happen; the lines above say how far it came\n`,
    );
    bot.process.kill('SIGTERM');
  }, HEADLESS_WITHIN_MS);
  try {
    for await (const line of bot.lines) {
      print(line);
      const move = moveIn(line);
      if (move?.outcome === undefined) continue;
      await settled(bot);
      const seconds = Math.round((Date.parse(move.at) - Date.parse(move.openedAt)) / 1000);
      const actions = move.to === 'closed' && move.outcome === 'resolved' ? (move.actions ?? []) : (move.tried ?? []);
      print(JSON.stringify({ outcome: move.outcome, rootCause: move.rootCause ?? null, actions, seconds }));
      // What the two print while they end is no part of what happened.
      over = true;
      return move.outcome === 'resolved' ? 0 : 1;
    }
    return 1;
  } finally {
    clearTimeout(hung);
  }
}

/** Lets the last card and its thread reach the channel. */
async function settled({ statusUrl }: Bot): Promise<void> {
  for (let tries = 0; tries < SETTLE_TRIES_MAX; tries += 1) {
    const status = statusAnswer.parse(await (await fetch(statusUrl)).json());
    if (status.queued + status.inFlight === 0) return;
    await setTimeout(SETTLE_EVERY_MS);
  }
}

function moveIn(line: string): Move | undefined {
  if (!line.startsWith('{')) return undefined;
  // Sound: the bot's log is one JSON object a line, and this message has these fields (logged-store.ts).
  const entry = JSON.parse(line) as Move;
  return entry.message === 'incident moved' ? entry : undefined;
}

async function untilStopped(sandbox: Sandbox, bot: Bot): Promise<number> {
  process.stdout.write(`runmedic plays ${options.scenario}. Open ${sandbox.url} and watch; Ctrl-C ends it.\n`);
  for (const child of [sandbox, bot])
    void (async () => {
      for await (const _ of child.lines);
    })();
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve(0));
    for (const child of [sandbox, bot]) child.process.once('exit', (code) => resolve(code ?? 1));
  });
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
    const number = (name: 'speed' | 'port') => (values[name] === undefined ? undefined : Number(values[name]));
    return { ...values, decision: values.decision, speed: number('speed'), port: number('port') };
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\nusage: ${USAGE}\n`);
    process.exit(2);
  }
}
