import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { logSignatures } from '../../shared/evidence/log-signatures.ts';

const ROOT = join(import.meta.dirname, '..', '..', 'shared');
const sources = (room: string): string =>
  readdirSync(join(ROOT, room))
    .map((file) => readFileSync(join(ROOT, room, file), 'utf8'))
    .join('\n');
const rules = sources('diagnosis');

/** Kinds of lines that no rule asks for, and why it is right so. */
const UNREAD: Readonly<Record<string, string>> = {
  'instance-starting': 'every start prints it: instance-starts.ts counts starts, and rules read those counts',
  'startup-probe-succeeded': 'every good start prints it: instance-starts.ts counts them',
  'readiness-check-failed':
    'the request that waited is a 503 and is counted as such; why the instance was not ready is told by its own lines',
  'not-authenticated':
    'stands beside 401 and 403, which no query asks for: checks from outside and the invokers tell who is let in',
  'connector-missing':
    'a deploy is refused with these words, and the condition of its revision carries them to connector-misconfigured',
  'connector-unhealthy': 'its state says the same, which connector-in-error reads',
  'health-check-failed': 'what an app says of its own check is what it fails by, never why',
};

it.each(logSignatures.map(({ signature }) => signature))('%s is read by a rule, or it is said why not', (signature) => {
  expect(rules.includes(`'${signature}'`) || UNREAD[signature] !== undefined).toBe(true);
});
