import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { endOf, type Heard, settled } from '../../cli/end-of-run.ts';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** A bot as far as its end is concerned: what it prints, and what it says that it is busy with. */
async function aBot() {
  const printed = new PassThrough();
  const work = { queued: 0, inFlight: 0, asked: 0 };
  const server = createServer((_, response) => {
    work.asked += 1;
    response.end(JSON.stringify({ queued: work.queued, inFlight: work.inFlight }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // Sound: it listens on a port of this machine.
  const { port } = server.address() as AddressInfo;
  const end = () => {
    server.closeAllConnections();
    server.close();
    printed.end();
  };
  closing.push(end);
  const says = (line: object) => printed.write(`${JSON.stringify(line)}\n`);
  // At once: what comes before somebody asks for lines is lost.
  const lines = createInterface({ input: printed })[Symbol.asyncIterator]();
  return { lines, statusUrl: `http://127.0.0.1:${port}/`, says, work, end };
}

const moved = (to: string, over: object = {}) => ({
  message: 'incident moved',
  to,
  at: '2026-11-23T03:06:00.000Z',
  openedAt: '2026-11-23T03:00:00.000Z',
  ...over,
});
const unanswered = moved('escalated', { outcome: 'escalated', reason: 'investigation-failed' });
const nothingHeard = (): Heard => ({ incidents: 0, unheeded: [], held: undefined });
const untilAsked = async ({ work }: Awaited<ReturnType<typeof aBot>>, times: number) => {
  const least = work.asked + times;
  while (work.asked < least) await new Promise(setImmediate);
};

describe('the end of a run', () => {
  it('is the move that has an outcome; what was said before is printed and counted', async () => {
    const bot = await aBot();
    bot.says({ message: 'alert received', verdict: 'ignored', reason: 'a test' });
    bot.says(moved('awaiting-approval'));
    bot.says(moved('escalated', { outcome: 'escalated', reason: 'no-cause' }));
    const heard = nothingHeard();
    const lines: string[] = [];
    expect(await endOf(bot, heard, (line) => lines.push(line))).toMatchObject({
      kind: 'over',
      move: { outcome: 'escalated', reason: 'no-cause' },
    });
    expect(heard).toMatchObject({ incidents: 2, unheeded: ['a test'] });
    expect(lines).toHaveLength(3);
  });

  it('is not that no look came to an answer, while one is under way: what it brings counts', async () => {
    const bot = await aBot();
    bot.work.inFlight = 1;
    const end = endOf(bot, nothingHeard(), () => {});
    bot.says(unanswered);
    await untilAsked(bot, 4);
    bot.says(moved('awaiting-approval'));
    bot.says(moved('closed', { outcome: 'resolved', actions: ['scale-connector'] }));
    expect(await end).toMatchObject({ kind: 'over', move: { outcome: 'resolved' } });
  });

  it('is that no look came to an answer, once none is under way', async () => {
    const bot = await aBot();
    bot.work.queued = 1;
    const heard = nothingHeard();
    const end = endOf(bot, heard, () => {});
    bot.says(unanswered);
    await untilAsked(bot, 2);
    expect(heard.held).toMatchObject({ reason: 'investigation-failed' });
    bot.work.queued = 0;
    expect(await end).toMatchObject({ kind: 'over', move: { outcome: 'escalated', reason: 'investigation-failed' } });
  });

  it.each([
    ['had an outcome, though one that might have changed', [unanswered], { kind: 'over' }],
    ['had none', [moved('investigating')], { kind: 'no-outcome', why: expect.stringContaining('the bot ended') }],
  ])('is told where the bot ends when it %s', async (_, said, expected) => {
    const bot = await aBot();
    bot.work.inFlight = 1;
    for (const line of said) bot.says(line);
    const end = endOf(bot, nothingHeard(), () => {});
    bot.end();
    expect(await end).toMatchObject(expected);
  });

  it('waits for the last card, and not for a bot that is gone', async () => {
    const bot = await aBot();
    bot.work.inFlight = 1;
    let isSettled = false;
    const waiting = settled(bot).then(() => {
      isSettled = true;
    });
    await untilAsked(bot, 3);
    expect(isSettled).toBe(false);
    bot.work.inFlight = 0;
    await waiting;
    bot.end();
    await expect(settled(bot)).resolves.toBeUndefined();
  });
});
