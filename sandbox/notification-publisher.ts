import { setTimeout as sleep } from 'node:timers/promises';
import { type BotConnection, postJson } from './bot-connection.ts';
import type { EventLog } from './event-log.ts';
import type { AlertNotification } from './world/world.ts';

/** Milliseconds (machine time) before each further attempt; then the notification is given up and that is logged. */
const RETRY_AFTER_MS = [200, 500, 1000, 2000, 4000] as const;
const PUBLISH_TIMEOUT_MS = 10_000;
/** Notifications that wait until the bot is there; beyond it the oldest are dropped. */
const WAITING_MAX = 100;

export interface NotificationPublisher {
  publish(notification: AlertNotification): void;
  /** Those not yet taken by the topic, while there is one. */
  inFlight(): number;
}

/** Cloud Monitoring's Pub/Sub channel: hands each notification to the topic, again where that fails. */
export function createNotificationPublisher(options: {
  readonly bot: BotConnection;
  readonly log: EventLog;
  readonly bearer: string;
}): NotificationPublisher {
  const { bot, log } = options;
  let waiting: readonly AlertNotification[] = [];
  let inFlight = 0;

  function publish(notification: AlertNotification): void {
    const url = bot.addresses()?.publishUrl;
    if (url === undefined) waiting = [...waiting, notification].slice(-WAITING_MAX);
    else void deliver(notification, url);
  }

  async function deliver(notification: AlertNotification, url: string): Promise<void> {
    inFlight += 1;
    const outcome = await attempts(notification, url);
    inFlight -= 1;
    const { incident_id: incident, state } = notification.incident;
    if (outcome === undefined) log.append({ source: 'monitoring', type: 'notification-published', incident, state });
    else log.append({ source: 'monitoring', type: 'notification-lost', incident, state, detail: outcome });
  }

  /** Why the last attempt failed; undefined when the topic took it. */
  async function attempts(notification: AlertNotification, url: string): Promise<string | undefined> {
    const data = Buffer.from(JSON.stringify(notification)).toString('base64');
    const body = { messages: [{ data, attributes: {} }] };
    let failure: string | undefined;
    for (const afterMs of [0, ...RETRY_AFTER_MS]) {
      await sleep(afterMs);
      const answer = await postJson({ url, bearer: options.bearer, body, timeoutMs: PUBLISH_TIMEOUT_MS });
      if (answer.kind === 'answered' && answer.status === 200) return undefined;
      failure = answer.kind === 'failed' ? answer.detail : `status ${answer.status}`;
    }
    return failure;
  }

  bot.onConnect(() => {
    const held = waiting;
    waiting = [];
    for (const notification of held) publish(notification);
  });

  return { publish, inFlight: () => inFlight };
}
