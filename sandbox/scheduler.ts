import { type BotConnection, postJson } from './bot-connection.ts';
import type { EventLog } from './event-log.ts';
import type { WorldTime } from './time.ts';

const MINUTE_MS = 60_000;
/** Cloud Scheduler's default for HTTP targets is 180 s. @see https://cloud.google.com/scheduler/docs/reference/rest/v1/projects.locations.jobs (read 2026-11-23) */
const ATTEMPT_DEADLINE_MS = 180_000;

export interface Scheduler {
  start(): void;
  /** Calls under way: 0 or 1, as a minute is left out while the call before it runs. */
  inFlight(): number;
}

/** Cloud Scheduler: calls the bot at every full minute of the world's time, never two calls at once. */
export function createScheduler(options: {
  readonly time: WorldTime;
  readonly bot: BotConnection;
  readonly log: EventLog;
  readonly bearer: string;
}): Scheduler {
  const { time, bot, log } = options;
  let inFlight = 0;

  function waitForNextMinute(): void {
    time.at((Math.floor(time.nowMs() / MINUTE_MS) + 1) * MINUTE_MS, () => {
      waitForNextMinute();
      void call();
    });
  }

  async function call(): Promise<void> {
    const url = bot.addresses()?.schedulerUrl;
    if (url === undefined || inFlight > 0) return;
    inFlight += 1;
    const answer = await postJson({ url, bearer: options.bearer, body: {}, timeoutMs: ATTEMPT_DEADLINE_MS });
    inFlight -= 1;
    if (answer.kind === 'failed') log.append({ source: 'scheduler', type: 'call-failed', detail: answer.detail });
    else if (answer.status >= 300)
      log.append({ source: 'scheduler', type: 'call-failed', detail: `status ${answer.status}` });
  }

  return { start: waitForNextMinute, inFlight: () => inFlight };
}
