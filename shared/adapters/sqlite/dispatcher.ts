import type { Topic } from '../../incident/effect.ts';
import { PlatformFailure } from '../../ports/platform-failure.ts';
import type { Delivery, SqliteQueue } from './queue.ts';

/** Hands one delivery on. Resolving acknowledges it; rejecting, or not ending before `abort`, has it delivered again. */
export type Subscriber = (delivery: Delivery, abort: AbortSignal) => Promise<void>;

export interface DispatcherOptions {
  readonly queue: SqliteQueue;
  /** One subscriber a topic; what lies on a topic without one is kept. */
  readonly subscribers: ReadonlyMap<Topic, Subscriber>;
  /** Told of each failed delivery, and what becomes of the message. */
  readonly onFailed: (delivery: Delivery, cause: unknown, next: 'again' | 'dead-letter') => void;
  /** The queue itself failed: nothing is delivered any more and nothing is lost; whoever runs this should end and start again. */
  readonly onBroken: (cause: unknown) => void;
  /** In place of what `limitsOf` says of each topic. */
  readonly limits?: Partial<DispatcherLimits>;
}

export interface DispatcherLimits {
  /** Deliveries of one topic at the same time. */
  readonly concurrencyMax: number;
  /** Then the message is a dead letter. Pub/Sub takes 5 to 100. */
  readonly attemptsMax: number;
  /** A push acknowledgement ends at 600 s (facts, Pub/Sub). */
  readonly acknowledgeMs: number;
  /** Before the second attempt; doubled for each further one up to the greatest. */
  readonly backoffMs: number;
  readonly backoffMaxMs: number;
}

/**
 * Twelve attempts spread over about a minute: long enough for a restart beside it, short enough for a person who watches what they clicked. What is
 * lost beyond that is taken up again by the incident's timer.
 */
const BRIEF: DispatcherLimits = {
  concurrencyMax: 20,
  attemptsMax: 12,
  acknowledgeMs: 600_000,
  backoffMs: 100,
  backoffMaxMs: 10_000,
};

/** A hundred attempts, as many as Pub/Sub can be told to make, over three hours: Slack may be away for that long, and nothing else brings these back. */
const PATIENT: DispatcherLimits = { ...BRIEF, attemptsMax: 100, backoffMaxMs: 120_000 };

/**
 * How each topic is delivered. In production these are the settings of its Pub/Sub subscription: `maxDeliveryAttempts` (5 to 100), `minimumBackoff`,
 * `maximumBackoff` (0 to 600 s) and `ackDeadlineSeconds` (at most 600).
 * @see https://docs.cloud.google.com/pubsub/docs/reference/rest/v1/projects.subscriptions
 */
export const limitsOf = (topic: Topic): DispatcherLimits =>
  topic === 'announcements' || topic === 'alerts' ? PATIENT : BRIEF;

