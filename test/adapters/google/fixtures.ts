import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fields, list } from '../../../shared/adapters/google/values.ts';

/** A recorded reply, by its path below test/fixtures/google. */
export const recorded = (file: string): Readonly<Record<string, unknown>> =>
  fields(JSON.parse(readFileSync(join(import.meta.dirname, '../../fixtures/google', file), 'utf8')));

export const recordedService = (file: string, index: number) =>
  fields(list(recorded(`cloud-run/${file}`)['services'])[index]);
