import type { OutgoingMessage } from '../../incident/queue.ts';
import { PlatformFailure } from '../../ports/platform-failure.ts';

/** Pub/Sub's own limits; every queue keeps to them. Source: https://cloud.google.com/pubsub/quotas#resource_limits, read 2026-11-23. */
export const PUBLISH_MESSAGES_MAX = 1_000;
export const PUBLISH_BYTES_MAX = 10_000_000;
const ATTRIBUTES_MAX = 100;
const ATTRIBUTE_KEY_BYTES_MAX = 256;
const ATTRIBUTE_VALUE_BYTES_MAX = 1_024;

/** @throws PlatformFailure 'invalid-argument' when Pub/Sub would refuse one of the messages; none is to be sent then. */
export function assertPublishable(topic: string, messages: readonly OutgoingMessage[]): void {
  const fault = messages.length > PUBLISH_MESSAGES_MAX ? tooMany(messages.length) : messages.map(faultOf).find(Boolean);
  const bytes = messages.reduce((sum, { data }) => sum + Buffer.byteLength(data), 0);
  const refused =
    fault ?? (bytes > PUBLISH_BYTES_MAX ? `${bytes} bytes in one publish, at most ${PUBLISH_BYTES_MAX}` : '');
  if (refused !== '') throw new PlatformFailure('invalid-argument', `nothing was published to ${topic}: ${refused}`);
}

const tooMany = (count: number): string => `${count} messages in one publish, at most ${PUBLISH_MESSAGES_MAX}`;

function faultOf({ data, attributes }: OutgoingMessage): string | undefined {
  const entries = Object.entries(attributes);
  if (data === '' && entries.length === 0) return 'a message needs data or an attribute';
  if (entries.length > ATTRIBUTES_MAX) return `${entries.length} attributes on a message, at most ${ATTRIBUTES_MAX}`;
  const long = entries.find(
    ([key, value]) =>
      Buffer.byteLength(key) > ATTRIBUTE_KEY_BYTES_MAX || Buffer.byteLength(value) > ATTRIBUTE_VALUE_BYTES_MAX,
  );
  return (
    long &&
    `attribute ${long[0].slice(0, 40)} is too long: a key has at most ${ATTRIBUTE_KEY_BYTES_MAX} bytes, a value ${ATTRIBUTE_VALUE_BYTES_MAX}`
  );
}
