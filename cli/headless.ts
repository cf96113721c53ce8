import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Bot, Child, Sandbox } from './laptop.ts';

/** World time without an incident after which a scenario counts as a day on which nothing breaks. */
const ALERT_WITHIN_HOURS = 2;
/** Machine time. The world jumps, so that hours of it take seconds: a run that is not over by then hangs. */
const OVER_WITHIN_MS = 300_000;

const LOOK_EVERY_MS = 250;
const SETTLE_EVERY_MS = 50;
const SETTLE_TRIES_MAX = 200;
const HOUR_MS = 3_600_000;

const statusAnswer = z.object({ queued: z.number(), inFlight: z.number() });
const timeAnswer = z.object({ now: z.iso.datetime() });

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
});
type Move = z.infer<typeof moveLine>;

/** What intake made of an alert, in the same log (functions/alert.ts). */
const alertLine = z.object({ message: z.literal('alert received'), verdict: z.string(), reason: z.string() });

/** What was heard of alerts and incidents so far. */
interface Heard {
  incidents: number;
  /** Why alerts opened nothing. */
  readonly unheeded: string[];
}

type End =
  | { readonly kind: 'over'; readonly move: Move }
  /** Somebody stopped it, and knows. */
  | { readonly kind: 'told' }
  /** In a sentence, and what to do. */
  | { readonly kind: 'no-outcome'; readonly why: string };

/**
 * Prints what happens, one JSON object a line, and last the outcome; none once it is `told` to stop. The exit code: 0 when users are served again, else 1.
 */
export async function headless(
  sandbox: Sandbox,
  bot: Bot,
  { scenario, told }: { readonly scenario: string; readonly told: AbortSignal },
): Promise<number> {
  const heard: Heard = { incidents: 0, unheeded: [] };
  const finished = new AbortController();
  // What the two print while they end is no part of what happened.
  const print = (line: string) => {
    if (!finished.signal.aborted) process.stdout.write(`${line}\n`);
  };
  try {
    const end = await Promise.race([
      endOf(bot, heard, print),
      tell(sandbox, print),
      quietDay(sandbox, { heard, scenario, over: finished.signal }),
      hung(finished.signal),
      untilTold(told),
    ]);
    if (end.kind === 'told') return 1;
    if (end.kind === 'no-outcome') {
      process.stderr.write(`${end.why}\n`);
      return 1;
    }
    await settled(bot);
    print(JSON.stringify(outcomeOf(end.move)));
    return end.move.outcome === 'resolved' ? 0 : 1;
  } finally {
    finished.abort();
  }
}

function outcomeOf({ outcome, rootCause, to, at, openedAt, actions, tried }: Move) {
  const seconds = Math.round((Date.parse(at) - Date.parse(openedAt)) / 1000);
  const made = to === 'closed' && outcome === 'resolved' ? actions : tried;
  return { outcome, rootCause: rootCause ?? null, actions: made, seconds };
}

async function endOf(bot: Bot, heard: Heard, print: (line: string) => void): Promise<End> {
  for await (const line of bot.lines) {
    print(line);
    const entry: unknown = line.startsWith('{') ? JSON.parse(line) : undefined;
    const alert = alertLine.safeParse(entry).data;
    if (alert?.verdict === 'ignored' || alert?.verdict === 'refused') heard.unheeded.push(alert.reason);
    const move = moveLine.safeParse(entry).data;
    if (move !== undefined) heard.incidents += 1;
    if (move?.outcome !== undefined) return { kind: 'over', move };
  }
  return { kind: 'no-outcome', why: 'the bot ended before there was an outcome; what it said about that is above' };
}

async function tell(sandbox: Child, print: (line: string) => void): Promise<End> {
  for await (const line of sandbox.lines) print(line);
  return { kind: 'no-outcome', why: 'the sandbox ended before there was an outcome; what it said about that is above' };
}

/** Ends a day on which nothing breaks, and no other. */
async function quietDay(
  { url }: Sandbox,
  { heard, scenario, over }: { readonly heard: Heard; readonly scenario: string; readonly over: AbortSignal },
): Promise<End> {
  let untilMs: number | undefined;
  while (heard.incidents === 0) {
    const nowMs = await worldMs(url);
    if (nowMs !== undefined) untilMs ??= nowMs + ALERT_WITHIN_HOURS * HOUR_MS;
    if (nowMs !== undefined && untilMs !== undefined && nowMs >= untilMs)
      return { kind: 'no-outcome', why: whyQuiet(heard, scenario) };
    await sleep(LOOK_EVERY_MS, undefined, { signal: over });
  }
  return new Promise<never>(() => {});
}

async function worldMs(url: string): Promise<number | undefined> {
  try {
    return Date.parse(timeAnswer.parse(await (await fetch(`${url}/time`)).json()).now);
  } catch {
    // A sandbox that has ended: whoever reads its lines says so.
    return undefined;
  }
}

function whyQuiet({ unheeded }: Heard, scenario: string): string {
  const since = `within ${ALERT_WITHIN_HOURS} h of the world's time`;
  const [reason] = unheeded;
  if (reason !== undefined)
    return `no incident was opened ${since}, so there is no outcome: ${unheeded.length} alerts came and none was taken up, the first because: ${reason}`;
  return `no alert came ${since}, so there is no outcome: nothing breaks in ${scenario}. \`npm run diagnose -- --scenario ${scenario}\` shows what there is to be seen in it.`;
}

async function untilTold(told: AbortSignal): Promise<End> {
  if (!told.aborted) await once(told, 'abort');
  return { kind: 'told' };
}

async function hung(over: AbortSignal): Promise<End> {
  await sleep(OVER_WITHIN_MS, undefined, { signal: over });
  return {
    kind: 'no-outcome',
    why: `no outcome within ${OVER_WITHIN_MS / 1000} s: this should not happen; the lines above say how far it came`,
  };
}

/** Lets the last card and its thread reach the channel. */
async function settled({ statusUrl }: Bot): Promise<void> {
  for (let tries = 0; tries < SETTLE_TRIES_MAX; tries += 1) {
    const status = statusAnswer.parse(await (await fetch(statusUrl)).json());
    if (status.queued + status.inFlight === 0) return;
    await sleep(SETTLE_EVERY_MS);
  }
}
