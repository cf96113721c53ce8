import { describe } from '../policy/describe.ts';

export type Opened =
  | { readonly kind: 'opened'; readonly notification: unknown }
  | { readonly kind: 'refused'; readonly reason: string };

/**
 * Takes a notification out of what it came in: a Pub/Sub message (`{message: {data: base64}}`, as pushed or as a CloudEvent's data),
 * a whole CloudEvent around that, or nothing at all (a webhook's body). Monitoring sends the same JSON through each.
 */
export function openEnvelope(message: unknown): Opened {
  if (!isMapping(message)) return refused(`the message is ${describe(message)}, not a notification`);
  if (isMapping(message['data']) && !('incident' in message)) return openEnvelope(message['data']);
  const pubsub = message['message'];
  if (!isMapping(pubsub) || 'incident' in message) return { kind: 'opened', notification: message };
  const data = pubsub['data'];
  if (typeof data !== 'string' || data === '')
    return refused(`the Pub/Sub message's data is ${describe(data)}, not base64 text`);
  return fromJson(Buffer.from(data, 'base64').toString('utf8'));
}

export const isMapping = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function fromJson(text: string): Opened {
  try {
    return { kind: 'opened', notification: JSON.parse(text) };
  } catch {
    // The parser's own words differ between versions of Node; what was found says more.
    return refused(`the Pub/Sub message's data is not JSON: ${describe(text)}`);
  }
}

const refused = (reason: string): Opened => ({ kind: 'refused', reason });
