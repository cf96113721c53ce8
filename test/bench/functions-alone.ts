import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { serveByFramework } from './framework.ts';
import { functionEnv } from './function-env.ts';
import { residentMib } from './resident-memory.ts';
import { rounds } from './rounds.ts';
import { type Spread, spreadOf } from './spread.ts';

const ROUNDS = { times: 3, withinMs: 0 } as const;
/** What is still being loaded when the server listens is there by then. */
const SETTLE_MS = 300;
/** Whom nobody is asked to publish to here. */
const NOWHERE = 'http://127.0.0.1:9';

/** What adapters/google/clients.ts loads when they are first needed. */
const GOOGLE_CLIENTS = ['@google-cloud/run', '@google-cloud/vpc-access', '@google-cloud/monitoring'];

/** Each function in a process of its own, as it would be deployed, before its first request; MiB of resident memory. */
export async function functionsAlone(): Promise<Readonly<Record<string, Spread>>> {
  const folder = mkdtempSync(join(tmpdir(), 'runmedic-bench-'));
  const env = functionEnv({ stateFile: join(folder, 'runmedic.sqlite'), publishing: NOWHERE });
  const own = (target: string) => ({ source: `functions/${target}.ts`, target, env });
  const kinds: readonly (readonly [string, Parameters<typeof serveByFramework>[0]])[] = [
    ['framework', { source: 'test/bench/hello.mjs', target: 'hello' }],
    ...['slack', 'alert', 'patrol', 'chat', 'investigate', 'remediate'].map((name) => [name, own(name)] as const),
    ['investigate at work', { ...own('investigate'), modules: GOOGLE_CLIENTS }],
  ];
  try {
    const weights: Record<string, Spread> = {};
    for (const [name, served] of kinds) weights[name] = spreadOf(await rounds(ROUNDS, () => weightOf(served)));
    return weights;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function weightOf(served: Parameters<typeof serveByFramework>[0]): Promise<number> {
  const { pid, stop } = await serveByFramework(served);
  await sleep(SETTLE_MS);
  const mib = residentMib(pid);
  await stop();
  if (mib === undefined) throw new Error(`${served.target} ended by itself, or its memory cannot be read here`);
  return mib;
}
