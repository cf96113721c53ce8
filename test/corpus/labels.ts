import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

const FOLDER = join(import.meta.dirname, '..', '..', 'sandbox', 'scenarios', 'labels');
const id = z.string().regex(/^[a-z]+(-[a-z]+)*$/, 'an id in kebab-case');

/** What somebody who knows what happened says of a scenario: beside it, never in it, since the world must not know. */
const labelSchema = z.strictObject({
  /** The rule that names what broke first, or `healthy`. */
  root: id,
  /** Roots that are right too. */
  acceptable: z.array(id).min(1).readonly(),
  /** Other roots that have nothing to do with the first, and are to be named beside it. */
  also: z.array(id).readonly().default([]),
  layer: z.enum(['infrastructure', 'release', 'application', 'configuration', 'platform', 'none']),
  /** The first right remedy, or `none` where a bot must not touch the cloud. */
  remedy: id,
  /** Remedies that would harm, or waste the night. */
  harmful: z.array(id).readonly().default([]),
  because: z.string().min(10),
});

export type Label = z.infer<typeof labelSchema> & { readonly scenario: string };

/** Every label, by the name of its scenario. @throws Error naming the file and every fault in it. */
export const labels = (): readonly Label[] =>
  readdirSync(FOLDER)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => file.replace(/\.yaml$/, ''))
    .sort()
    .map((scenario) => {
      const read = labelSchema.safeParse(parse(readFileSync(join(FOLDER, `${scenario}.yaml`), 'utf8')));
      if (!read.success) throw new Error(`sandbox/scenarios/labels/${scenario}.yaml\n${z.prettifyError(read.error)}`);
      return { scenario, ...read.data };
    });
