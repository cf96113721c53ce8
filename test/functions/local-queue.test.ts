import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CloudEvent, cloudEvent } from '@google-cloud/functions-framework';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { eventDelivery } from '../../functions/local/event-delivery.ts';
import { type Listening, listenHere } from '../../functions/local/http.ts';
import { type Caller, identitiesOf } from '../../functions/local/identities.ts';
import { publishEndpoint } from '../../functions/local/publish-endpoint.ts';
import { serveFunction } from '../../functions/local/serve-function.ts';
import { RestPublisher } from '../../shared/adapters/pubsub/publish-rest.ts';
import { openDatabase } from '../../shared/adapters/sqlite/database.ts';
import { Dispatcher, type Subscriber } from '../../shared/adapters/sqlite/dispatcher.ts';
import { SqliteQueue } from '../../shared/adapters/sqlite/queue.ts';
import type { Topic } from '../../shared/incident/effect.ts';
import { queueContract, type Received } from '../contracts/queue-contract.ts';

const CALLERS: readonly Caller[] = [
  'alert',
  'investigate',
  'slack',
  'chat',
  'remediate',
  'retest',
  'patrol',
  'monitoring',
  'scheduler',
];
const tokens = Object.fromEntries(CALLERS.map((caller) => [caller, `token-of-${caller}`]));
const project = 'acme-runmedic';
const bearer = 'only-the-queue-knows';

const folder = mkdtempSync(join(tmpdir(), 'runmedic-local-'));
afterAll(() => rmSync(folder, { recursive: true }));
// functions-framework prints what a handler threw; here that is asked for.
beforeEach(() => {
  vi.spyOn(console, 'error').mockImplementation(() => {});
});
let files = 0;
let functions = 0;

/** What Eventarc's envelope must hold; anything else and the function answers 500, so that nothing would be delivered. */
const envelope = z.strictObject({
  message: z.strictObject({
    data: z.base64(),
    attributes: z.record(z.string(), z.string()),
    messageId: z.string(),
    message_id: z.string(),
    publishTime: z.iso.datetime(),
    publish_time: z.iso.datetime(),
  }),
  subscription: z.string(),
});

/** The laptop's queue as a whole: publish over REST with an identity, deliver to functions-framework over HTTP. */
async function laptop() {
  files += 1;
  const file = join(folder, `${files}.db`);
  const limits = { backoffMs: 1, backoffMaxMs: 4, attemptsMax: 5 };
  const subscribers = new Map<Topic, Subscriber>();
  const serving: Listening[] = [];
  const identities = identitiesOf(tokens);
  let now = start();

  function start() {
    const database = openDatabase(file);
    const queue = new SqliteQueue(database, { nowMs: Date.now });
    const dispatcher = new Dispatcher({ queue, subscribers, onFailed: () => {}, onBroken: () => {}, limits });
    dispatcher.start();
    return { database, queue, dispatcher };
  }
  const endpoint = await listenHere((request, response) =>
    publishEndpoint({ project, queue: now.queue, identities })(request, response),
  );
  serving.push(endpoint);
  return {
    endpoint,
    limits,
    queue: () => now.queue,
    subscribe: async (topic: Topic, handler: (received: Received) => Promise<void>) => {
      await now.dispatcher.stop(0);
      now.database.close();
      functions += 1;
      const name = `function-${functions}`;
      cloudEvent(name, async ({ id, type, source, data }: CloudEvent<unknown>) => {
        expect(type).toBe('google.cloud.pubsub.topic.v1.messagePublished');
        expect(source).toBe(`//pubsub.googleapis.com/projects/${project}/topics/${topic}`);
        const { message, subscription } = envelope.parse(data);
        expect(subscription).toBe(`projects/${project}/subscriptions/${topic}`);
        expect(message.messageId).toBe(id);
        const text = Buffer.from(message.data, 'base64').toString('utf8');
        await handler({ id: message.messageId, data: text, attributes: message.attributes });
      });
      const served = await serveFunction({
        name,
        admits: (authorization) => authorization === `Bearer ${bearer}`,
        traffic: undefined,
      });
      serving.push(served);
      subscribers.set(topic, eventDelivery({ url: served.url, project, bearer }));
      now = start();
    },
    crash: async () => {
      now.database.close();
      now = start();
    },
    close: async () => {
      await now.dispatcher.stop(0);
      now.database.close();
      for (const { close } of serving) await close();
    },
  };
}

const publisher = (endpoint: string, caller: string) =>
  new RestPublisher({ project, endpoint, token: async () => `token-of-${caller}`, deadlineMs: 5_000 });

/** Each topic is published to by an identity that may. */
const publisherOf: Readonly<Record<Topic, Caller>> = {
  alerts: 'monitoring',
  clicks: 'slack',
  investigations: 'investigate',
  remediations: 'patrol',
  retests: 'investigate',
  announcements: 'alert',
  'dead-letters': 'alert',
};

