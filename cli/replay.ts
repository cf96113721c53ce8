import { readFileSync } from 'node:fs';
import { readPolicyFile } from '../functions/read-policy-file.ts';
import type { Policy } from '../shared/policy/policy.ts';
import type { Alert, Intake } from '../shared/signal/alert.ts';
import { intake } from '../shared/signal/intake.ts';
import { command, UsageError } from './command.ts';

const usage = `Shows what runmedic makes of recorded Cloud Monitoring notifications. Nothing is sent anywhere.

  npm run replay -- FILE... [--config FILE]

One JSON line a file on stdout: {file, verdict, reason, alert}; verdict is accepted, ignored or refused.
--config FILE  the configuration that says what is watched; examples/acme-staging.yaml when left out

Exit code 0 when every file was read, 1 when one could not be: its line says so, and the others are replayed all the same.
`;
const options = {
  config: { type: 'string', default: `${import.meta.dirname}/../examples/acme-staging.yaml` },
} as const;

interface Line {
  readonly file: string;
  readonly verdict: Intake['verdict'];
  readonly reason: string;
  readonly alert: Alert | null;
}

process.exitCode = await command({ usage, options, allowPositionals: true }, ({ values, positionals }) => {
  if (positionals.length === 0) throw new UsageError('a file is needed');
  const policy = readPolicyFile(values.config, '--config');
  if (policy.ok) return replay(positionals, policy.policy);
  process.stderr.write(`${[...policy.faults, policy.help].join('\n')}\n`);
  return 2;
});

/** The exit code: 1 when a file could not be read, after all the others were replayed. */
function replay(files: readonly string[], policy: Policy): number {
  let exitCode = 0;
  for (const file of files) {
    const read = readJson(file);
    if (read.kind === 'unreadable') exitCode = 1;
    process.stdout.write(`${JSON.stringify(lineOf(file, read, policy))}\n`);
  }
  return exitCode;
}

function lineOf(file: string, read: JsonRead, policy: Policy): Line {
  const taken: Intake = read.kind === 'json' ? intake(read.value, policy) : { verdict: 'refused', reason: read.reason };
  return {
    file,
    verdict: taken.verdict,
    reason: taken.reason,
    alert: taken.verdict === 'refused' ? null : taken.alert,
  };
}

type JsonRead =
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'unreadable' | 'not-json'; readonly reason: string };

function readJson(file: string): JsonRead {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    // Missing, a directory, or no permission: the system's own words say which.
    return { kind: 'unreadable', reason: `the file cannot be read: ${words(error)}` };
  }
  try {
    // Editors and PowerShell put a byte order mark first, which is no part of JSON (RFC 8259, 8.1).
    return { kind: 'json', value: JSON.parse(text.replace(/^\uFEFF/, '')) };
  } catch (error) {
    return { kind: 'not-json', reason: `the file is not JSON: ${words(error)}` };
  }
}

function words(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
