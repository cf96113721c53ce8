import { setTimeout as sleep } from 'node:timers/promises';
import type { Topic } from '../../incident/effect.ts';
import type { OutgoingMessage, Queue } from '../../incident/queue.ts';
import { PlatformFailure } from '../../ports/platform-failure.ts';
import { failureCode } from '../google/failure-code.ts';
import { assertPublishable } from './message-limits.ts';

export interface RestPublisherOptions {
  /** The project that holds the topics. */
  readonly project: string;
  /** Without a path: `https://pubsub.googleapis.com`. */
  readonly endpoint: string;
  /** An access token of the identity that publishes. */
  readonly token: () => Promise<string>;
  /** For all attempts together and the token that they need, machine time. */
  readonly deadlineMs: number;
}

/** Before each further attempt. Pub/Sub's own clients begin at 100 ms too. */
const RETRY_AFTER_MS = [100, 200, 400, 800] as const;

/**
 * Publishes to Pub/Sub in plain REST: no client library to load, so that the front door answers in milliseconds also when cold.
 * An attempt whose answer was lost is made again; a message may then arrive twice, as any may.
 */
export class RestPublisher implements Queue {
  readonly #options: RestPublisherOptions;

  constructor(options: RestPublisherOptions) {
    this.#options = options;
  }

  async publish(
    topic: Topic,
    messages: readonly OutgoingMessage[],
    withinMs = Number.POSITIVE_INFINITY,
  ): Promise<void> {
    if (messages.length === 0) return;
    assertPublishable(topic, messages);
    const deadline = AbortSignal.timeout(Math.max(0, Math.ceil(Math.min(this.#options.deadlineMs, withinMs))));
    for (const waitMs of [...RETRY_AFTER_MS, undefined]) {
      const failure = await this.#attempt(topic, messages, deadline);
      if (failure === undefined) return;
      if (waitMs === undefined || deadline.aborted || !isRetryable(failure)) throw failure;
      await sleep(waitMs, undefined, { signal: deadline }).catch(() => {
        throw failure;
      });
    }
  }

  /** What came back when it was not success; undefined when every message is durable. */
  async #attempt(
    topic: Topic,
    messages: readonly OutgoingMessage[],
    signal: AbortSignal,
  ): Promise<PlatformFailure | undefined> {
    const { project, endpoint, token } = this.#options;
    const resource = `projects/${project}/topics/${topic}`;
    try {
      const bearer = await unlessAborted(token(), signal);
      const response = await fetch(`${endpoint}/v1/${resource}:publish`, {
        method: 'POST',
        headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
        body: JSON.stringify({ messages: messages.map(inRest) }),
        signal,
      });
      const body = await response.text();
      return response.ok ? undefined : refused(resource, response.status, body);
    } catch (cause) {
      if (cause instanceof PlatformFailure) return cause;
      const [code, why] = signal.aborted ? (['timed-out', 'no answer in time'] as const) : networkFault(cause);
      return new PlatformFailure(code, `pubsub.topics.publish on ${resource}: ${why}`, { cause });
    }
  }
}

/** What gives the token knows nothing of our deadline. */
function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = new Promise<never>((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  return Promise.race([promise, aborted]);
}

const inRest = ({ data, attributes }: OutgoingMessage) => ({ data: Buffer.from(data).toString('base64'), attributes });

/** Enough of an answer to see what it says; it never holds what was sent. */
const ANSWER_SHOWN = 300;

const refused = (resource: string, status: number, body: string): PlatformFailure =>
  new PlatformFailure(
    status >= 500 ? 'unavailable' : failureCode(status, undefined),
    `pubsub.topics.publish on ${resource}: ${status} ${body.slice(0, ANSWER_SHOWN)}`,
  );

const networkFault = (cause: unknown) => {
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
  return ['unavailable', inner instanceof Error ? inner.message : String(inner)] as const;
};

const isRetryable = ({ code }: PlatformFailure): boolean => code === 'unavailable' || code === 'rate-limited';
