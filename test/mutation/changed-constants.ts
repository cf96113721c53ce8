import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createVitest, type Vitest } from 'vitest/node';

const RULES = 'shared/diagnosis';
const TABLES = 'test/diagnosis';
const CONSTANT = /^(?:export )?const ([A-Z][A-Z_\d]*) = ([\d_.]+);/gm;
/** A hundredth of a ratio, and one of whatever is counted: the nearest that a person would write. */
const RATIO_STEP = 0.01;

interface Constant {
  readonly file: string;
  readonly line: number;
  readonly name: string;
  readonly text: string;
}

export interface ChangedConstant {
  readonly file: string;
  readonly line: number;
  readonly was: string;
  readonly becomes: string;
  readonly status: 'Killed' | 'Survived';
}

/** Makes every number that a rule names a step smaller and a step larger, and runs the tables that speak of the rule; where none notices it, all. */
export async function changedConstants(root: string): Promise<readonly ChangedConstant[]> {
  const tables = readdirSync(join(root, TABLES)).flatMap((name) =>
    name.endsWith('.test.ts') ? [{ name, text: readFileSync(join(root, TABLES, name), 'utf8') }] : [],
  );
  const vitest = await createVitest(
    'test',
    {
      root,
      config: join(import.meta.dirname, 'vitest.config.ts'),
      watch: false,
      bail: 1,
      maxWorkers: 2,
      reporters: [{}],
    },
    { plugins: [{ name: 'changed-constants', enforce: 'pre', transform: open }] },
  );
  const found: ChangedConstant[] = [];
  for (const constant of constantsIn(root))
    for (const to of stepsFrom(Number(constant.text.replaceAll('_', ''))))
      found.push(await judged(constant, to, { vitest, tables }));
  await vitest.close();
  return found;
}

interface Tables {
  readonly vitest: Vitest;
  readonly tables: readonly { readonly name: string; readonly text: string }[];
}

async function judged({ file, line, name, text }: Constant, to: number, { vitest, tables }: Tables) {
  const id = file.slice(RULES.length + 1, -'.ts'.length);
  const all = tables.map((one) => one.name);
  const near = tables.filter((one) => one.name.startsWith(id) || one.text.includes(`'${id}'`)).map((one) => one.name);
  process.env['CHANGED_CONSTANT'] = keyOf(file, name);
  process.env['CHANGED_TO'] = String(to);
  const status: ChangedConstant['status'] =
    (await fails(vitest, near)) || (await fails(vitest, all)) ? 'Killed' : 'Survived';
  return { file, line, was: `${name} = ${text}`, becomes: `${name} = ${to}`, status };
}

const keyOf = (file: string, name: string): string => `${file} ${name}`;

/** Reads each constant from the environment where that names it: workers are started anew for every run, and inherit it. */
function open(code: string, id: string): string | undefined {
  const at = id.indexOf(`/${RULES}/`);
  if (at === -1) return undefined;
  const [file = ''] = id.slice(at + 1).split('?');
  return code.replace(CONSTANT, (all: string, name: string, text: string) =>
    all.replace(
      ` = ${text};`,
      ` = process.env.CHANGED_CONSTANT === '${keyOf(file, name)}' ? Number(process.env.CHANGED_TO) : ${text};`,
    ),
  );
}

const constantsIn = (root: string): readonly Constant[] =>
  readdirSync(join(root, RULES)).flatMap((name) => {
    const file = `${RULES}/${name}`;
    const source = readFileSync(join(root, file), 'utf8');
    return [...source.matchAll(CONSTANT)].map(({ 1: constant = '', 2: text = '', index }) => ({
      file,
      line: source.slice(0, index).split('\n').length,
      name: constant,
      text,
    }));
  });

function stepsFrom(value: number): readonly number[] {
  const step = Number.isInteger(value) ? 1 : RATIO_STEP;
  return [value - step, value + step].map((one) => Number(one.toFixed(3)));
}

async function fails(vitest: Vitest, names: readonly string[]): Promise<boolean> {
  if (names.length === 0) return false;
  const wanted = await vitest.getRelevantTestSpecifications(names.map((name) => `${TABLES}/${name}`));
  const { testModules } = await vitest.runTestSpecifications(wanted);
  // What it hands back is every table that it knows, with what was found of it last.
  const ids = wanted.map(({ moduleId }) => moduleId);
  return testModules.some((module) => ids.includes(module.moduleId) && module.state() === 'failed');
}
