import { z } from 'zod';
import { PUBLISH_BYTES_MAX } from '../../shared/adapters/pubsub/message-limits.ts';
import type { SqliteQueue } from '../../shared/adapters/sqlite/queue.ts';
import { type Topic, topicOf } from '../../shared/incident/effect.ts';
import type { OutgoingMessage } from '../../shared/incident/queue.ts';
import { PlatformFailure } from '../../shared/ports/platform-failure.ts';
import { answerError, answerJson, bodyOf, type Handler } from './http.ts';
import type { Identities } from './identities.ts';

const topics: readonly Topic[] = [...new Set(['alerts', 'clicks', 'dead-letters', ...Object.values(topicOf)] as const)];

/** Base64 is a third longer, and there is some JSON around it. */
const BODY_BYTES_MAX = PUBLISH_BYTES_MAX * 1.5;

const publishRequest = z.object({
  messages: z
    .array(
      z.object({
        data: z.base64().default(''),
        attributes: z.record(z.string(), z.string()).default({}),
      }),
    )
    .min(1),
});

/** Pub/Sub's projects.topics.publish over the embedded queue: POST /v1/projects/P/topics/T:publish. */
export function publishEndpoint(options: {
  readonly project: string;
  readonly queue: SqliteQueue;
  readonly identities: Identities;
}): Handler {
  const { project, queue, identities } = options;
  return async (request, response) => {
    const name = /^\/v1\/projects\/([^/]+)\/topics\/([^/:]+):publish$/.exec(request.url ?? '');
    if (request.method !== 'POST' || name === null)
      return answerError(response, 404, 'NOT_FOUND', `no such method: ${request.method} ${request.url}`);
    const caller = identities.callerOf(request.headers.authorization);
    if (caller === undefined)
      return answerError(response, 401, 'UNAUTHENTICATED', 'the request does not carry a token of runmedic');
    const topic = topics.find((each) => name[1] === project && each === name[2]);
    if (topic === undefined)
      return answerError(response, 404, 'NOT_FOUND', `Resource not found (resource=${name[2]}).`);
    if (!identities.mayPublish(caller, topic))
      return answerError(
        response,
        403,
        'PERMISSION_DENIED',
        `${caller} may not publish to ${topic} (pubsub.topics.publish)`,
      );
    const messages = messagesIn(await bodyOf(request, BODY_BYTES_MAX));
    if (typeof messages === 'string') return answerError(response, 400, 'INVALID_ARGUMENT', messages);
    try {
      answerJson(response, 200, { messageIds: queue.accept(topic, messages) });
    } catch (error) {
      if (!(error instanceof PlatformFailure)) throw error;
      if (error.code === 'invalid-argument') answerError(response, 400, 'INVALID_ARGUMENT', error.message);
      else answerError(response, 503, 'UNAVAILABLE', error.message);
    }
  };
}

/** The messages, or in a sentence why these are none. */
function messagesIn(body: string | undefined): readonly OutgoingMessage[] | string {
  if (body === undefined) return 'the request is larger than Pub/Sub takes';
  const parsed = publishRequest.safeParse(jsonOrUndefined(body));
  if (!parsed.success)
    return parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`).join('; ');
  return parsed.data.messages.map(({ data, attributes }) => ({
    data: Buffer.from(data, 'base64').toString('utf8'),
    attributes,
  }));
}

function jsonOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The caller says what was expected.
    return undefined;
  }
}
