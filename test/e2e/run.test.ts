import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from './eventually.ts';

const PROJECT = join(import.meta.dirname, '../..');
/** Only ends what hangs. */
const ENDED_WITHIN_MS = 60_000;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'runmedic-run-'));
  // Where nothing is missing: a test installs nothing.
  const lock = '{}';
  copyFileSync(join(PROJECT, 'run.mjs'), join(folder, 'run.mjs'));
  writeFileSync(join(folder, 'package-lock.json'), lock);
  mkdirSync(join(folder, 'node_modules', '.runmedic'), { recursive: true });
  writeFileSync(
    join(folder, 'node_modules', '.runmedic', 'installed'),
    createHash('sha256').update(lock).digest('hex'),
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

/** run.mjs with one of the project's programs, as a job of a terminal is started: in a process group of its own, which Ctrl-C signals whole. */
function job(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, [join(folder, 'run.mjs'), ...args], {
    cwd: PROJECT,
    env: { ...process.env, NODE_COMPILE_CACHE: undefined, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    timeout: ENDED_WITHIN_MS,
  });
  const said = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => (said.stdout += chunk));
  child.stderr.on('data', (chunk) => (said.stderr += chunk));
  const end = once(child, 'close').then(([exitCode]) => ({ exitCode, ...said }));
  const interrupt = () => process.kill(-(child.pid ?? 0), 'SIGINT');
  return { said, end, interrupt, pid: child.pid ?? 0, signal: (name: NodeJS.Signals) => child.kill(name) };
}

describe('run.mjs', () => {
  function program(name: string, source: string): string {
    writeFileSync(join(folder, name), source);
    return name;
  }

  it.each([
    ['ends as it does', 'process.exit(7)', 7],
    ['says which signal ended it, as a shell does: SIGKILL', "process.kill(process.pid, 'SIGKILL')", 137],
    ['says which signal ended it, as a shell does: SIGTERM', "process.kill(process.pid, 'SIGTERM')", 143],
    ['says which signal ended it, as a shell does: SIGINT', "process.kill(process.pid, 'SIGINT')", 130],
  ])('starts a program and %s', async (_, source, exitCode) => {
    const ended = await job([program('ends.mjs', `${source}\nsetTimeout(() => {}, 10_000);\n`)]).end;
    expect(ended).toEqual({ exitCode, stdout: '', stderr: '' });
  });

  it('passes a signal on to the program, and waits for what that makes of it', async () => {
    const source =
      "process.on('SIGTERM', () => setTimeout(() => process.exit(3), 100));\nconsole.log('up');\nsetTimeout(() => {}, 30_000);\n";
    const running = job([program('stops.mjs', source)]);
    await eventually('the program is up', async () => running.said.stdout.includes('up'));
    running.signal('SIGTERM');
    expect((await running.end).exitCode).toBe(3);
  });
});

const START = join(PROJECT, 'start.ts');

describe('Ctrl-C in a terminal', () => {
  it.each([
    ['once', 1],
    ['by somebody impatient', 4],
  ])('ends npm start in its order, and leaves nothing but the log behind: %s', async (_, times) => {
    const ownTmp = mkdtempSync(join(folder, 'tmp-'));
    const running = job([relative(folder, START)], { TMPDIR: ownTmp });
    await eventually('the page is up', async () => running.said.stdout.includes('Open http'));
    for (let time = 0; time < times; time += 1) running.interrupt();
    const { exitCode, stderr } = await running.end;
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(readdirSync(ownTmp)).toEqual([expect.stringMatching(/^runmedic-log-/)]);
  });

  it('while it starts ends it too, with nothing left behind', async () => {
    const ownTmp = mkdtempSync(join(folder, 'tmp-'));
    const running = job([relative(folder, START)], { TMPDIR: ownTmp });
    await eventually('it has begun', async () => readdirSync(ownTmp).length > 0);
    running.interrupt();
    const { exitCode, stdout, stderr } = await running.end;
    expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    expect(readdirSync(ownTmp)).toEqual([]);
  });

  it('ends a headless run without an outcome, and blames nobody for that', async () => {
    const ownTmp = mkdtempSync(join(folder, 'tmp-'));
    const running = job([relative(folder, START), '--headless'], { TMPDIR: ownTmp });
    await eventually('something happened', async () => running.said.stdout.includes('\n'));
    running.interrupt();
    running.interrupt();
    const { exitCode, stdout, stderr } = await running.end;
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: '' });
    expect(stdout).not.toContain('"outcome"');
    expect(readdirSync(ownTmp)).toEqual([]);
  });
});

describe('npm start', () => {
  /** All that a process has started, and what those have. */
  const descendants = (pid: number): number[] =>
    readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
      .split(' ')
      .filter(Boolean)
      .map(Number)
      .flatMap((child) => [child, ...descendants(child)]);

  it.each([
    ['bot', 'functions/local.ts'],
    ['sandbox', 'sandbox/main.ts'],
  ])('says that its %s ended by itself, and where to read on', async (name, program) => {
    const ownTmp = mkdtempSync(join(folder, 'tmp-'));
    const running = job([relative(folder, START)], { TMPDIR: ownTmp });
    await eventually('the page is up', async () => running.said.stdout.includes('Open http'));
    const pid = descendants(running.pid).find((one) => readFileSync(`/proc/${one}/cmdline`, 'utf8').includes(program));
    process.kill(pid ?? 0, 'SIGKILL');
    const { exitCode, stderr } = await running.end;
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`the ${name} ended by itself (SIGKILL), and so this run ends; what it said last is in `);
  });
});
