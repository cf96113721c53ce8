import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { hello, ours, type Source, serveByFramework } from './framework.ts';
import { functionEnv, functions } from './function-env.ts';
import { residentMib } from './resident-memory.ts';

/** What is still being loaded when the server listens is there by then. */
const SETTLE_MS = 300;
/** Whom nobody is asked to publish to here. */
const NOWHERE = 'http://127.0.0.1:9';

/** What adapters/google/clients.ts loads when they are first needed. */
const GOOGLE_CLIENTS = ['@google-cloud/run', '@google-cloud/vpc-access', '@google-cloud/monitoring'];

/**
 * Each function in a process of its own, as it would be deployed, before its first request; MiB of resident memory.
 * Once each: from one start to the next it differs by a MiB or two.
 */
export async function functionsAlone(): Promise<Readonly<Record<string, number>>> {
  const folder = mkdtempSync(join(tmpdir(), 'runmedic-bench-'));
  const env = functionEnv({ stateFile: join(folder, 'runmedic.sqlite'), publishing: NOWHERE });
  const kinds: readonly (readonly [string, Source, readonly string[]])[] = [
    ['framework', hello, []],
    ...functions.map((name) => [name, ours(name), []] as const),
    ['investigate at work', ours('investigate'), GOOGLE_CLIENTS],
  ];
  try {
    const weights: Record<string, number> = {};
    for (const [name, source, modules] of kinds) weights[name] = await weightOf(source, { env, modules });
    return weights;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function weightOf(source: Source, options: Parameters<typeof serveByFramework>[1]): Promise<number> {
  const { pid, stop } = await serveByFramework(source, options);
  await sleep(SETTLE_MS);
  const mib = residentMib(pid);
  await stop();
  if (mib === undefined) throw new Error(`${source.target} ended by itself, or its memory cannot be read here`);
  return mib;
}
