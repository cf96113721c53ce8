import { readFileSync } from 'node:fs';
import { faultLine } from '../shared/policy/fault.ts';
import { parsePolicy } from '../shared/policy/parse.ts';
import type { Policy } from '../shared/policy/policy.ts';
import { actionNames } from '../shared/remedy/actions.ts';

export type PolicyRead =
  | { readonly ok: true; readonly policy: Policy; readonly warnings: readonly string[] }
  /** A line for each fault, and where whoever mends them finds help. */
  | { readonly ok: false; readonly faults: readonly string[]; readonly help: string };

/** Reads and judges a `runmedic.yaml`, for a function and for a command alike. `namedBy`: the setting or flag that says which file. */
export function readPolicyFile(file: string, namedBy: string): PolicyRead {
  const text = readText(file);
  if (text === undefined)
    return {
      ok: false,
      faults: [`${file}: no such file, or it cannot be read (${namedBy} names it)`],
      help: 'A minimal one is runmedic.example.yaml.',
    };
  const parsed = parsePolicy(text, file, actionNames);
  if (parsed.ok) return parsed;
  const count = parsed.faults.length === 1 ? '1 fault' : `${parsed.faults.length} faults`;
  return {
    ok: false,
    faults: parsed.faults.map(faultLine),
    help: `${count} in ${file}; every key is explained in docs/configuration.md.`,
  };
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // Missing, a directory or unreadable: for whoever named it, it is the same.
    return undefined;
  }
}
