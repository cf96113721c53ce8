import express from 'express';
import * as z from 'zod';
import { type BotConnection, botAddressesSchema } from './bot-connection.ts';
import type { EventLog } from './event-log.ts';
import type { Faults } from './slack/faults.ts';
import type { WorldTime } from './time.ts';

const SECOND_MS = 1000;
/** World time within which a scenario is expected to raise its alert. */
const ALERT_WITHIN_SECONDS = 3600;

const runUntilSchema = z.strictObject({
  /** Run until an alert opens. */
  alert: z.literal(true).optional(),
  thenSeconds: z.number().min(0).max(86_400).default(0),
});

const calls = { calls: z.int().min(1), method: z.string().optional() };
const faultSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('rate-limit'), retryAfterSeconds: z.int().min(1), ...calls }),
  z.strictObject({ kind: z.literal('server-error'), status: z.int().min(500).max(599), ...calls }),
  z.strictObject({ kind: z.literal('latency'), latencyMs: z.number().min(0), ...calls }),
]);

/** `/sandbox/...`: for whoever runs the sandbox, never for the bot. */
export function controlRoutes(options: {
  readonly time: WorldTime;
  readonly bot: BotConnection;
  readonly log: EventLog;
  readonly faults: Faults;
  readonly play: () => void;
  /** What the page shows of the world. */
  readonly world: () => unknown;
  readonly hasOpenAlert: () => boolean;
}): express.Router {
  const { time, bot, log } = options;
  const router = express.Router();
  router.use('/sandbox', express.json());

  router.post('/sandbox/connect', (request, response) => {
    const parsed = botAddressesSchema.safeParse(request.body);
    if (!parsed.success) return refuse(response, parsed.error);
    bot.connect(parsed.data);
    response.json({ connected: true });
  });

  router.post('/sandbox/play', (_request, response) => {
    options.play();
    response.json({ playing: true, speed: time.speed });
  });

  router.post('/sandbox/run-until', (request, response) => {
    const parsed = runUntilSchema.safeParse(request.body ?? {});
    if (!parsed.success) return refuse(response, parsed.error);
    const latestMs = time.nowMs() + ALERT_WITHIN_SECONDS * SECOND_MS;
    while (parsed.data.alert === true && !options.hasOpenAlert() && time.nowMs() < latestMs)
      time.runTo(time.nowMs() + SECOND_MS);
    time.runTo(time.nowMs() + parsed.data.thenSeconds * SECOND_MS);
    response.json({ now: new Date(time.nowMs()).toISOString(), alert: options.hasOpenAlert() });
  });

  router.get('/sandbox/events', (_request, response) => {
    response.type('application/x-ndjson').send(
      log
        .list()
        .map((event) => `${JSON.stringify(event)}\n`)
        .join(''),
    );
  });

  router.get('/sandbox/world', (_request, response) => void response.json(options.world()));

  router.post('/sandbox/slack/faults', (request, response) => {
    const parsed = faultSchema.safeParse(request.body);
    if (!parsed.success) return refuse(response, parsed.error);
    const { method, ...fault } = parsed.data;
    options.faults.inject(method === undefined ? fault : { ...fault, method });
    response.json({ injected: true });
  });

  return router;
}

function refuse(response: express.Response, error: z.ZodError): void {
  response.status(400).json({ error: z.prettifyError(error) });
}
