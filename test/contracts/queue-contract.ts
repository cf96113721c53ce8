import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Topic } from '../../shared/incident/effect.ts';
import type { OutgoingMessage, Queue } from '../../shared/incident/queue.ts';

export interface Received extends OutgoingMessage {
  readonly id: string;
}

/** One empty queue to test, with handlers that answer as the test says. */
export interface QueueUnderTest {
  readonly queue: Queue;
  /** Attempts after which a message becomes a dead letter. */
  readonly attemptsMax: number;
  /** From now on messages of `topic` go to `handler`: resolving is a 2xx, rejecting is a 500. */
  subscribe(topic: Topic, handler: (message: Received) => Promise<void>): Promise<void>;
  /** Ends the delivering process without warning and starts it again; handlers stay subscribed. undefined: not ours to crash. */
  readonly crash: (() => Promise<void>) | undefined;
  close(): Promise<void>;
}

const message = (data: string, attributes: Readonly<Record<string, string>> = {}): OutgoingMessage => ({
  data,
  attributes,
});

/** Collects deliveries, and says when there are enough of them. */
function inbox(answer: (received: Received, nth: number) => Promise<void> = async () => {}) {
  const received: Received[] = [];
  const waiting = new Set<() => void>();
  return {
    received,
    handler: (one: Received): Promise<void> => {
      received.push(one);
      for (const wake of waiting) wake();
      return answer(one, received.length);
    },
    until: async (enough: (received: readonly Received[]) => boolean): Promise<void> => {
      while (!enough(received)) {
        const { promise, resolve } = Promise.withResolvers<void>();
        waiting.add(resolve);
        await promise;
        waiting.delete(resolve);
      }
    },
  };
}

