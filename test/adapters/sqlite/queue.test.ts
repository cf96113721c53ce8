import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { openDatabase } from '../../../shared/adapters/sqlite/database.ts';
import {
  Dispatcher,
  type DispatcherOptions,
  limitsOf,
  type Subscriber,
} from '../../../shared/adapters/sqlite/dispatcher.ts';
import { onlyRunner } from '../../../shared/adapters/sqlite/only-runner.ts';
import { SqliteQueue } from '../../../shared/adapters/sqlite/queue.ts';
import type { Topic } from '../../../shared/incident/effect.ts';
import { queueContract } from '../../contracts/queue-contract.ts';

const directories: string[] = [];
const file = () => {
  const directory = mkdtempSync(join(tmpdir(), 'runmedic-queue-'));
  directories.push(directory);
  return join(directory, 'runmedic.db');
};
afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true });
});

const quick = { backoffMs: 1, backoffMaxMs: 4, attemptsMax: 5 };

function running(path: string, subscribers: ReadonlyMap<Topic, Subscriber>, more: Partial<DispatcherOptions> = {}) {
  const database = openDatabase(path);
  const queue = new SqliteQueue(database, { nowMs: Date.now });
  const onFailed = vi.fn<DispatcherOptions['onFailed']>();
  const onBroken = vi.fn<DispatcherOptions['onBroken']>();
  const dispatcher = new Dispatcher({ queue, subscribers, onFailed, onBroken, limits: quick, ...more });
  dispatcher.start();
  return { database, queue, dispatcher, onFailed, onBroken };
}

queueContract('SqliteQueue', async () => {
  const path = file();
  const subscribers = new Map<Topic, Subscriber>();
  let now = running(path, subscribers);
  /** Ends as a process does that is killed: nothing more reaches the file. */
  const killed = () => now.database.close();
  const restart = () => {
    now = running(path, subscribers);
  };
  return {
    queue: { publish: (topic, messages) => now.queue.publish(topic, messages) },
    attemptsMax: quick.attemptsMax,
    subscribe: async (topic, handler) => {
      await now.dispatcher.stop(0);
      now.database.close();
      subscribers.set(topic, (delivery) => handler(delivery));
      restart();
    },
    crash: async () => {
      killed();
      restart();
    },
    close: async () => {
      await now.dispatcher.stop(0);
      now.database.close();
    },
  };
});

