import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bot, type Sandbox, startBot, startSandbox } from '../../cli/laptop.ts';
import { readPolicyFile } from '../../functions/read-policy-file.ts';
import type { Environment } from '../../shared/policy/policy.ts';

/** The case of issue 2. */
export const CASE = 'staging-503';

const CONFIG = join(import.meta.dirname, '..', '..', 'examples', 'acme-staging.yaml');

/** The environment that the case plays in. */
export function exampleEnvironment(): Environment {
  const read = readPolicyFile(CONFIG, 'CONFIG');
  const [environment] = read.ok ? read.policy.environments : [];
  if (environment === undefined) throw new Error(`${CONFIG} is no configuration`);
  return environment;
}

/** Sandbox and bot for one round: both new, so that nothing is warm that would not be after a start. */
export async function onCase<T>(
  options: { readonly scenario: string; readonly speed: number | undefined; readonly headless: boolean },
  work: (sandbox: Sandbox, bot: () => Promise<Bot>) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'runmedic-bench-'));
  const sandbox = await startSandbox({ decision: undefined, port: undefined, ...options });
  const stops = [sandbox.stop];
  const bot = async () => {
    const started = await startBot(sandbox, {
      config: CONFIG,
      stateFile: join(folder, 'runmedic.sqlite'),
    });
    stops.unshift(started.stop);
    return started;
  };
  try {
    return await work(sandbox, bot);
  } finally {
    for (const stop of stops) await stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Reads what a child prints and throws it away: a full pipe would stop it. */
export function ignoring({ lines }: { readonly lines: AsyncIterable<string> }): void {
  void (async () => {
    for await (const _ of lines);
  })();
}
