import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { readPolicyFile } from '../functions/read-policy-file.ts';
import { policyJsonSchema } from '../shared/policy/json-schema.ts';
import { actionNames } from '../shared/remedy/actions.ts';

const USAGE = `Checks a configuration, or writes its JSON Schema.

  npm run config -- --check FILE   lists every fault (path, found, allowed) and warning; exit 1 when there is a fault
  npm run config -- --schema FILE  writes the JSON Schema, from the parser; runmedic.schema.json is the committed one
`;

process.exitCode = config(process.argv.slice(2));

function config(args: readonly string[]): number {
  const asked = readArguments(args);
  if (asked?.check !== undefined) return check(asked.check);
  if (asked?.schema !== undefined) return writeSchema(asked.schema);
  process.stderr.write(USAGE);
  return 2;
}

function readArguments(
  args: readonly string[],
): { check?: string | undefined; schema?: string | undefined } | undefined {
  try {
    return parseArgs({ args: [...args], options: { check: { type: 'string' }, schema: { type: 'string' } } }).values;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n`);
    return undefined;
  }
}

function check(file: string): number {
  const read = readPolicyFile(file, '--check');
  if (!read.ok) {
    process.stdout.write(`${[...read.faults, read.help].join('\n')}\n`);
    return 1;
  }
  for (const warning of read.warnings) process.stdout.write(`warning: ${warning}\n`);
  const names = read.policy.environments.map(({ name, project, region }) => `${name} (${project} in ${region})`);
  process.stdout.write(`${file} is good; it watches ${names.join(', ')}\n`);
  return 0;
}

function writeSchema(file: string): number {
  writeFileSync(file, `${JSON.stringify(policyJsonSchema(actionNames), null, 2)}\n`);
  process.stdout.write(`wrote ${file}\n`);
  return 0;
}
