import * as z from 'zod';

/** Where the bot listens, as POST /sandbox/connect tells it. */
export const botAddressesSchema = z.strictObject({
  /** Slack's interactivity request URL. */
  slackRequestUrl: z.url(),
  /** What Cloud Scheduler calls every minute. */
  schedulerUrl: z.url(),
  /** The complete :publish URL of the topic that Monitoring notifies. */
  publishUrl: z.url(),
  /** Says what the bot is busy with. */
  statusUrl: z.url(),
});

type BotAddresses = z.infer<typeof botAddressesSchema>;

/** Undefined until the bot has said where it is. */
export interface BotConnection {
  addresses(): BotAddresses | undefined;
  connect(addresses: BotAddresses): void;
  /** Called at each connect. */
  onConnect(listener: () => void): void;
}

export function createBotConnection(): BotConnection {
  let addresses: BotAddresses | undefined;
  const listeners: (() => void)[] = [];
  return {
    addresses: () => addresses,
    connect(given) {
      addresses = given;
      for (const listener of listeners) listener();
    },
    onConnect: (listener) => void listeners.push(listener),
  };
}

/** POSTs JSON as one of Google's services would, with the caller's identity token. */
export async function postJson(options: {
  readonly url: string;
  readonly bearer: string;
  readonly body: unknown;
  readonly timeoutMs: number;
}): Promise<
  { readonly kind: 'answered'; readonly status: number } | { readonly kind: 'failed'; readonly detail: string }
> {
  try {
    const response = await fetch(options.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${options.bearer}` },
      body: JSON.stringify(options.body),
      signal: AbortSignal.timeout(options.timeoutMs),
    });
    await response.arrayBuffer();
    return { kind: 'answered', status: response.status };
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    return { kind: 'failed', detail: cause };
  }
}