/** What every Queue must do, whatever carries the messages. */
export function queueContract(name: string, open: () => Promise<QueueUnderTest>): void {
  describe(`${name} keeps the contract of Queue`, () => {
    let under: QueueUnderTest;
    beforeEach(async () => {
      under = await open();
    });
    afterEach(() => under.close());

    it('delivers data and attributes as they were published', async () => {
      const box = inbox();
      await under.subscribe('announcements', box.handler);
      const sent = message('{"text":"äöü 💥\\n\\u0000"}', { effect: 'inc-1:1:0', type: 'announce' });
      await under.queue.publish('announcements', [sent]);
      await box.until(({ length }) => length > 0);
      expect(box.received[0]).toMatchObject(sent);
      expect(box.received[0]?.id).toMatch(/./);
    });

    it('takes a message with attributes only, and one with data only', async () => {
      const box = inbox();
      await under.subscribe('clicks', box.handler);
      await under.queue.publish('clicks', [message('', { a: 'b' }), message('data')]);
      await box.until(({ length }) => length === 2);
      expect(box.received.map(({ data }) => data).toSorted()).toEqual(['', 'data']);
    });

    it('delivers every one of many, each with its own id', async () => {
      const box = inbox();
      await under.subscribe('alerts', box.handler);
      const batches = Array.from({ length: 10 }, (_, batch) =>
        Array.from({ length: 20 }, (__, n) => message(`${batch}/${n}`)),
      );
      await Promise.all(batches.map((batch) => under.queue.publish('alerts', batch)));
      const wanted = batches.flat().map(({ data }) => data);
      await box.until((received) => new Set(received.map(({ data }) => data)).size === wanted.length);
      expect(new Set(box.received.map(({ data }) => data))).toEqual(new Set(wanted));
      expect(new Set(box.received.map(({ id }) => id)).size).toBe(wanted.length);
    });

    it('delivers again, with the same id, until the handler is content, and then no more', async () => {
      const box = inbox(async ({ data }, nth) => {
        if (data === 'hard' && nth < 3) throw new Error('not yet');
      });
      await under.subscribe('investigations', box.handler);
      await under.queue.publish('investigations', [message('hard')]);
      await box.until(({ length }) => length === 3);
      // Anything delivered once more would come before the last of these.
      await under.queue.publish('investigations', [message('after')]);
      await box.until((received) => received.some(({ data }) => data === 'after'));
      const hard = box.received.filter(({ data }) => data === 'hard');
      expect(hard).toHaveLength(3);
      expect(new Set(hard.map(({ id }) => id)).size).toBe(1);
    });

    it('gives a message up after its last attempt and keeps it as a dead letter, attributes included', async () => {
      const box = inbox(async () => {
        throw new Error('never');
      });
      const dead = inbox();
      await under.subscribe('remediations', box.handler);
      await under.subscribe('dead-letters', dead.handler);
      await under.queue.publish('remediations', [message('poison', { type: 'carry-out' })]);
      await dead.until(({ length }) => length > 0);
      expect(dead.received[0]?.data).toBe('poison');
      expect(dead.received[0]?.attributes).toMatchObject({
        type: 'carry-out',
        CloudPubSubDeadLetterSourceDeliveryCount: String(under.attemptsMax),
      });
      expect(box.received).toHaveLength(under.attemptsMax);
    });

    it('hands each topic to its own handler', async () => {
      const alerts = inbox();
      const clicks = inbox();
      await under.subscribe('alerts', alerts.handler);
      await under.subscribe('clicks', clicks.handler);
      await under.queue.publish('alerts', [message('an alert')]);
      await under.queue.publish('clicks', [message('a click')]);
      await alerts.until(({ length }) => length > 0);
      await clicks.until(({ length }) => length > 0);
      expect(alerts.received.map(({ data }) => data)).toEqual(['an alert']);
      expect(clicks.received.map(({ data }) => data)).toEqual(['a click']);
    });

    it('does not let a handler that takes long hold up the others', async () => {
      const { promise: released, resolve: release } = Promise.withResolvers<void>();
      const box = inbox(({ data }) => (data === 'slow' ? released : Promise.resolve()));
      await under.subscribe('investigations', box.handler);
      await under.queue.publish('investigations', [message('slow')]);
      await box.until(({ length }) => length === 1);
      await under.queue.publish('investigations', [message('quick')]);
      await box.until((received) => received.some(({ data }) => data === 'quick'));
      release();
    });

    it('keeps what nobody listens to yet', async () => {
      await under.queue.publish('clicks', [message('early')]);
      const box = inbox();
      await under.subscribe('clicks', box.handler);
      await box.until(({ length }) => length > 0);
      expect(box.received[0]?.data).toBe('early');
    });

    it('publishes nothing when there is nothing', async () => {
      await expect(under.queue.publish('clicks', [])).resolves.toBeUndefined();
    });

    it.each([
      ['neither data nor attributes', [message('')]],
      ['an attribute that is too long', [message('x', { a: 'b'.repeat(1025) })]],
      ['an attribute whose name is too long', [message('x', { ['a'.repeat(257)]: 'b' })]],
      ['more than 10 MB', [message('x'.repeat(10_000_001))]],
      ['more messages than one publish takes', Array.from({ length: 1001 }, () => message('x'))],
    ])('refuses %s, and then publishes none of them', async (_, bad) => {
      const box = inbox();
      await under.subscribe('clicks', box.handler);
      await expect(under.queue.publish('clicks', [message('good'), ...bad])).rejects.toMatchObject({
        code: 'invalid-argument',
        message: expect.stringContaining('nothing was published to clicks'),
      });
      await under.queue.publish('clicks', [message('later')]);
      await box.until(({ length }) => length > 0);
      expect(box.received.map(({ data }) => data)).toEqual(['later']);
    });

    it('delivers again what was in flight when the process died', async ({ skip }) => {
      if (under.crash === undefined) return skip('this queue runs elsewhere');
      const box = inbox((_, nth) => (nth === 1 ? Promise.withResolvers<void>().promise : Promise.resolve()));
      await under.subscribe('remediations', box.handler);
      await under.queue.publish('remediations', [message('precious')]);
      await box.until(({ length }) => length === 1);
      await under.crash();
      await box.until(({ length }) => length === 2);
      expect(box.received.map(({ data }) => data)).toEqual(['precious', 'precious']);
      expect(box.received[0]?.id).toBe(box.received[1]?.id);
    });
  });
}
