import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '../../fixtures/slack');

/** Parsed JSON of a file in test/fixtures/slack. */
export const fixture = (name: string): Record<string, unknown> => JSON.parse(readFileSync(join(folder, name), 'utf8'));

/** Every recorded valid block, by file name. */
export const validBlocks = (): readonly (readonly [string, Record<string, unknown>])[] =>
  readdirSync(join(folder, 'valid-blocks')).map((name) => [name, fixture(`valid-blocks/${name}`)]);
