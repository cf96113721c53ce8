import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';

const statusSchema = z.object({ queued: z.number(), inFlight: z.number(), activity: z.number() });
type BotStatus = z.infer<typeof statusSchema>;

/** Machine time between two looks at the bot. */
const LOOK_EVERY_MS = 10;
const STATUS_TIMEOUT_MS = 2000;

/**
 * Jumps whenever nobody has anything to do before the next due moment: all that the bot has in hand sleeps,
 * its activity counter stood still between two looks, and nothing of the sandbox's own is under way.
 * Runs until `stop` aborts.
 */
export async function jumpWhenIdle(options: {
  readonly statusUrl: () => string | undefined;
  readonly sleepers: () => number;
  /** Calls of the sandbox to the bot that are not answered yet. */
  readonly inFlight: () => number;
  readonly jump: () => void;
  readonly stop: AbortSignal;
}): Promise<void> {
  let before: BotStatus | undefined;
  while (!options.stop.aborted) {
    await sleep(LOOK_EVERY_MS);
    const status = await readStatus(options.statusUrl());
    const stoodStill = status !== undefined && before?.activity === status.activity;
    const sleepsAll = status !== undefined && status.queued + status.inFlight === options.sleepers();
    const isIdle = stoodStill && sleepsAll && options.inFlight() === 0 && !options.stop.aborted;
    if (isIdle) options.jump();
    before = isIdle ? undefined : status;
  }
}

/** undefined while the bot is not connected or does not answer: then time just goes on ticking. */
async function readStatus(url: string | undefined): Promise<BotStatus | undefined> {
  if (url === undefined) return undefined;
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(STATUS_TIMEOUT_MS) });
    return statusSchema.parse(await response.json());
  } catch {
    // A bot that is starting or has ended: whoever started it sees to that.
    return undefined;
  }
}
