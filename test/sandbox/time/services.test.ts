import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createBotConnection } from '../../../sandbox/bot-connection.ts';
import { createEventLog } from '../../../sandbox/event-log.ts';
import { jumpWhenIdle } from '../../../sandbox/jump-when-idle.ts';
import { createNotificationPublisher } from '../../../sandbox/notification-publisher.ts';
import { createScheduler } from '../../../sandbox/scheduler.ts';
import { createTime } from '../../../sandbox/time.ts';
import { fakeWorld, MINUTE_MS, START_MS } from './fake-world.ts';

const close: (() => void)[] = [];
afterEach(() => {
  for (const end of close.splice(0)) end();
});

interface Call {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly body: string;
}

/** A bot that writes down its calls; `answer` says how each ends. */
async function startBot(
  answer: (call: Call) => { status?: number; body?: unknown } | Promise<{ status?: number; body?: unknown }>,
) {
  const calls: Call[] = [];
  const read = async (request: IncomingMessage): Promise<string> => Buffer.concat(await request.toArray()).toString();
  const server = createServer(async (request, response) => {
    const call = { path: String(request.url), authorization: request.headers.authorization, body: await read(request) };
    calls.push(call);
    const { status = 200, body = {} } = await answer(call);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  close.push(() => void server.close().closeAllConnections());
  // Sound: a server that listens on TCP has an address with a port.
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const addresses = {
    slackRequestUrl: `${url}/slack`,
    schedulerUrl: `${url}/patrol`,
    publishUrl: `${url}/publish`,
    statusUrl: `${url}/status`,
  };
  return { calls, addresses };
}

function setUp() {
  const world = fakeWorld();
  const time = createTime({ world, speed: 30, machineNowMs: () => performance.now(), afterSecond: () => undefined });
  const log = createEventLog(time.nowMs);
  return { time, log, bot: createBotConnection() };
}

const soon = (assertion: () => void): Promise<void> => vi.waitFor(assertion, { interval: 5, timeout: 5000 });

describe('the scheduler', () => {
  it('calls at full minutes of the world, with its identity, one call at a time', async () => {
    const { time, log, bot } = setUp();
    const held: (() => void)[] = [];
    const { calls, addresses } = await startBot(() => new Promise((resolve) => held.push(() => resolve({}))));
    bot.connect(addresses);
    const scheduler = createScheduler({ time, log, bot, bearer: 'scheduler-token' });
    scheduler.start();
    time.runTo(START_MS + 49_000);
    expect(scheduler.inFlight()).toBe(0);
    time.runTo(START_MS + 3 * MINUTE_MS);
    expect(scheduler.inFlight()).toBe(1);
    await soon(() => expect(held).toHaveLength(1));
    held[0]?.();
    await soon(() => expect(scheduler.inFlight()).toBe(0));
    expect(calls).toEqual([{ path: '/patrol', authorization: 'Bearer scheduler-token', body: '{}' }]);
    time.runTo(START_MS + 4 * MINUTE_MS);
    await soon(() => expect(calls).toHaveLength(2));
  });

  it('writes down a call that failed', async () => {
    const { time, log, bot } = setUp();
    bot.connect((await startBot(() => ({ status: 500 }))).addresses);
    createScheduler({ time, log, bot, bearer: 't' }).start();
    time.runTo(START_MS + MINUTE_MS);
    await soon(() =>
      expect(log.list()).toMatchObject([{ source: 'scheduler', type: 'call-failed', detail: 'status 500' }]),
    );
  });
});

describe('the notification channel', () => {
  const notification = { version: '1.2', incident: { incident_id: '0.abc', state: 'open' } } as const;

  it('publishes as Pub/Sub takes it, again where that fails', async () => {
    const { log, bot } = setUp();
    let failures = 1;
    const { calls, addresses } = await startBot(() => ({ status: failures-- > 0 ? 503 : 200 }));
    bot.connect(addresses);
    const publisher = createNotificationPublisher({ bot, log, bearer: 'monitoring-token' });
    publisher.publish(notification);
    expect(publisher.inFlight()).toBe(1);
    await soon(() => expect(publisher.inFlight()).toBe(0));
    expect(calls).toHaveLength(2);
    const { messages } = JSON.parse(String(calls[1]?.body));
    expect(calls[1]?.authorization).toBe('Bearer monitoring-token');
    expect(JSON.parse(Buffer.from(messages[0].data, 'base64').toString())).toEqual(notification);
    expect(log.list()).toMatchObject([{ type: 'notification-published', incident: '0.abc', state: 'open' }]);
  });

  it('holds notifications until the bot is there', async () => {
    const { log, bot } = setUp();
    const { calls, addresses } = await startBot(() => ({}));
    const publisher = createNotificationPublisher({ bot, log, bearer: 't' });
    publisher.publish(notification);
    expect(publisher.inFlight()).toBe(0);
    bot.connect(addresses);
    await soon(() => expect(calls).toHaveLength(1));
  });
});

describe('jumping', () => {
  /** Looks until `looks` statuses were read, then tells how often it jumped. */
  async function jumpsAfter(
    statuses: readonly { queued: number; inFlight: number; activity: number }[],
    own: { sleepers: number; inFlight: number },
  ) {
    let read = 0;
    let jumps = 0;
    const stop = new AbortController();
    const { addresses } = await startBot(() => {
      const body = statuses[Math.min(read++, statuses.length - 1)];
      if (read > statuses.length) stop.abort();
      return { body };
    });
    await jumpWhenIdle({
      statusUrl: () => addresses.statusUrl,
      sleepers: () => own.sleepers,
      inFlight: () => own.inFlight,
      jump: () => {
        jumps += 1;
      },
      stop: stop.signal,
    });
    return jumps;
  }
  const idle = { queued: 0, inFlight: 0, activity: 7 };
  const none = { sleepers: 0, inFlight: 0 };

  it.each<[string, number, Parameters<typeof jumpsAfter>[0], typeof none]>([
    ['nothing moved between two looks', 1, [idle, idle], none],
    [
      'all that is in hand sleeps',
      1,
      [
        { ...idle, inFlight: 2 },
        { ...idle, inFlight: 2 },
      ],
      { sleepers: 2, inFlight: 0 },
    ],
    ['never after one look', 0, [idle], none],
    [
      'not while something is done',
      0,
      [
        { ...idle, inFlight: 2 },
        { ...idle, inFlight: 2 },
      ],
      { sleepers: 1, inFlight: 0 },
    ],
    [
      'not while something waits',
      0,
      [
        { ...idle, queued: 1 },
        { ...idle, queued: 1 },
      ],
      none,
    ],
    ['not where something happened between the looks', 0, [idle, { ...idle, activity: 8 }], none],
    ['not while a call of the sandbox is under way', 0, [idle, idle], { sleepers: 0, inFlight: 1 }],
    ['again only after two more looks', 2, [idle, idle, idle, idle], none],
  ])('%s', async (_name, expected, statuses, own) => {
    expect(await jumpsAfter(statuses, own)).toBe(expected);
  });
});
