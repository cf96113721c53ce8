import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Bot } from './laptop.ts';

const STATUS_EVERY_MS = 50;
/** Machine time: the last card and its thread take a second or two on a busy machine. */
const SETTLE_TRIES_MAX = 200;
/** In a row; then the bot is taken to be gone. One may be lost to a connection that it closed. */
const SILENT_TRIES_MAX = 5;

/** What a move of an incident says in the bot's log (shared/adapters/log/logged-store.ts). */
const moveLine = z.object({
  message: z.literal('incident moved'),
  to: z.string(),
  at: z.iso.datetime(),
  openedAt: z.iso.datetime(),
  rootCause: z.string().optional(),
  actions: z.array(z.string()).default([]),
  tried: z.array(z.string()).default([]),
  outcome: z.enum(['resolved', 'declined', 'escalated']).optional(),
  reason: z.string().optional(),
});
export type Move = z.infer<typeof moveLine>;

/** What intake made of an alert, in the same log (functions/alert.ts). */
const alertLine = z.object({ message: z.literal('alert received'), verdict: z.string(), reason: z.string() });

const statusAnswer = z.object({ queued: z.number(), inFlight: z.number() });

/** What was heard of alerts and incidents so far. */
export interface Heard {
  incidents: number;
  /** Why alerts opened nothing. */
  readonly unheeded: string[];
  /** People were called for want of an answer, and it may still come: the end only where it does not. */
  held: Move | undefined;
}

export type End =
  | { readonly kind: 'over'; readonly move: Move }
  /** Somebody stopped it, and knows. */
  | { readonly kind: 'told' }
  /** In a sentence, and what to do. */
  | { readonly kind: 'no-outcome'; readonly why: string };

/** Reads the bot's lines up to the move that ended its incident. */
export async function endOf(
  bot: Pick<Bot, 'lines' | 'statusUrl'>,
  heard: Heard,
  print: (line: string) => void,
): Promise<End> {
  const lines = bot.lines[Symbol.asyncIterator]();
  let wait = noWait;
  try {
    for (let next = lines.next(); ; next = lines.next()) {
      const came = await Promise.race([next, wait.over]);
      if (came === 'nothing comes') break;
      if (came.done === true) break;
      print(came.value);
      const move = heardIn(came.value, heard);
      if (move?.outcome !== undefined && !mayStillCome(move)) return { kind: 'over', move };
      if (move !== undefined) {
        heard.held = move.outcome === undefined ? undefined : move;
        wait.stop();
        wait = heard.held === undefined ? noWait : untilIdle(bot.statusUrl);
      }
    }
  } finally {
    wait.stop();
  }
  return heard.held === undefined
    ? { kind: 'no-outcome', why: 'the bot ended before there was an outcome; what it said about that is above' }
    : { kind: 'over', move: heard.held };
}

/** A late answer counts (shared/incident/awaited-look.ts): the look that was given up may be under way. */
const mayStillCome = ({ reason }: Move): boolean => reason === 'investigation-failed';

function heardIn(line: string, heard: Heard): Move | undefined {
  const entry: unknown = line.startsWith('{') ? JSON.parse(line) : undefined;
  const alert = alertLine.safeParse(entry).data;
  if (alert?.verdict === 'ignored' || alert?.verdict === 'refused') heard.unheeded.push(alert.reason);
  const move = moveLine.safeParse(entry).data;
  if (move !== undefined) heard.incidents += 1;
  return move;
}

interface Wait {
  readonly over: Promise<'nothing comes'>;
  readonly stop: () => void;
}

const NEVER = new Promise<never>(() => {});
const noWait: Wait = { over: NEVER, stop: () => {} };

/** Until nothing is under way in the bot that could still bring an answer. */
function untilIdle(statusUrl: string): Wait {
  const stopping = new AbortController();
  return { over: idle(statusUrl, stopping.signal), stop: () => stopping.abort() };
}

async function idle(statusUrl: string, abort: AbortSignal): Promise<'nothing comes'> {
  // Twice in a row: what it did last is printed by the second time.
  for (let times = 0; times < 2; times = (await busyness(statusUrl)) === 'idle' ? times + 1 : 0) {
    await sleep(STATUS_EVERY_MS);
    if (abort.aborted) return NEVER;
  }
  return 'nothing comes';
}

async function busyness(statusUrl: string): Promise<'idle' | 'busy' | 'silent'> {
  try {
    const { queued, inFlight } = statusAnswer.parse(await (await fetch(statusUrl)).json());
    return queued + inFlight === 0 ? 'idle' : 'busy';
  } catch {
    // A bot that has ended, or is about to: whoever reads its lines hears of it.
    return 'silent';
  }
}

/** Lets the last card and its thread reach the channel; goes on where the bot is gone. */
export async function settled({ statusUrl }: Pick<Bot, 'statusUrl'>): Promise<void> {
  let silent = 0;
  for (let tries = 0; tries < SETTLE_TRIES_MAX && silent < SILENT_TRIES_MAX; tries += 1) {
    const now = await busyness(statusUrl);
    if (now === 'idle') return;
    silent = now === 'silent' ? silent + 1 : 0;
    await sleep(STATUS_EVERY_MS);
  }
}
