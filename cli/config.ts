import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { policyJsonSchema } from '../shared/policy/json-schema.ts';
import { readPolicyFile } from './read-policy-file.ts';

const USAGE = `Checks a configuration, or writes its JSON Schema.

  npm run config -- --check FILE   lists every fault (path, found, allowed) and warning; exit 1 when there is a fault
  npm run config -- --schema       writes runmedic.schema.json again, from the parser
`;

const SCHEMA_FILE = resolve(import.meta.dirname, '../runmedic.schema.json');

process.exitCode = config(process.argv.slice(2));

function config(args: readonly string[]): number {
  const asked = readArguments(args);
  if (asked?.check !== undefined) return check(asked.check);
  if (asked?.schema) return schema();
  process.stderr.write(USAGE);
  return 2;
}

function readArguments(
  args: readonly string[],
): { check?: string | undefined; schema?: boolean | undefined } | undefined {
  try {
    return parseArgs({ args: [...args], options: { check: { type: 'string' }, schema: { type: 'boolean' } } }).values;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n`);
    return undefined;
  }
}

function check(file: string): number {
  const read = readPolicyFile(file);
  if (!read.ok) {
    process.stdout.write(`${read.complaint}\n`);
    return 1;
  }
  for (const warning of read.warnings) process.stdout.write(`warning: ${warning}\n`);
  const names = read.policy.environments.map(({ name, project, region }) => `${name} (${project} in ${region})`);
  process.stdout.write(`${file} is good; it watches ${names.join(', ')}\n`);
  return 0;
}

function schema(): number {
  writeFileSync(SCHEMA_FILE, `${JSON.stringify(policyJsonSchema(), null, 2)}\n`);
  process.stdout.write(`wrote ${SCHEMA_FILE}\n`);
  return 0;
}
