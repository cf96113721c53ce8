import { writeFileSync } from 'node:fs';
import { readPolicyFile } from '../functions/read-policy-file.ts';
import { policyJsonSchema } from '../shared/policy/json-schema.ts';
import { actionNames } from '../shared/remedy/actions.ts';
import { command, UsageError } from './command.ts';

const usage = `Checks a configuration, or writes its JSON Schema.

  npm run config -- --check FILE   lists every fault (path, found, allowed) and warning; exit code 1 when there is a fault
  npm run config -- --schema FILE  writes the JSON Schema, from the parser; runmedic.schema.json is the committed one
`;
const options = { check: { type: 'string' }, schema: { type: 'string' } } as const;

process.exitCode = await command({ usage, options, allowPositionals: false }, ({ values }) => {
  const { check: checked, schema } = values;
  if (checked !== undefined && schema !== undefined) throw new UsageError('--check or --schema, not both');
  if (checked !== undefined) return check(checked);
  if (schema !== undefined) return writeSchema(schema);
  throw new UsageError('--check or --schema is needed');
});

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
