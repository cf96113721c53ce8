import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');
/** Only ends what hangs. */
const ENDED_WITHIN_MS = 150_000;

export interface Ran {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  /** What it printed so far. */
  readonly stdout: () => string;
  readonly end: Promise<Ran>;
  readonly signal: (name: NodeJS.Signals) => void;
}

/** Starts one of the project's programs as a person would, from the project's folder, under the Node that runs the tests. */
export function start(args: readonly string[], env: NodeJS.ProcessEnv = {}): Running {
  const child = spawn(process.execPath, args, { cwd: ROOT, env: { ...process.env, ...env }, timeout: ENDED_WITHIN_MS });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const end = once(child, 'close').then(([exitCode]): Ran => ({ exitCode, stdout, stderr }));
  return { stdout: () => stdout, end, signal: (name) => void child.kill(name) };
}

export const run = (args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ran> => start(args, env).end;