queueContract('The queue of a laptop, by REST and over HTTP', async () => {
  const { endpoint, limits, subscribe, crash, close } = await laptop();
  return {
    queue: {
      publish: (topic, messages) => publisher(endpoint.url, publisherOf[topic]).publish(topic, messages),
    },
    attemptsMax: limits.attemptsMax,
    subscribe,
    crash,
    close,
  };
});

describe('who may publish what', () => {
  let under: Awaited<ReturnType<typeof laptop>>;
  beforeEach(async () => {
    under = await laptop();
    return () => under.close();
  });

  const TOPICS: readonly Topic[] = [
    'alerts',
    'clicks',
    'investigations',
    'remediations',
    'retests',
    'announcements',
    'dead-letters',
  ];
  const effects = ['investigations', 'remediations', 'retests', 'announcements'];
  const allowed: Readonly<Record<Caller, readonly string[]>> = {
    monitoring: ['alerts'],
    slack: ['clicks'],
    alert: ['investigations', 'announcements', 'dead-letters'],
    investigate: effects,
    chat: [...effects, 'dead-letters'],
    remediate: effects,
    retest: ['announcements'],
    patrol: effects,
    scheduler: [],
  };

  it.each(CALLERS)('%s: just what it needs', async (caller) => {
    for (const topic of TOPICS) {
      const published = publisher(under.endpoint.url, caller).publish(topic, [{ data: 'x', attributes: {} }]);
      if (allowed[caller].includes(topic)) await expect(published).resolves.toBeUndefined();
      else
        await expect(published).rejects.toMatchObject({
          code: 'permission-denied',
          message: expect.stringContaining(`${caller} may not publish to ${topic}`),
        });
      expect(under.queue().waiting(topic)).toBe(allowed[caller].includes(topic) ? 1 : 0);
    }
  });

  it('a stranger: nothing', async () => {
    await expect(publisher(under.endpoint.url, 'nobody').publish('clicks', [{ data: 'x', attributes: {} }]))
      .rejects // .
      .toMatchObject({ code: 'unauthenticated' });
    expect(under.queue().waiting('clicks')).toBe(0);
  });

  const post = (path: string, init: RequestInit) =>
    fetch(`${under.endpoint.url}${path}`, {
      method: 'POST',
      headers: { authorization: 'Bearer token-of-slack' },
      ...init,
    });
  const clicks = `/v1/projects/${project}/topics/clicks:publish`;

  it('answers with the ids of the messages', async () => {
    const messages = [{ data: Buffer.from('x').toString('base64') }, { attributes: { a: 'b' } }];
    const response = await post(clicks, { body: JSON.stringify({ messages }) });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ messageIds: [expect.stringMatching(/^\d+$/), expect.any(String)] });
  });

  it.each([
    ['another project', `/v1/projects/other/topics/clicks:publish`, '{}', 404, 'NOT_FOUND'],
    ['an unknown topic', `/v1/projects/${project}/topics/click:publish`, '{}', 404, 'NOT_FOUND'],
    ['another method', `/v1/projects/${project}/topics/clicks:pull`, '{}', 404, 'NOT_FOUND'],
    ['no JSON', clicks, '{', 400, 'INVALID_ARGUMENT'],
    ['no messages', clicks, '{"messages":[]}', 400, 'INVALID_ARGUMENT'],
    ['data that is no base64', clicks, '{"messages":[{"data":"%"}]}', 400, 'INVALID_ARGUMENT'],
    ['an empty message', clicks, '{"messages":[{}]}', 400, 'INVALID_ARGUMENT'],
    ['too much', clicks, JSON.stringify({ messages: [{ data: 'x'.repeat(15_000_000) }] }), 400, 'INVALID_ARGUMENT'],
  ])('refuses %s as Pub/Sub would', async (_, path, body, code, status) => {
    const response = await post(path, { body });
    expect(response.status).toBe(code);
    expect(await response.json()).toMatchObject({ error: { code, status, message: expect.any(String) } });
  });
});

describe('the gate before a function', () => {
  it('lets nobody else in, so that a message cannot be forged past the queue', async () => {
    const under = await laptop();
    const received: Received[] = [];
    await under.subscribe('clicks', async (one) => {
      received.push(one);
    });
    const served = await serveFunction({ name: `function-${functions}`, admits: () => false, traffic: undefined });
    const response = await fetch(served.url, {
      method: 'POST',
      headers: { authorization: 'Bearer guess' },
      body: '{}',
    });
    expect(response.status).toBe(403);
    expect(received).toEqual([]);
    await served.close();
    await under.close();
  });

  it('refuses to start with an identity that has no token', () => {
    const { slack: _, ...others } = tokens;
    expect(() => identitiesOf({ ...others, patrol: '' })).toThrow('no token for slack, patrol');
  });
});
