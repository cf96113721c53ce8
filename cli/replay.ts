import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { readPolicyFile } from '../functions/read-policy-file.ts';
import type { Policy } from '../shared/policy/policy.ts';
import type { Alert, Intake } from '../shared/signal/alert.ts';
import { intake } from '../shared/signal/intake.ts';

const USAGE = `Shows what runmedic makes of recorded Cloud Monitoring notifications. Nothing is sent anywhere.

  npm run replay -- FILE... [--config FILE]

One JSON line a file on stdout: {file, verdict, reason, alert}; verdict is accepted, ignored or refused.
--config FILE  the configuration that says what is watched (default: examples/acme-staging.yaml)
`;

const DEFAULT_CONFIG = `${import.meta.dirname}/../examples/acme-staging.yaml`;

interface Line {
  readonly file: string;
  readonly verdict: Intake['verdict'];
  readonly reason: string;
  readonly alert: Alert | null;
}

process.exitCode = replay(process.argv.slice(2));

/** The exit code: 0 when every file has its line, 2 when there was nothing to do it with. */
function replay(args: readonly string[]): number {
  const asked = readArguments(args);
  if (asked === undefined || asked.files.length === 0) {
    process.stderr.write(USAGE);
    return 2;
  }
  const read = readPolicyFile(asked.config, '--config');
  if (!read.ok) {
    process.stderr.write(`${[...read.faults, read.help].join('\n')}\n`);
    return 2;
  }
  for (const file of asked.files) process.stdout.write(`${JSON.stringify(replayed(file, read.policy))}\n`);
  return 0;
}

function readArguments(args: readonly string[]): { files: readonly string[]; config: string } | undefined {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { config: { type: 'string' } },
    });
    return { files: positionals, config: values.config ?? DEFAULT_CONFIG };
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n`);
    return undefined;
  }
}

function replayed(file: string, policy: Policy): Line {
  const read = readJson(file);
  const taken: Intake = read.ok ? intake(read.value, policy) : { verdict: 'refused', reason: read.reason };
  return {
    file,
    verdict: taken.verdict,
    reason: taken.reason,
    alert: taken.verdict === 'refused' ? null : taken.alert,
  };
}

function readJson(file: string): { ok: true; value: unknown } | { ok: false; reason: string } {
  try {
    return { ok: true, value: JSON.parse(readFileSync(file, 'utf8')) };
  } catch (error) {
    const what = error instanceof SyntaxError ? 'is not JSON' : 'cannot be read';
    return { ok: false, reason: `the file ${what}: ${error instanceof Error ? error.message : String(error)}` };
  }
}
