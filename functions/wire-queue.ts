import { metadataToken } from '../shared/adapters/pubsub/metadata-token.ts';
import { RestPublisher } from '../shared/adapters/pubsub/publish-rest.ts';
import type { Queue } from '../shared/incident/queue.ts';
import type { Config } from './config.ts';

/** What could not be published by then is published again by whoever delivers again; the front door, for which nobody does, takes less (take-clicks.ts). */
const PUBLISH_WITHIN_MS = 2_500;

/** Publishes under the function's own identity. Kept apart from wire.ts, so that the front door loads no Google client and no store. */
export function queueOf(config: Config): Queue {
  const token = config.settings.RUNMEDIC_IDENTITY_TOKENS?.[config.name];
  return new RestPublisher({
    project: config.needed('RUNMEDIC_PUBSUB_PROJECT'),
    endpoint: config.settings.RUNMEDIC_PUBSUB_ENDPOINT,
    token: token === undefined ? metadataToken({ nowMs: Date.now }) : async () => token,
    deadlineMs: PUBLISH_WITHIN_MS,
  });
}
