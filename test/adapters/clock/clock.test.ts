import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createTime, type TimedWorld } from '../../../sandbox/time.ts';
import { timeRoutes } from '../../../sandbox/time-routes.ts';
import { remoteClock } from '../../../shared/adapters/clock/remote-clock.ts';
import { systemClock } from '../../../shared/adapters/clock/system-clock.ts';
import { instant, plusSeconds } from '../../../shared/ports/clock.ts';
import { PlatformFailure } from '../../../shared/ports/platform-failure.ts';

const NEVER = new AbortController().signal;
const T0 = instant('2026-11-23T03:00:00.000Z');

async function source(answer: RequestListener): Promise<{ url: string; paths: string[] }> {
  const paths: string[] = [];
  const server = createServer((request, response) => {
    paths.push(request.url ?? '');
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  // Sound: it listens on TCP.
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/time`, paths };
}

const tell = (response: ServerResponse, now: string) => response.end(JSON.stringify({ now, speed: 30 }));

describe('systemClock', () => {
  const clock = systemClock();

  it('is the machine’s time', async () => {
    const before = Date.now();
    const now = Date.parse(await clock.now());
    expect(now).toBeGreaterThanOrEqual(before);
    expect(now).toBeLessThanOrEqual(Date.now());
  });

  it('never wakes early, and at once for what is past', async () => {
    const due = instant(Date.now() + 60);
    await clock.sleepUntil(due, NEVER);
    expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(due));
    await clock.sleepUntil(T0, NEVER);
  });

  it('rejects with the signal’s own reason', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const sleep = clock.sleepUntil(plusSeconds(await clock.now(), 3_000_000), controller.signal);
    controller.abort(reason);
    await expect(sleep).rejects.toBe(reason);
    await expect(clock.sleepUntil(T0, AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});

describe('remoteClock', () => {
  it('tells the source’s time', async () => {
    const { url, paths } = await source((_, response) => tell(response, '2026-11-23T03:00:00Z'));
    expect(await remoteClock(url).now()).toBe(T0);
    expect(paths).toEqual(['/time']);
  });

  it('asks the source to say when it has come to a moment', async () => {
    const due = plusSeconds(T0, 90);
    const { url, paths } = await source((_, response) => tell(response, due));
    await remoteClock(url).sleepUntil(due, NEVER);
    expect(paths).toEqual([`/time/sleep?until=${encodeURIComponent(due)}`]);
  });

  it('goes on asking while the answer comes early', async () => {
    let seconds = 0;
    const { url, paths } = await source((_, response) => {
      seconds += 10;
      tell(response, plusSeconds(T0, seconds));
    });
    await remoteClock(url).sleepUntil(plusSeconds(T0, 25), NEVER);
    expect(paths).toHaveLength(3);
  });

  it('outlives a poll whose connection breaks', async () => {
    let polls = 0;
    const { url } = await source(({ url: path }, response) => {
      if (!path?.includes('sleep')) return tell(response, plusSeconds(T0, 30));
      polls += 1;
      return polls === 1 ? response.destroy() : tell(response, plusSeconds(T0, 60));
    });
    await remoteClock(url).sleepUntil(plusSeconds(T0, 60), NEVER);
    expect(polls).toBe(2);
  });

  it('does not ask for ever where time stands still', async () => {
    const { url, paths } = await source((_, response) => tell(response, T0));
    const sleep = remoteClock(url).sleepUntil(plusSeconds(T0, 60), NEVER);
    await expect(sleep).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('stands still'),
    });
    expect(paths.length).toBeLessThan(10);
  });

  it.each<[string, RequestListener]>([
    ['is broken', (_, response) => response.writeHead(500).end('{}')],
    ['hangs up', (_, response) => response.destroy()],
    ['tells no time', (_, response) => response.end('{"speed":30}')],
    ['speaks no JSON', (_, response) => response.end('<html>')],
    ['tells nonsense', (_, response) => tell(response, 'tomorrow')],
  ])('is unavailable when the source %s, after four questions', async (_, answer) => {
    const { url, paths } = await source(answer);
    await expect(remoteClock(url).now()).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining(url),
    });
    expect(paths).toHaveLength(4);
  });

  it('is unavailable when there is no source', async () => {
    const failure: unknown = await remoteClock('http://127.0.0.1:1/time')
      .now()
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(PlatformFailure);
  });

  it('recovers from a source that is away for a moment', async () => {
    let asked = 0;
    const { url } = await source((_, response) => {
      asked += 1;
      return asked < 3 ? response.destroy() : tell(response, T0);
    });
    expect(await remoteClock(url).now()).toBe(T0);
  });

  it('rejects with the signal’s own reason, and hangs up', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const closed = Promise.withResolvers<void>();
    const { url } = await source((_, response) => {
      response.on('close', closed.resolve);
      controller.abort(reason);
    });
    await expect(remoteClock(url).sleepUntil(T0, controller.signal)).rejects.toBe(reason);
    await closed.promise;
  });
});

describe('remoteClock, on the sandbox’s world', () => {
  it('wakes when the world has come to the moment, however fast that is', async () => {
    const startMs = Date.parse(T0);
    let nowMs = startMs;
    const world: TimedWorld = {
      get nowMs() {
        return nowMs;
      },
      advanceTo: (ms) => {
        nowMs = Math.max(nowMs, ms);
      },
      nextAlertEvaluationMs: () => nowMs + 60_000,
    };
    const time = createTime({ world, speed: 1, machineNowMs: () => 0, afterSecond: () => undefined });
    const routes = timeRoutes(time);
    const app = express().use(routes.router);
    const { url } = await source((request, response) => app(request, response));
    const clock = remoteClock(url);
    const due = plusSeconds(await clock.now(), 480);
    let awake = false;
    const sleep = clock.sleepUntil(due, NEVER).then(() => {
      awake = true;
    });
    await expect.poll(() => routes.sleepers()).toBe(1);
    time.runTo(startMs + 479_000);
    expect(awake).toBe(false);
    time.runTo(startMs + 480_000);
    await sleep;
    expect(await clock.now()).toBe(due);
  });
});
