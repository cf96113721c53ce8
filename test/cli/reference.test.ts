import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { reference } from '../../cli/reference-tables.ts';

it('docs/reference.md is what the code says of itself; `npm run reference` writes it', () => {
  expect(readFileSync(join(import.meta.dirname, '../../docs/reference.md'), 'utf8')).toBe(reference());
});
