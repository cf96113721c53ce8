import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { command } from './command.ts';
import { reference } from './reference-tables.ts';

const usage = `Writes docs/reference.md from the code: the tables of inspectors, rules and actions.

  npm run reference [-- --check]

--check  writes nothing; exit code 1 when the file is behind the code
`;

const FILE = join(import.meta.dirname, '..', 'docs', 'reference.md');

process.exitCode = await command(
  { usage, options: { check: { type: 'boolean', default: false } }, allowPositionals: false },
  ({ values }) => {
    const text = reference();
    if (!values.check) {
      writeFileSync(FILE, text);
      return 0;
    }
    if (readFileSync(FILE, 'utf8') === text) return 0;
    process.stderr.write('docs/reference.md is behind the code: npm run reference\n');
    return 1;
  },
);
