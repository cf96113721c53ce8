import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { type Bot, control, play, type Sandbox, startBot, startSandbox } from '../../cli/laptop.ts';
import type { SlackOnPage } from '../../sandbox/page/page-state.ts';
import { eventually } from './eventually.ts';
import { type Story, storyIn } from './story.ts';

export const EXAMPLE = join(import.meta.dirname, '../../examples/acme-staging.yaml');

/** Metrics arrive up to 240 s late (Google's metric list, metadata.ingestDelay, read 2026-11-23); by then the cause is to be seen. */
const METRICS_LATE_SECONDS = 240;
/** What somebody in a hurry lets pass at once: less than the minute between two looks of the bot. */
const STRIDE_SECONDS = 10;
const STRIDES_MAX = 200;
/** A bot at work is not outrun by the world, however busy the machine; it may be waiting for the world's time, though. */
const AT_WORK_MS = 500;

const statusAnswer = z.object({ queued: z.number(), inFlight: z.number(), deadLetters: z.number() });

export interface LaptopOptions {
  readonly scenario?: string;
  readonly config?: string;
  /** What the simulated on-call does in a run that jumps; without it somebody clicks, and time runs. */
  readonly decision?: 'approve' | 'reject' | 'ignore';
}

/** Sandbox and bot as `npm start` runs them, and what a test can see of both. */
export interface Laptop {
  readonly sandbox: Sandbox;
  readonly bot: Bot;
  readonly stateFile: string;
  /** What the bot logged so far. */
  readonly log: readonly string[];
  readonly story: () => Promise<Story>;
  readonly status: () => Promise<z.infer<typeof statusAnswer>>;
  /** Lets the world break and the metrics of that arrive, before the bot is connected: its first look finds the cause. */
  readonly breakFirst: () => Promise<void>;
  /** @param slackRequestUrl where Slack sends interactions; to the bot when left out. */
  readonly play: (slackRequestUrl?: string) => Promise<void>;
  /** Lets so much world time pass at once. */
  readonly pass: (seconds: number) => Promise<void>;
  /** Lets world time pass until there is something to be seen. */
  readonly hurry: <T>(what: string, look: () => Promise<T | undefined | false>) => Promise<T>;
  readonly stop: () => Promise<void>;
}

export async function startLaptop({ scenario, config, decision }: LaptopOptions = {}): Promise<Laptop> {
  const folder = mkdtempSync(join(tmpdir(), 'runmedic-e2e-'));
  const stateFile = join(folder, 'runmedic.sqlite');
  const sandbox = await startSandbox({
    scenario: scenario ?? 'staging-503',
    speed: undefined,
    headless: decision !== undefined,
    decision,
    port: 0,
  });
  const bot = await startBot(sandbox, { config: config ?? EXAMPLE, stateFile }).catch(async (error: unknown) => {
    await sandbox.stop();
    throw error;
  });
  const log: string[] = [];
  for (const [child, kept] of [[sandbox, []] as const, [bot, log] as const])
    void (async () => {
      for await (const line of child.lines) (kept as string[]).push(line);
    })();
  const getText = async (path: string) => (await fetch(`${sandbox.url}${path}`)).text();
  const status = async () => statusAnswer.parse(await (await fetch(bot.statusUrl)).json());
  return {
    sandbox,
    bot,
    stateFile,
    log,
    story: async () => storyIn((await getText('/sandbox/events')).split('\n').slice(0, -1)),
    status,
    breakFirst: async () => {
      await control(sandbox, 'run-until', { alert: true, thenSeconds: METRICS_LATE_SECONDS });
    },
    play: (slackRequestUrl) => play(sandbox, { ...bot, slackRequestUrl: slackRequestUrl ?? bot.slackRequestUrl }),
    pass: async (thenSeconds) => void (await control(sandbox, 'run-until', { thenSeconds })),
    hurry: (what, look) => {
      let strides = 0;
      let strodeMs = performance.now();
      return eventually(what, async () => {
        const seen = await look();
        if (seen !== undefined && seen !== false) return seen;
        const { queued, inFlight } = await status();
        if (queued + inFlight > 0 && performance.now() - strodeMs < AT_WORK_MS) return undefined;
        strides += 1;
        strodeMs = performance.now();
        if (strides <= STRIDES_MAX) await control(sandbox, 'run-until', { thenSeconds: STRIDE_SECONDS });
        return undefined;
      });
    },
    stop: async () => {
      await bot.stop();
      await sandbox.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

/** The workspace as the page is sent it, once. */
export async function slackNow({ url }: Sandbox): Promise<SlackOnPage> {
  const abort = new AbortController();
  const { body } = await fetch(`${url}/page/stream`, { signal: abort.signal });
  if (body === null) throw new Error('the page has no stream');
  let read = '';
  for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
    read += chunk;
    const sent = /event: slack\ndata: (.*)\n\n/.exec(read)?.[1];
    if (sent === undefined) continue;
    abort.abort();
    // Sound: the sandbox sends exactly this (sandbox/page/page-routes.ts).
    return JSON.parse(sent) as SlackOnPage;
  }
  throw new Error('the stream of the page ended before it said anything');
}
