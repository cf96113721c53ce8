import type { Topic } from './effect.ts';

/** JSON text and a few words beside it. */
export interface OutgoingMessage {
  readonly data: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/**
 * Hands messages on, at least once, in no promised order. A message is kept until its handler answered 2xx.
 * Resolves once the messages are durable; throws PlatformFailure when they are not.
 */
export interface Queue {
  /** @param withinMs machine time, for whoever has less of it than the queue would take. */
  publish(topic: Topic, messages: readonly OutgoingMessage[], withinMs?: number): Promise<void>;
}
