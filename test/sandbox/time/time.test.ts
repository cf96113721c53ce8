import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createTime, type WorldTime } from '../../../sandbox/time.ts';
import { timeRoutes } from '../../../sandbox/time-routes.ts';
import { fakeWorld, MINUTE_MS, START_MS } from './fake-world.ts';

const close: (() => void)[] = [];
afterEach(() => {
  for (const end of close.splice(0)) end();
  vi.useRealTimers();
});

function setUp(options: { speed?: number; evaluations?: number } = {}) {
  const world = fakeWorld(options.evaluations);
  const seconds: number[] = [];
  const time: WorldTime = createTime({
    world,
    speed: options.speed ?? 30,
    machineNowMs: () => performance.now(),
    afterSecond: () => void seconds.push(world.nowMs),
  });
  close.push(time.stop);
  return { world, time, seconds };
}

describe('world time', () => {
  it('stands still until it plays, then runs as many times faster', () => {
    vi.useFakeTimers();
    const { time } = setUp({ speed: 30 });
    vi.advanceTimersByTime(5000);
    expect(time.nowMs()).toBe(START_MS);
    time.play();
    time.play();
    vi.advanceTimersByTime(2000);
    expect(time.nowMs() - START_MS).toBeGreaterThan(59_000);
    expect(time.nowMs() - START_MS).toBeLessThanOrEqual(60_000);
  });

  it('goes through every second on the way, and drains after each', () => {
    const { world, time, seconds } = setUp();
    time.runTo(START_MS + 3500);
    expect(world.steps).toEqual([1000, 2000, 3000, 3500].map((ms) => START_MS + ms));
    expect(seconds).toEqual(world.steps);
  });

  it('runs what is due in order, at its second and not before', () => {
    const { time } = setUp();
    const ran: string[] = [];
    const note = (name: string) => () => void ran.push(`${name} ${(time.nowMs() - START_MS) / 1000}`);
    time.at(START_MS + 2500, note('b'));
    time.at(START_MS + 2000, note('a'));
    const takeBack = time.at(START_MS + 2000, note('never'));
    takeBack();
    time.runTo(START_MS + 1999);
    expect(ran).toEqual([]);
    time.runTo(START_MS + 10_000);
    expect(ran).toEqual(['a 2', 'b 3']);
  });

  it('runs at once what is due already, though never within the call', async () => {
    const { time } = setUp();
    let ran = false;
    time.at(START_MS - 1, () => {
      ran = true;
    });
    expect(ran).toBe(false);
    await Promise.resolve();
    expect(ran).toBe(true);
  });

  it('jumps to what is due next, and never past a look at the alert policies', () => {
    const { time } = setUp({ evaluations: MINUTE_MS });
    time.at(START_MS + 25_000, () => undefined);
    time.at(START_MS + 90_000, () => undefined);
    const stops = [1, 2, 3].map(() => {
      time.jump();
      return (time.nowMs() - START_MS) / 1000;
    });
    expect(stops).toEqual([25, 60, 90]);
  });

  it('does not make up for a jump by standing still afterwards', () => {
    vi.useFakeTimers();
    const { time } = setUp({ speed: 1 });
    time.play();
    time.jump();
    const jumped = time.nowMs();
    vi.advanceTimersByTime(3000);
    expect(time.nowMs() - jumped).toBe(3000);
  });
});

describe('/time', () => {
  async function serve() {
    const parts = setUp();
    const routes = timeRoutes(parts.time);
    const server = createServer(express().use(routes.router)).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    close.push(() => void server.close().closeAllConnections());
    // Sound: a server that listens on TCP has an address with a port.
    return { ...parts, ...routes, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
  }
  const until = (seconds: number): string => new Date(START_MS + seconds * 1000).toISOString();
  const reached = async (condition: () => boolean): Promise<void> =>
    vi.waitFor(() => expect(condition()).toBe(true), { interval: 5 });

  it('says the time and the speed', async () => {
    const { url } = await serve();
    expect(await (await fetch(`${url}/time`)).json()).toEqual({ now: until(0), speed: 30 });
  });

  it('lets callers sleep until the world has reached their moment', async () => {
    const { url, time, sleepers } = await serve();
    const waking = Promise.all(
      [30, 60].map(async (seconds) => (await fetch(`${url}/time/sleep?until=${until(seconds)}`)).json()),
    );
    await reached(() => sleepers() === 2);
    time.runTo(START_MS + 30_000);
    expect(sleepers()).toBe(1);
    time.runTo(START_MS + 61_000);
    expect(sleepers()).toBe(0);
    expect(await waking).toEqual([
      { now: until(30), speed: 30 },
      { now: until(60), speed: 30 },
    ]);
  });

  it('answers at once for a moment that is past', async () => {
    const { url } = await serve();
    expect(await (await fetch(`${url}/time/sleep?until=${until(-5)}`)).json()).toEqual({ now: until(0), speed: 30 });
  });

  it('forgets a sleeper that hangs up', async () => {
    const { url, sleepers, time } = await serve();
    const abort = new AbortController();
    const sleeping = fetch(`${url}/time/sleep?until=${until(30)}`, { signal: abort.signal }).then((response) =>
      response.text(),
    );
    await reached(() => sleepers() === 1);
    abort.abort();
    await expect(sleeping).rejects.toThrow();
    await reached(() => sleepers() === 0);
    expect(time.nextDueMs()).toBeUndefined();
  });

  it('refuses what is no moment', async () => {
    const { url } = await serve();
    const response = await fetch(`${url}/time/sleep?until=soon`);
    expect([response.status, await response.json()]).toEqual([
      400,
      { error: 'until=soon is no moment; an ISO 8601 time is' },
    ]);
  });
});
