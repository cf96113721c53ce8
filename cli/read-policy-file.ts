import { readFileSync } from 'node:fs';
import { faultLine } from '../shared/policy/fault.ts';
import { parsePolicy } from '../shared/policy/parse.ts';
import type { Policy } from '../shared/policy/policy.ts';
import { actionNames } from '../shared/remedy/actions.ts';

export type PolicyRead =
  | { readonly ok: true; readonly policy: Policy; readonly warnings: readonly string[] }
  /** Every fault on a line of its own, ready to be shown. */
  | { readonly ok: false; readonly complaint: string };

/** Reads and parses a `runmedic.yaml` for a command on the terminal. */
export function readPolicyFile(file: string): PolicyRead {
  const text = readText(file);
  if (text === undefined)
    return {
      ok: false,
      complaint: `${file}: no such file, or it cannot be read. A minimal one is runmedic.example.yaml.`,
    };
  const parsed = parsePolicy(text, file, actionNames);
  if (parsed.ok) return parsed;
  const faults = parsed.faults.length === 1 ? '1 fault' : `${parsed.faults.length} faults`;
  return {
    ok: false,
    complaint: [
      ...parsed.faults.map(faultLine),
      `${faults} in ${file}; every key is explained in docs/configuration.md.`,
    ].join('\n'),
  };
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // Missing, a directory or unreadable: for whoever typed the name it is the same.
    return undefined;
  }
}