describe('the dispatcher', () => {
  const never = () => new Promise<void>(() => {});

  it('waits longer after each failure, up to a limit', async () => {
    const delays: number[] = [];
    const { queue, dispatcher, database } = running(
      ':memory:',
      new Map([['clicks', () => Promise.reject(new Error('no'))]]),
    );
    const release = queue.release.bind(queue);
    queue.release = (id, delayMs) => {
      delays.push(delayMs);
      release(id, delayMs);
    };
    queue.accept('clicks', [{ data: 'x', attributes: {} }]);
    await vi.waitFor(() => expect(queue.deadLetters(10)).toHaveLength(1));
    expect(delays).toEqual([1, 2, 4, 4]);
    await dispatcher.stop(0);
    database.close();
  });

  it.each<[Topic, number]>([
    ['announcements', 2 * 3600],
    ['alerts', 2 * 3600],
    ['clicks', 20],
    ['investigations', 20],
    ['remediations', 20],
  ])('does not give up on %s for %i s, within what Pub/Sub can be told', async (topic, seconds) => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setImmediate', 'Date'] });
    const database = openDatabase(':memory:');
    const queue = new SqliteQueue(database, { nowMs: Date.now });
    const onBroken = vi.fn();
    const subscribers = new Map([[topic, () => Promise.reject(new Error('no'))]]);
    const dispatcher = new Dispatcher({ queue, subscribers, onFailed: () => {}, onBroken });
    dispatcher.start();
    try {
      queue.accept(topic, [{ data: 'x', attributes: {} }]);
      await vi.advanceTimersByTimeAsync(seconds * 1000);
      expect(queue.deadLetters(10)).toEqual([]);
      await vi.advanceTimersByTimeAsync(6 * 3600 * 1000);
      expect(queue.deadLetters(10)).toHaveLength(1);
      expect(onBroken).not.toHaveBeenCalled();
    } finally {
      vi.useRealTimers();
      await dispatcher.stop(0);
      database.close();
    }
    const { attemptsMax, backoffMaxMs } = limitsOf(topic);
    expect(attemptsMax).toBeGreaterThanOrEqual(5);
    expect(attemptsMax).toBeLessThanOrEqual(100);
    expect(backoffMaxMs).toBeLessThanOrEqual(600_000);
  });

  it('tells of each failure and of the last', async () => {
    const cause = new Error('the handler answered 500');
    const { queue, dispatcher, database, onFailed } = running(
      ':memory:',
      new Map([['clicks', () => Promise.reject(cause)]]),
    );
    queue.accept('clicks', [{ data: 'x', attributes: {} }]);
    await vi.waitFor(() => expect(onFailed).toHaveBeenCalledTimes(5));
    expect(onFailed.mock.calls.map(([, , next]) => next)).toEqual(['again', 'again', 'again', 'again', 'dead-letter']);
    expect(onFailed.mock.calls[0]?.[1]).toBe(cause);
    expect(onFailed.mock.calls.map(([{ attempt }]) => attempt)).toEqual([1, 2, 3, 4, 5]);
    await dispatcher.stop(0);
    database.close();
  });

  it('gives a handler that does not end its time, and then delivers again', async () => {
    const aborted: unknown[] = [];
    const subscriber: Subscriber = (_, abort) => {
      abort.addEventListener('abort', () => aborted.push(abort.reason));
      return aborted.length === 0 ? never() : Promise.resolve();
    };
    const { queue, dispatcher, database, onFailed } = running(':memory:', new Map([['clicks', subscriber]]), {
      limits: { ...quick, acknowledgeMs: 5 },
    });
    queue.accept('clicks', [{ data: 'x', attributes: {} }]);
    await vi.waitFor(() => expect(dispatcher.status()).toMatchObject({ queued: 0, inFlight: 0 }));
    expect(onFailed).toHaveBeenCalledOnce();
    expect(onFailed.mock.calls[0]?.[1]).toMatchObject({ name: 'PlatformFailure', code: 'timed-out' });
    await dispatcher.stop(0);
    database.close();
  });

  it('keeps to its limit of deliveries at a time', async () => {
    let inside = 0;
    let most = 0;
    const subscriber: Subscriber = async () => {
      inside += 1;
      most = Math.max(most, inside);
      await new Promise(setImmediate);
      inside -= 1;
    };
    const { queue, dispatcher, database } = running(':memory:', new Map([['clicks', subscriber]]), {
      limits: { ...quick, concurrencyMax: 3 },
    });
    queue.accept(
      'clicks',
      Array.from({ length: 20 }, (_, n) => ({ data: String(n), attributes: {} })),
    );
    await vi.waitFor(() => expect(dispatcher.status()).toMatchObject({ queued: 0, inFlight: 0 }));
    expect(most).toBe(3);
    await dispatcher.stop(0);
    database.close();
  });

  it('says what waits and what is under way, and its activity only ever grows', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const { queue, dispatcher, database } = running(':memory:', new Map([['clicks', () => promise]]), {
      limits: { ...quick, concurrencyMax: 1 },
    });
    expect(dispatcher.status()).toEqual({ queued: 0, inFlight: 0, activity: 0 });
    queue.accept('clicks', [
      { data: '1', attributes: {} },
      { data: '2', attributes: {} },
    ]);
    // What nobody listens to is not waited for.
    queue.accept('dead-letters', [{ data: '3', attributes: {} }]);
    await vi.waitFor(() => expect(dispatcher.status().inFlight).toBe(1));
    const busy = dispatcher.status();
    expect(busy.queued).toBe(1);
    resolve();
    await vi.waitFor(() => expect(dispatcher.status()).toMatchObject({ queued: 0, inFlight: 0 }));
    expect(dispatcher.status().activity).toBeGreaterThan(busy.activity);
    await dispatcher.stop(0);
    database.close();
  });

  it('lets what is in flight end when it stops, and starts nothing new', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const subscriber = vi.fn<Subscriber>(() => promise);
    const { queue, dispatcher, database } = running(':memory:', new Map([['clicks', subscriber]]));
    queue.accept('clicks', [{ data: '1', attributes: {} }]);
    await vi.waitFor(() => expect(subscriber).toHaveBeenCalledOnce());
    const stopped = dispatcher.stop(60_000);
    queue.accept('clicks', [{ data: '2', attributes: {} }]);
    resolve();
    await stopped;
    expect(subscriber).toHaveBeenCalledOnce();
    expect(queue.waiting('clicks')).toBe(1);
    database.close();
  });

  it('hands back what does not end in time when it stops, also at its last attempt', async () => {
    const { queue, dispatcher, database } = running(':memory:', new Map([['clicks', never]]), {
      limits: { ...quick, attemptsMax: 1 },
    });
    queue.accept('clicks', [{ data: '1', attributes: {} }]);
    await vi.waitFor(() => expect(dispatcher.status().inFlight).toBe(1));
    await dispatcher.stop(0);
    expect(dispatcher.status()).toMatchObject({ queued: 1, inFlight: 0 });
    expect(queue.deadLetters(10)).toEqual([]);
    database.close();
  });

  it('says when the queue itself fails, and delivers no more', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const { queue, dispatcher, database, onBroken } = running(':memory:', new Map([['clicks', () => promise]]));
    queue.accept('clicks', [{ data: '1', attributes: {} }]);
    await vi.waitFor(() => expect(dispatcher.status().inFlight).toBe(1));
    database.exec('DROP TABLE messages');
    resolve();
    await vi.waitFor(() => expect(onBroken).toHaveBeenCalledOnce());
    expect(onBroken.mock.calls[0]?.[0]).toMatchObject({ name: 'PlatformFailure' });
    database.close();
  });

  it('counts an attempt that the process did not survive, so that a poisonous message ends as a dead letter', async () => {
    const path = file();
    for (let attempt = 1; attempt <= 5; attempt += 1) {
      const { queue, database } = running(path, new Map([['clicks', never]]));
      if (attempt === 1) queue.accept('clicks', [{ data: 'kills', attributes: {} }]);
      await vi.waitFor(() => expect(queue.waiting('clicks')).toBe(0));
      database.close();
    }
    const last = running(path, new Map([['clicks', () => Promise.reject(new Error('again'))]]));
    await vi.waitFor(() => expect(last.queue.deadLetters(10)).toHaveLength(1));
    expect(last.onFailed).toHaveBeenCalledOnce();
    await last.dispatcher.stop(0);
    last.database.close();
  });
});

describe('the one runner of a file', () => {
  it('keeps a second one out until it lets go', () => {
    const path = file();
    const letGo = onlyRunner(path);
    expect(() => onlyRunner(path)).toThrow(/another runmedic already runs on .*runmedic\.db; stop it/);
    letGo();
    onlyRunner(path)();
  });

  it('is nobody in particular for a store that is in memory', () => {
    onlyRunner(':memory:');
    onlyRunner(':memory:')();
  });
});
