import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { type Bot, play, type Sandbox } from '../../cli/laptop.ts';
import { SATURATED_POINTS } from '../../shared/diagnosis/connector-saturated.ts';
import { exampleEnvironment, onCase } from './case.ts';
import { residentMib, residentPeakMib } from './resident-memory.ts';

export interface Recovery {
  readonly outcome: string;
  /** World time since the notification at which each was reached. */
  readonly seconds: {
    readonly diagnosed: number;
    readonly approved: number;
    readonly changed: number;
    readonly resolved: number;
  };
  /** From approval to the proof of recovery, and the least that the world lets it be; seconds of world time. */
  readonly healing: {
    readonly tookSeconds: number;
    /** The operations themselves. */
    readonly operationSeconds: number;
    /** From their end until every service served again; it passes within the window. */
    readonly servedSeconds: number;
    /** From the operations' end until proof can be there: what the rule wants to have seen, arrived, and as many looks apart as the policy asks for. */
    readonly windowSeconds: number;
  };
  /** How many looks at everything the diagnosis took. */
  readonly looks: number;
  /** Those of every look of the incident, verification included, as the card's footer says in the end. */
  readonly googleCalls: { readonly total: number; readonly logReads: number };
  /** Machine time of the whole run, both programs' starts and ends included. */
  readonly wallSeconds: number;
  readonly botMib: {
    readonly ready: number;
    readonly diagnosed: number;
    readonly resolved: number;
    readonly peak: number | undefined;
  };
}

/** Connector metrics arrive up to 240 s late (Google's metric list, metadata.ingestDelay, read 2026-11-23). */
const METRICS_LATE_SECONDS = 240;
/** How long the rule of the case wants to have seen the connector since the change: points of a minute each. */
const SEEN_SECONDS = SATURATED_POINTS * 60;
const WITHIN_MS = 60_000;
/** The last card and its thread still go out. */
const SETTLE_MS = 500;

/** What the bot's log says of each move of an incident (shared/adapters/log/logged-store.ts). */
const moved = z.object({
  message: z.literal('incident moved'),
  event: z.string(),
  to: z.string(),
  at: z.iso.datetime(),
  openedAt: z.iso.datetime(),
  outcome: z.string().optional(),
  googleCalls: z.object({ total: z.int(), logReads: z.int() }),
});
type Move = z.infer<typeof moved>;

/** What the sandbox says of its world (sandbox/watch-world.ts). */
const happened = z.object({ source: z.literal('world'), at: z.iso.datetime(), type: z.string() });
type Happened = z.infer<typeof happened>;

/** One incident from notification to its end, with a simulated on-call who approves; the world jumps whenever nobody has anything to do. */
export async function recovery(played: {
  readonly scenario: string;
  readonly speed: number | undefined;
}): Promise<Recovery> {
  const startedMs = performance.now();
  const run = await onCase({ ...played, headless: true }, async (sandbox, startBot) => {
    const bot = await startBot();
    const ready = memoryOf(bot);
    return { ready, ...(await followed(sandbox, bot)) };
  });
  const { moves, world, ready, diagnosed, resolved, peak, googleCalls } = run;
  const since = (is: (move: Move) => boolean): number => secondsUntil(moves, is);
  return {
    outcome: moves.at(-1)?.outcome ?? 'none',
    seconds: {
      diagnosed: since(({ to }) => to === 'awaiting-approval'),
      approved: since(({ to }) => to === 'executing'),
      changed: since(({ to }) => to === 'verifying'),
      resolved: since(({ outcome }) => outcome === 'resolved'),
    },
    healing: healingIn(moves, world),
    looks: moves.filter(({ event }) => event === 'investigated').length,
    googleCalls,
    wallSeconds: (performance.now() - startedMs) / 1000,
    botMib: { ready, diagnosed, resolved, peak },
  };
}

/** Follows the incident to its end, and the bot's memory with it. */
async function followed(sandbox: Sandbox, bot: Bot) {
  const world: Happened[] = [];
  void (async () => {
    for await (const line of sandbox.lines) {
      const event = happened.safeParse(line.startsWith('{') ? JSON.parse(line) : undefined).data;
      if (event !== undefined) world.push(event);
    }
  })();
  await play(sandbox, bot);
  const moves: Move[] = [];
  let diagnosed = 0;
  const hung = setTimeout(() => bot.process.kill('SIGTERM'), WITHIN_MS);
  for await (const line of bot.lines) {
    const move = moved.safeParse(line.startsWith('{') ? JSON.parse(line) : undefined).data;
    if (move === undefined) continue;
    moves.push(move);
    if (move.to === 'awaiting-approval') diagnosed = memoryOf(bot);
    if (move.outcome !== undefined) break;
  }
  clearTimeout(hung);
  await sleep(SETTLE_MS);
  const memory = { diagnosed, resolved: memoryOf(bot), peak: residentPeakMib(bot.process.pid) };
  return { moves, world, ...memory, googleCalls: moves.at(-1)?.googleCalls ?? { total: 0, logReads: 0 } };
}

function healingIn(moves: readonly Move[], world: readonly Happened[]): Recovery['healing'] {
  const secondsAt = ({ at }: { readonly at: string } = { at: '' }) => Date.parse(at) / 1000;
  const approvedAt = secondsAt(moves.find(({ to }) => to === 'executing'));
  const provenAt = secondsAt(moves.find(({ outcome }) => outcome === 'resolved'));
  const since = world.filter((event) => secondsAt(event) >= approvedAt && secondsAt(event) <= provenAt);
  const [started, done, served] = ['operation-started', 'operation-done', 'service-serving'].map((type) =>
    secondsAt(since.findLast((event) => event.type === type)),
  ) as [number, number, number];
  const { checks, everySeconds } = exampleEnvironment().verification;
  return {
    tookSeconds: provenAt - approvedAt,
    operationSeconds: done - started,
    servedSeconds: Math.max(0, served - done),
    windowSeconds: SEEN_SECONDS + METRICS_LATE_SECONDS + (checks - 1) * everySeconds,
  };
}

/** @throws Error when it never came to that. */
function secondsUntil(moves: readonly Move[], is: (move: Move) => boolean): number {
  const move = moves.find(is);
  if (move !== undefined) return (Date.parse(move.at) - Date.parse(move.openedAt)) / 1000;
  const last = moves.at(-1);
  throw new Error(
    `the incident did not come to its end: after ${moves.length} moves it was ${last?.to ?? 'not opened'}`,
  );
}

function memoryOf(bot: Bot): number {
  const mib = residentMib(bot.process.pid);
  if (mib === undefined) throw new Error('the bot ended before its time, or its memory cannot be read here');
  return mib;
}
