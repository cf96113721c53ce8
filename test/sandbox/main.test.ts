import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { readCredentials } from '../../sandbox/credentials.ts';
import { readOptions, SPEED_MAX } from '../../sandbox/options.ts';
import { INVESTIGATION_PATIENCE_SECONDS } from '../../shared/incident/moves.ts';

const main = join(import.meta.dirname, '../../sandbox/main.ts');
const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of cleanUp.splice(0)) await step();
});

function start(...args: readonly string[]) {
  const child: ChildProcess = spawn(process.execPath, [main, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
  cleanUp.push(() => child.kill('SIGKILL'));
  let complaints = '';
  child.stderr?.on('data', (chunk) => {
    complaints += chunk;
  });
  if (child.stdout === null) throw new Error('stdout is a pipe');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return { child, lines, exit: once(child, 'exit').then(([code]) => ({ code, complaints })) };
}

const json = (body: unknown) => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

describe('the sandbox as a process', () => {
  it('says where it is, runs until an alert, tells what happened, and ends with whoever started it', async () => {
    const { child, lines, exit } = start('--scenario', 'staging-503', '--headless');
    const ready = JSON.parse(String((await lines.next()).value));
    expect(ready).toEqual({
      ready: true,
      url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      connectTo: expect.arrayContaining([expect.stringMatching(/^staging\.acme\.test:443:127\.0\.0\.1:\d+$/)]),
      caFile: expect.stringMatching(/ca\.pem$/),
      dnsServers: [expect.stringMatching(/^127\.0\.0\.1:\d+$/)],
      vpcConnectTo: expect.objectContaining({
        'direct-vpc': expect.arrayContaining([expect.stringMatching(/^10\.20\.0\.3:5432:127\.0\.0\.1:\d+$/)]),
      }),
    });
    const before = await (await fetch(`${ready.url}/time`)).json();
    const after = await (await fetch(`${ready.url}/sandbox/run-until`, json({ alert: true, thenSeconds: 90 }))).json();
    expect(after.alert).toBe(true);
    expect(Date.parse(after.now) - Date.parse(before.now)).toBeGreaterThan(90_000);
    const events = (await (await fetch(`${ready.url}/sandbox/events`)).text())
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events).toContainEqual(expect.objectContaining({ source: 'world', type: 'alert-opened' }));
    expect(JSON.parse(String((await lines.next()).value))).toEqual(events[0]);
    const { snapshot } = await (await fetch(`${ready.url}/sandbox/world`)).json();
    expect(snapshot.alerts).toContainEqual(expect.objectContaining({ state: 'open' }));
    child.stdin?.end();
    expect(await exit).toEqual({ code: 0, complaints: '' });
  });

  it('ends cleanly when told to', async () => {
    const { child, lines, exit } = start('--scenario', 'healthy');
    await lines.next();
    child.kill('SIGTERM');
    expect(await exit).toEqual({ code: 0, complaints: '' });
  });

  it('ends cleanly when told twice, and leaves nothing behind', async () => {
    const ownTmp = mkdtempSync(join(tmpdir(), 'runmedic-told-twice-'));
    cleanUp.push(() => rmSync(ownTmp, { recursive: true }));
    vi.stubEnv('TMPDIR', ownTmp);
    const { child, lines, exit } = start('--scenario', 'healthy');
    vi.unstubAllEnvs();
    await lines.next();
    expect(readdirSync(ownTmp)).not.toEqual([]);
    for (const signal of ['SIGINT', 'SIGINT', 'SIGTERM', 'SIGTERM'] as const) child.kill(signal);
    expect(await exit).toEqual({ code: 0, complaints: '' });
    expect(readdirSync(ownTmp)).toEqual([]);
  });

  it.each<[string, readonly string[], RegExp]>([
    [
      'an unknown scenario',
      ['--scenario', 'nope'],
      /^There is no scenario and no file called "nope"\. Shipped: .*staging-503/,
    ],
    ['an unknown flag', ['--scenario', 'healthy', '--bogus'], /^Unknown option '--bogus'.*\nusage: /],
  ])('says one clear thing about %s and starts nothing', async (_name, args, complaint) => {
    const { code, complaints } = await start(...args).exit;
    expect(code).toBe(2);
    expect(complaints).toMatch(complaint);
  });

  it('says which port is taken', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    cleanUp.push(() => taken.close());
    const address = taken.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const { code, complaints } = await start('--scenario', 'healthy', '--port', String(port)).exit;
    expect([code, complaints]).toEqual([
      2,
      `port ${port} on 127.0.0.1 is taken; choose another with --port, or --port 0 for a free one\n`,
    ]);
  });
});

