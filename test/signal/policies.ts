import { readFileSync } from 'node:fs';
import { parsePolicy } from '../../shared/policy/parse.ts';
import type { Policy } from '../../shared/policy/policy.ts';

/** Policies from text, by the real parser: a test's policy can be no other than one that somebody could write. */

export function policyOf(environments: string): Policy {
  const text = `environments:\n${environments}\nslack: { channel: C0STAGING }\napprovers: { users: [U0ANN] }\n`;
  const parsed = parsePolicy(text, 'test.yaml');
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults, null, 2));
  return parsed.policy;
}

export const ACME = acme();

function acme(): Policy {
  const parsed = parsePolicy(
    readFileSync(`${import.meta.dirname}/../../examples/acme-staging.yaml`, 'utf8'),
    'acme-staging.yaml',
  );
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults, null, 2));
  return parsed.policy;
}
