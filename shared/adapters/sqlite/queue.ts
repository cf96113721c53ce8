import type { DatabaseSync, SQLTagStore } from 'node:sqlite';
import type { Topic } from '../../incident/effect.ts';
import type { OutgoingMessage, Queue } from '../../incident/queue.ts';
import { type Instant, instant } from '../../ports/clock.ts';
import { assertPublishable } from '../pubsub/message-limits.ts';
import { atomically, guarded } from './database.ts';
import { numberIn, type Row, textIn } from './row.ts';

/** A message handed to its subscriber. */
export interface Delivery extends OutgoingMessage {
  readonly id: string;
  readonly topic: Topic;
  /** Machine time. */
  readonly publishedAt: Instant;
  /** Counts from 1; a delivery that the process did not survive counts too. */
  readonly attempt: number;
}

/**
 * The embedded queue: a message is a row until somebody says that it was handled. It stands in for one Pub/Sub topic with one subscription each.
 * One process at a time delivers from a file (see onlyRunner); any number may publish.
 */
export class SqliteQueue implements Queue {
  readonly #database: DatabaseSync;
  readonly #sql: SQLTagStore;
  readonly #nowMs: () => number;
  readonly #listeners = new Set<() => void>();

  /** `database` comes from openDatabase and is closed by whoever opened it; `nowMs` is machine time. */
  constructor(database: DatabaseSync, { nowMs }: { readonly nowMs: () => number }) {
    this.#database = database;
    this.#sql = database.createTagStore();
    this.#nowMs = nowMs;
  }

  async publish(topic: Topic, messages: readonly OutgoingMessage[]): Promise<void> {
    this.accept(topic, messages);
  }

  /** Publishes, and gives the ids in the order of the messages. @throws PlatformFailure */
  accept(topic: Topic, messages: readonly OutgoingMessage[]): readonly string[] {
    assertPublishable(topic, messages);
    const ids = guarded(`publish to ${topic}`, () =>
      atomically(this.#database, () => messages.map((message) => this.#insert(topic, message))),
    );
    for (const listener of this.#listeners) listener();
    return ids;
  }

  /** Calls back after each publish through this object; gives the way to stop that. */
  onPublished(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** Takes the message of `topic` that has waited longest, counting the attempt before it is made; undefined when none is ready. */
  lease(topic: Topic): Delivery | undefined {
    return guarded(`lease from ${topic}`, () => {
      // Looked at first: taking the write lock for nothing would hold up those who have something to save.
      const ready = this.#sql.get`
        SELECT id FROM messages WHERE topic = ${topic} AND leased = 0 AND available_at_ms <= ${this.#nowMs()}
        ORDER BY available_at_ms, id LIMIT 1`;
      if (ready === undefined) return undefined;
      const row = this.#sql.get`
        UPDATE messages SET leased = 1, attempts = attempts + 1 WHERE id = ${numberIn(ready, 'id')} RETURNING *`;
      return row && deliveryOf(row);
    });
  }

  /** Handled: it is gone. */
  acknowledge(id: string): void {
    guarded(`acknowledge ${id}`, () => this.#sql.run`DELETE FROM messages WHERE id = ${Number(id)}`);
  }

  /** Not handled: delivered again after `delayMs`. */
  release(id: string, delayMs: number): void {
    const availableAtMs = this.#nowMs() + delayMs;
    guarded(
      `release ${id}`,
      () => this.#sql.run`UPDATE messages SET leased = 0, available_at_ms = ${availableAtMs} WHERE id = ${Number(id)}`,
    );
  }

  /** Gives up on a delivery: in one step it leaves its topic and lies on dead-letters, with Pub/Sub's attributes that say from where. */
  bury(delivery: Delivery): void {
    const { id, topic, data, attributes, attempt, publishedAt } = delivery;
    const origin = {
      CloudPubSubDeadLetterSourceDeliveryCount: String(attempt),
      CloudPubSubDeadLetterSourceSubscription: topic,
      CloudPubSubDeadLetterSourceTopicPublishTime: publishedAt,
    };
    guarded(`move ${id} of ${topic} to dead-letters`, () =>
      atomically(this.#database, () => {
        this.acknowledge(id);
        this.#insert('dead-letters', { data, attributes: { ...attributes, ...origin } });
      }),
    );
  }

  /** Makes every leased message deliverable again: what was in flight when the last runner ended. Only for the one runner, before it starts. */
  recover(): void {
    guarded('recover what was in flight', () => this.#sql.run`UPDATE messages SET leased = 0 WHERE leased = 1`);
  }

  /** Messages of a topic that wait, those that wait for another try included. */
  waiting(topic: Topic): number {
    const row = guarded(
      `count ${topic}`,
      () => this.#sql.get`SELECT count(*) AS n FROM messages WHERE topic = ${topic} AND leased = 0`,
    );
    return row === undefined ? 0 : numberIn(row, 'n');
  }

  /** Milliseconds until the next message of a topic can be leased, 0 when one can be now; undefined when none waits. */
  nextInMs(topic: Topic): number | undefined {
    const row = guarded(
      `look at ${topic}`,
      () => this.#sql.get`
        SELECT available_at_ms FROM messages WHERE topic = ${topic} AND leased = 0 ORDER BY available_at_ms LIMIT 1`,
    );
    return row && Math.max(0, numberIn(row, 'available_at_ms') - this.#nowMs());
  }

  /** For people, the oldest first. */
  deadLetters(limit: number): readonly Delivery[] {
    const rows = guarded(
      'list dead letters',
      () => this.#sql.all`SELECT * FROM messages WHERE topic = 'dead-letters' ORDER BY id LIMIT ${limit}`,
    );
    return rows.map(deliveryOf);
  }

  #insert(topic: Topic, { data, attributes }: OutgoingMessage): string {
    const nowMs = this.#nowMs();
    const { lastInsertRowid } = this.#sql.run`
      INSERT INTO messages (topic, data, attributes, published_at_ms, available_at_ms)
      VALUES (${topic}, ${data}, ${JSON.stringify(attributes)}, ${nowMs}, ${nowMs})`;
    return String(lastInsertRowid);
  }
}

function deliveryOf(row: Row): Delivery {
  return {
    id: String(numberIn(row, 'id')),
    // Sound: only accept and bury insert, and both take a Topic.
    topic: textIn(row, 'topic') as Topic,
    data: textIn(row, 'data'),
    // Sound: written by #insert from such a record.
    attributes: JSON.parse(textIn(row, 'attributes')) as Record<string, string>,
    publishedAt: instant(numberIn(row, 'published_at_ms')),
    attempt: numberIn(row, 'attempts'),
  };
}
