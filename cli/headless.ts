import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { type End, endOf, type Heard, type Move, settled } from './end-of-run.ts';
import type { Bot, Child, Sandbox } from './laptop.ts';

/** World time without an incident after which a scenario counts as a day on which nothing breaks. */
const ALERT_WITHIN_HOURS = 2;
/** Machine time. The world jumps, so that hours of it take seconds: a run that is not over by then hangs. */
const OVER_WITHIN_MS = 300_000;

const LOOK_EVERY_MS = 250;
const HOUR_MS = 3_600_000;

const timeAnswer = z.object({ now: z.iso.datetime() });

/**
 * Prints what happens, one JSON object a line, and last the outcome; none once it is `told` to stop. The exit code: 0 when users are served again, else 1.
 */
export async function headless(
  sandbox: Sandbox,
  bot: Bot,
  { scenario, told }: { readonly scenario: string; readonly told: AbortSignal },
): Promise<number> {
  const heard: Heard = { incidents: 0, unheeded: [], held: undefined };
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
    if (end.kind === 'no-outcome') process.stderr.write(`${end.why}\n`);
    // Whatever ended the run: that people were called stands, and is its outcome.
    const move = end.kind === 'over' ? end.move : heard.held;
    if (move === undefined) return 1;
    await settled(bot);
    print(JSON.stringify(outcomeOf(move)));
    return move.outcome === 'resolved' ? 0 : 1;
  } finally {
    finished.abort();
  }
}

function outcomeOf({ outcome, rootCause, to, at, openedAt, actions, tried }: Move) {
  const seconds = Math.round((Date.parse(at) - Date.parse(openedAt)) / 1000);
  const made = to === 'closed' && outcome === 'resolved' ? actions : tried;
  return { outcome, rootCause: rootCause ?? null, actions: made, seconds };
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
