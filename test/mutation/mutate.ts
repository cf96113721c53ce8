// Changes every comparison and every named number of the rules, and the whole ordering of causes, one at a time, and asks whether their own tests notice.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { command } from '../../cli/command.ts';
import { changedConstants } from './changed-constants.ts';

const usage = `Mutates the thresholds of the rules and the ordering of causes, and names every mutant that no test notices.

  npm run mutate

Of rules and inspectors the comparisons are mutated, of rules the named numbers too (a step down, a step up), and of the ordering everything but words.
Each mutant is held against the tests that reach it, and no others. About 20 minutes on two cores that have nothing else to do.

Exit code 0 when each was noticed, or test/mutation/equivalent.json says why it changes no verdict; 1 when not.
`;

const HERE = import.meta.dirname;
const ROOT = join(HERE, '..', '..');
const RUNS = ['ordering', 'thresholds'] as const;
const UNNOTICED: readonly string[] = ['Survived', 'NoCoverage'];

const place = z.object({ line: z.int(), column: z.int() });
const report = z.object({
  files: z.record(
    z.string(),
    z.object({
      source: z.string(),
      mutants: z.array(
        z.object({
          status: z.string(),
          replacement: z.string(),
          location: z.object({ start: place, end: place }),
        }),
      ),
    }),
  ),
});

/** A mutant by what it is rather than where: lines move. */
const known = z.array(z.strictObject({ file: z.string(), was: z.string(), becomes: z.string(), because: z.string() }));

interface Mutant {
  readonly file: string;
  readonly line: number;
  readonly was: string;
  readonly becomes: string;
  readonly status: string;
}

process.exitCode = await command({ usage, options: {}, allowPositionals: false }, async () => {
  const mutants = [...(await changedConstants(ROOT)), ...RUNS.flatMap(mutantsOf)];
  const equivalent = known.parse(JSON.parse(readFileSync(join(HERE, 'equivalent.json'), 'utf8')));
  const same = (a: { file: string; was: string; becomes: string }, b: Mutant) =>
    a.file === b.file && a.was === b.was && a.becomes === b.becomes;
  const unnoticed = mutants.filter(({ status }) => UNNOTICED.includes(status));
  const survivors = unnoticed.filter((mutant) => !equivalent.some((one) => same(one, mutant)));
  const idle = equivalent.filter((one) => !unnoticed.some((mutant) => same(one, mutant)));
  for (const { file, line, was, becomes } of survivors)
    process.stdout.write(`SURVIVED ${file}:${line}\n  - ${was}\n  + ${becomes}\n`);
  for (const { file, was } of idle) process.stdout.write(`NO LONGER NEEDED in equivalent.json: ${file}: ${was}\n`);
  const counts = {
    mutants: mutants.length,
    survived: survivors.length,
    equivalent: unnoticed.length - survivors.length,
  };
  process.stdout.write(`${JSON.stringify(counts)}\n`);
  return survivors.length + idle.length === 0 ? 0 : 1;
});

function mutantsOf(run: (typeof RUNS)[number]): Mutant[] {
  const config = join(HERE, `${run}.json`);
  const stryker = join(ROOT, 'node_modules', '.bin', 'stryker');
  const { status, error } = spawnSync(stryker, ['run', config], { cwd: ROOT, stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Error(`the mutation run of ${config} ended with ${status ?? error?.message}`);
  const read = report.parse(JSON.parse(readFileSync(join(ROOT, 'node_modules', '.stryker', `${run}.json`), 'utf8')));
  return Object.entries(read.files).flatMap(([file, { source, mutants }]) =>
    mutants.map(({ status: found, replacement, location: { start, end } }) => ({
      file,
      line: start.line,
      was: between(source, start, end),
      becomes: replacement,
      status: found,
    })),
  );
}

/** Lines and columns are counted from one. */
function between(source: string, start: z.infer<typeof place>, end: z.infer<typeof place>): string {
  const lines = source.split('\n');
  const offset = ({ line, column }: z.infer<typeof place>): number =>
    lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0) + column - 1;
  return source.slice(offset(start), offset(end));
}
