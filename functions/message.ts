import { z } from 'zod';

/** What Eventarc delivers for a Pub/Sub message (google.cloud.pubsub.topic.v1.messagePublished). */
const published = z.object({ message: z.object({ data: z.string().default('') }) });

/** The text of a delivered message. @throws ZodError when the event is no Pub/Sub message. */
export function textOf(data: unknown): string {
  return Buffer.from(published.parse(data).message.data, 'base64').toString('utf8');
}

/** The topic that a message came by: the last part of the event's source, `//pubsub.googleapis.com/projects/P/topics/T`. */
export const topicFrom = (source: string): string => source.split('/').at(-1) ?? '';
