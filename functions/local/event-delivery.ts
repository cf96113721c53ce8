import type { Subscriber } from '../../shared/adapters/sqlite/dispatcher.ts';
import type { Delivery } from '../../shared/adapters/sqlite/queue.ts';
import { PlatformFailure } from '../../shared/ports/platform-failure.ts';
import { post } from './http.ts';

/** Hands messages to a function as Eventarc does: a CloudEvent over HTTP, handled when the answer is 2xx. */
export function eventDelivery(options: {
  readonly url: string;
  readonly project: string;
  /** With which the function's gate knows the queue. */
  readonly bearer: string;
}): Subscriber {
  return async (delivery, abort) => {
    const { topic, id } = delivery;
    const source = `//pubsub.googleapis.com/projects/${options.project}/topics/${topic}`;
    const status = await post(options.url, {
      headers: {
        authorization: `Bearer ${options.bearer}`,
        'content-type': 'application/json',
        'ce-id': id,
        'ce-specversion': '1.0',
        'ce-type': 'google.cloud.pubsub.topic.v1.messagePublished',
        'ce-source': source,
        'ce-time': delivery.publishedAt,
      },
      body: JSON.stringify(messagePublished(delivery, options.project)),
      abort,
    });
    if (status >= 200 && status < 300) return;
    throw new PlatformFailure('unavailable', `the function that listens on ${topic} answered ${status}`);
  };
}

/** The data of the event; both spellings, as Pub/Sub sends them. Source: facts, section 8. */
function messagePublished({ id, topic, data, attributes, publishedAt }: Delivery, project: string) {
  return {
    message: {
      data: Buffer.from(data).toString('base64'),
      attributes,
      messageId: id,
      message_id: id,
      publishTime: publishedAt,
      publish_time: publishedAt,
    },
    subscription: `projects/${project}/subscriptions/${topic}`,
  };
}