describe('its tokens', () => {
  const read = (text: string) => {
    const folder = mkdtempSync(join(tmpdir(), 'tokens-'));
    cleanUp.push(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'tokens.json');
    writeFileSync(file, text);
    return readCredentials(file);
  };
  const slack = { botToken: 'xoxb-1', signingSecret: 's' };

  it('come from a file', () => {
    const tokens = { abc: 'remediate@acme-runmedic.iam.gserviceaccount.com' };
    expect(read(JSON.stringify({ tokens, slack, monitoring: 'm', scheduler: 's' }))).toMatchObject({ tokens, slack });
  });

  it('are refused with everything that is wrong', () => {
    const wrong = JSON.stringify({ tokens: { abc: 'nobody' }, slack: { ...slack, botToken: 'no' } });
    for (const part of ['tokens.abc', 'slack.botToken', 'monitoring', 'scheduler'])
      expect(() => read(wrong)).toThrow(part);
    expect(() => read('{')).toThrow(/cannot be read/);
    expect(() => readCredentials('/none.json')).toThrow(/--tokens \/none\.json cannot be read: ENOENT/);
  });
});

/** What one takes on an idle laptop (npm run bench), by the machine's clock. */
const INVESTIGATION_SECONDS = 2;

describe('its options', () => {
  it('have defaults', () => {
    expect(readOptions(['--scenario', 'healthy'])).toEqual({
      scenario: 'healthy',
      speed: 30,
      port: 0,
      headless: false,
      decision: 'approve',
      tokensFile: undefined,
    });
  });

  it('take a decision where nobody is at the page', () => {
    expect(readOptions(['--scenario', 'healthy', '--headless', '--decision', 'reject'])).toMatchObject({
      headless: true,
      decision: 'reject',
    });
  });

  it('take a speed at which an investigation still ends before the bot asks for another', () => {
    expect(readOptions(['--scenario', 'healthy', '--speed', String(SPEED_MAX)]).speed).toBe(SPEED_MAX);
    expect(INVESTIGATION_PATIENCE_SECONDS / SPEED_MAX).toBeGreaterThanOrEqual(INVESTIGATION_SECONDS);
  });

  it.each([
    [[], '--scenario is missing'],
    [['--scenario', 'healthy', '--speed', 'fast'], '--speed: found "fast", allowed: a number above 0'],
    [['--scenario', 'healthy', '--speed', '0'], '--speed: found "0"'],
    [
      ['--scenario', 'healthy', '--speed', '60.5'],
      '--speed: found "60.5", allowed: a number above 0, at most 60: in a faster world the bot takes an investigation that is under way for one that died',
    ],
    [['--scenario', 'healthy', '--port', '70000'], '--port: found "70000", allowed: a whole number from 0 to 65535'],
    [['--scenario', 'healthy', '--decision', 'maybe'], '--decision: found "maybe", allowed: approve, reject, ignore'],
    [
      ['--scenario', 'healthy', '--decision', 'reject'],
      '--decision: found "reject" without --headless, allowed: nothing; whoever is at the page decides',
    ],
    [['healthy'], "Unexpected argument 'healthy'"],
  ])('%j is refused', (args, words) => {
    expect(() => readOptions(args)).toThrow(words);
  });
});
