import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { control, play, type Sandbox } from '../../cli/laptop.ts';
import { ignoring, onCase } from './case.ts';

/** Machine time, milliseconds from the notification until the channel shows it. */
export interface FirstCard {
  readonly cardMs: number;
  /** What the first look at everything came to: a root cause, or what was seen and that it will be looked at again. */
  readonly answerMs: number;
  readonly isDiagnosis: boolean;
  /** Calls to Google's APIs until then, by API. */
  readonly googleCalls: Readonly<Record<string, number>>;
}

/** How often the channel is read: what the times are exact to. */
const READ_EVERY_MS = 20;
const ANSWER_WITHIN_MS = 30_000;

/** Connector metrics arrive up to 240 s late (Google's metric list, metadata.ingestDelay, read 2026-11-23). */
const METRICS_LATE_SECONDS = 240;

/** What cards say (shared/report/card.ts): before the first look ended, and once there is something to decide on. */
const LOOKING = '*Investigating.*';
const DIAGNOSED = 'Approval needed';

const sentEvent = z.looseObject({ source: z.string(), type: z.string() });
const cardEvent = z.object({ text: z.string(), summary: z.string(), threadTs: z.undefined().optional() });
const worldAnswer = z.object({ calls: z.array(z.object({ identity: z.string(), path: z.string() })) });

/**
 * One notification at speed 1, from Cloud Monitoring's publishing until the channel shows the first look's answer.
 * @param evidence 'on-its-way': notified as soon as the alert opens, when metrics of the minutes that matter have not arrived; 'arrived': so much later.
 */
export function firstCard(evidence: 'on-its-way' | 'arrived'): Promise<FirstCard> {
  return onCase({ speed: 1, headless: false }, async (sandbox, startBot) => {
    // Before the bot is there, so that nobody waits for it: the notification is held back until it can be published.
    const thenSeconds = evidence === 'arrived' ? METRICS_LATE_SECONDS : 0;
    await control(sandbox, 'run-until', { alert: true, thenSeconds });
    const bot = await startBot();
    ignoring(sandbox);
    ignoring(bot);
    const notifiedMs = performance.now();
    await play(sandbox, bot);
    const cardMs = await shown(sandbox, () => true);
    const answerMs = await shown(sandbox, ({ summary }) => !summary.includes(LOOKING));
    const isDiagnosis = (await cards(sandbox)).some(({ text }) => text.includes(DIAGNOSED));
    const googleCalls = await callsByApi(sandbox);
    return { cardMs: cardMs - notifiedMs, answerMs: answerMs - notifiedMs, isDiagnosis, googleCalls };
  });
}

type Shown = z.infer<typeof cardEvent>;

/** When the channel first showed a card such as this. @throws Error when it does not within ANSWER_WITHIN_MS. */
async function shown(sandbox: Sandbox, isSuch: (card: Shown) => boolean): Promise<number> {
  const untilMs = performance.now() + ANSWER_WITHIN_MS;
  for (;;) {
    const seen = await cards(sandbox);
    const nowMs = performance.now();
    if (seen.some(isSuch)) return nowMs;
    if (nowMs > untilMs)
      throw new Error(`no answer on the card within ${ANSWER_WITHIN_MS / 1000} s; last it said: ${seen.at(-1)?.text}`);
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
  for (const { path } of calls) counts[apiOf(path)] = (counts[apiOf(path)] ?? 0) + 1;
  return counts;
}

/** By the paths of their REST forms. */
function apiOf(path: string): string {
  if (path.startsWith('/v2/entries')) return 'logging';
  if (path.startsWith('/v3/')) return 'monitoring';
  return path.startsWith('/v2/') ? 'run' : 'vpcaccess';
}
