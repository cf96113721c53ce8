import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { control, play, type Sandbox } from '../../cli/laptop.ts';
import { CASE, ignoring, onCase } from './case.ts';

/** Machine time from the notification until the channel shows it. */
export interface FirstCard {
  readonly cardMs: number;
  /** Root cause and change, with its buttons. */
  readonly diagnosisMs: number;
  /** Calls to Google's APIs until then, by API. */
  readonly googleCalls: Readonly<Record<string, number>>;
}

/** How often the channel is read: what the times are exact to. */
const READ_EVERY_MS = 20;
const SHOWN_WITHIN_MS = 30_000;

/** What a card says once there is something to decide on (shared/report/words.ts). */
const DIAGNOSED = 'Approval needed';

const sentEvent = z.looseObject({ source: z.string(), type: z.string() });
const cardEvent = z.object({ text: z.string(), threadTs: z.undefined().optional() });
const worldAnswer = z.object({ calls: z.array(z.object({ permission: z.string().optional() })) });

/** One notification at speed 1, from Cloud Monitoring's publishing until the channel shows a diagnosis. */
export function firstCard(): Promise<FirstCard> {
  return onCase({ scenario: CASE, speed: 1, headless: false }, async (sandbox, startBot) => {
    // Before the bot is there, so that nobody waits for it: the notification is held back until it can be published.
    await control(sandbox, 'run-until', { alert: true, thenSeconds: 0 });
    const bot = await startBot();
    ignoring(sandbox);
    ignoring(bot);
    const notifiedMs = performance.now();
    await play(sandbox, bot);
    const cardMs = (await shown(sandbox, () => true)) - notifiedMs;
    const diagnosisMs = (await shown(sandbox, ({ text }) => text.includes(DIAGNOSED))) - notifiedMs;
    return { cardMs, diagnosisMs, googleCalls: await callsByApi(sandbox) };
  });
}

type Shown = z.infer<typeof cardEvent>;

/** When the channel first showed a card such as this. @throws Error when it does not within SHOWN_WITHIN_MS. */
async function shown(sandbox: Sandbox, isSuch: (card: Shown) => boolean): Promise<number> {
  const untilMs = performance.now() + SHOWN_WITHIN_MS;
  for (;;) {
    const seen = await cards(sandbox);
    const nowMs = performance.now();
    if (seen.some(isSuch)) return nowMs;
    if (nowMs > untilMs)
      throw new Error(
        `the channel did not show it within ${SHOWN_WITHIN_MS / 1000} s; last it said: ${seen.at(-1)?.text}`,
      );
    await sleep(READ_EVERY_MS);
  }
}

/** Every state that a card was in so far, oldest first; replies in its thread are none. */
async function cards({ url }: Sandbox): Promise<readonly Shown[]> {
  const lines = (await (await fetch(`${url}/sandbox/events`)).text()).split('\n').filter((line) => line !== '');
  return lines.flatMap((line) => {
    const { source, type, ...fields } = sentEvent.parse(JSON.parse(line));
    const isMessage = source === 'slack' && (type === 'message-posted' || type === 'message-updated');
    return isMessage ? (cardEvent.safeParse(fields).data ?? []) : [];
  });
}

async function callsByApi({ url }: Sandbox): Promise<Readonly<Record<string, number>>> {
  const { calls } = worldAnswer.parse(await (await fetch(`${url}/sandbox/world`)).json());
  const counts: Record<string, number> = {};
  for (const { permission } of calls) {
    // Permissions begin with their API: monitoring.timeSeries.list.
    const api = permission?.split('.')[0] ?? 'other';
    counts[api] = (counts[api] ?? 0) + 1;
  }
  return counts;
}
