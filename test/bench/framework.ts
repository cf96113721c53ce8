import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { FunctionName } from '../../functions/config.ts';

export interface Served {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  readonly pid: number | undefined;
  /** From spawn to the moment at which it said that it listens. */
  readonly listeningMs: number;
  stop(): Promise<void>;
}

/** What to serve. */
export interface Source {
  /** The file that registers it. */
  readonly source: string;
  readonly target: string;
}

const root = join(import.meta.dirname, '..', '..');
// What its `functions-framework` command runs.
const framework = join(dirname(fileURLToPath(import.meta.resolve('@google-cloud/functions-framework'))), 'main.js');
const loopbackOnly = fileURLToPath(import.meta.resolve('./loopback-only.mjs'));

/** The least that the framework can serve. */
export const hello: Source = { source: fileURLToPath(import.meta.resolve('./hello.mjs')), target: 'hello' };

/** One of runmedic's functions. */
export const ours = (target: FunctionName): Source => ({ source: join(root, 'functions', `${target}.ts`), target });

/**
 * Starts one function in a process of its own as Cloud Functions does: functions-framework's own program, told source and target, NODE_ENV production;
 * here on a free port of 127.0.0.1 (loopback-only.mjs).
 * @param modules loaded before it, in order.
 * @throws Error when it ends before it listens; why stands on stderr.
 */
export async function serveByFramework(
  { source, target }: Source,
  { env, modules = [] }: { readonly env: Readonly<Record<string, string>>; readonly modules?: readonly string[] },
): Promise<Served> {
  const startedMs = performance.now();
  const imports = [loopbackOnly, ...modules].flatMap((module) => ['--import', module]);
  const child = spawn(
    process.execPath,
    [...imports, framework, '--source', source, '--target', target, '--port', '0'],
    {
      cwd: root,
      env: { ...process.env, NODE_ENV: 'production', ...env },
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  );
  const ended = once(child, 'exit');
  const first = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next();
  const listeningMs = performance.now() - startedMs;
  if (first.done === true) throw new Error(`${target} did not start under functions-framework`);
  return {
    url: `http://127.0.0.1:${portIn(first.value)}`,
    pid: child.pid,
    listeningMs,
    stop: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

function portIn(line: string): number {
  const said: unknown = JSON.parse(line);
  if (typeof said === 'object' && said !== null && 'port' in said && typeof said.port === 'number') return said.port;
  throw new Error(`instead of its port it said ${line}`);
}