/** Delivers what the queue holds, beginning with what was in flight when the last runner ended. */
export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #flights = new Map<Topic, Set<Promise<void>>>();
  readonly #giveUp = new AbortController();
  #state: 'new' | 'running' | 'stopped' = 'new';
  #timer: NodeJS.Timeout | undefined;
  #activity = 0;
  #stopListening = () => {};

  constructor(options: DispatcherOptions) {
    this.#options = options;
    for (const topic of options.subscribers.keys()) this.#flights.set(topic, new Set());
  }

  start(): void {
    this.#options.queue.recover();
    this.#stopListening = this.#options.queue.onPublished(() => {
      this.#activity += 1;
      // Not at once: whoever publishes goes on first, and a batch is seen whole.
      setImmediate(() => this.#pump());
    });
    this.#state = 'running';
    this.#pump();
  }

  /** `queued`: waiting, for another try too. `activity` grows with each publish, each delivery and each end of one. */
  status(): { readonly queued: number; readonly inFlight: number; readonly activity: number } {
    const topics = [...this.#flights.keys()];
    return {
      queued: topics.reduce((sum, topic) => sum + this.#options.queue.waiting(topic), 0),
      inFlight: [...this.#flights.values()].reduce((sum, { size }) => sum + size, 0),
      activity: this.#activity,
    };
  }

  /** Delivers nothing more; what is in flight has `graceMs` to end, then goes back to the queue. */
  async stop(graceMs: number): Promise<void> {
    this.#state = 'stopped';
    clearTimeout(this.#timer);
    this.#stopListening();
    const timer = setTimeout(() => this.#giveUp.abort(new Error('the dispatcher stopped')), graceMs);
    await Promise.all([...this.#flights.values()].flatMap((flights) => [...flights]));
    clearTimeout(timer);
  }

  #pump(): void {
    clearTimeout(this.#timer);
    if (this.#state !== 'running') return;
    try {
      for (const [topic, subscriber] of this.#options.subscribers) this.#pumpTopic(topic, subscriber);
      const nextInMs = this.#nextInMs();
      if (nextInMs !== undefined) this.#timer = setTimeout(() => this.#pump(), nextInMs);
    } catch (cause) {
      this.#break(cause);
    }
  }

  #pumpTopic(topic: Topic, subscriber: Subscriber): void {
    const flights = this.#flights.get(topic) ?? new Set();
    const { concurrencyMax } = this.#limitsOf(topic);
    while (flights.size < concurrencyMax) {
      const delivery = this.#options.queue.lease(topic);
      if (delivery === undefined) return;
      this.#activity += 1;
      const flight = this.#deliver(delivery, subscriber)
        .catch((cause: unknown) => this.#break(cause))
        .finally(() => {
          flights.delete(flight);
          this.#activity += 1;
          this.#pump();
        });
      flights.add(flight);
    }
  }

  async #deliver(delivery: Delivery, subscriber: Subscriber): Promise<void> {
    const { queue } = this.#options;
    const abort = AbortSignal.any([
      this.#giveUp.signal,
      AbortSignal.timeout(this.#limitsOf(delivery.topic).acknowledgeMs),
    ]);
    try {
      await endsBefore(abort, subscriber(delivery, abort));
    } catch (cause) {
      this.#failed(delivery, cause);
      return;
    }
    queue.acknowledge(delivery.id);
  }

  #failed(delivery: Delivery, cause: unknown): void {
    const { queue, onFailed } = this.#options;
    const { attemptsMax, backoffMs, backoffMaxMs } = this.#limitsOf(delivery.topic);
    const next = delivery.attempt < attemptsMax || this.#giveUp.signal.aborted ? 'again' : 'dead-letter';
    onFailed(delivery, cause, next);
    if (next === 'dead-letter') queue.bury(delivery);
    else queue.release(delivery.id, Math.min(backoffMs * 2 ** (delivery.attempt - 1), backoffMaxMs));
  }

  /** When something that could be delivered becomes ready. */
  #nextInMs(): number | undefined {
    const free = [...this.#flights].filter(([topic, { size }]) => size < this.#limitsOf(topic).concurrencyMax);
    const waits = free.flatMap(([topic]) => this.#options.queue.nextInMs(topic) ?? []);
    return waits.length === 0 ? undefined : Math.min(...waits);
  }

  #limitsOf(topic: Topic): DispatcherLimits {
    return { ...limitsOf(topic), ...this.#options.limits };
  }

  #break(cause: unknown): void {
    if (this.#state === 'stopped') return;
    this.#state = 'stopped';
    clearTimeout(this.#timer);
    this.#stopListening();
    this.#options.onBroken(cause);
  }
}

/** Settles as `work` does, or rejects when `abort` comes first. */
async function endsBefore(abort: AbortSignal, work: Promise<void>): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>();
  const onAbort = () =>
    reject(new PlatformFailure('timed-out', 'the handler did not end in time', { cause: abort.reason }));
  abort.addEventListener('abort', onAbort, { once: true });
  try {
    await Promise.race([work, promise]);
  } finally {
    abort.removeEventListener('abort', onAbort);
  }
}
