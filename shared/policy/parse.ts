import { complete } from './complete.ts';
import { readDraft } from './draft.ts';
import { type Fault, pathText, type RawFault } from './fault.ts';
import { withMeantKinds } from './meant-kinds.ts';
import type { Policy } from './policy.ts';
import { policyFile } from './policy-file.ts';
import { type Repeat, readYaml } from './read-yaml.ts';
import { senseFaults } from './sense-faults.ts';
import { shapeFaults } from './shape-faults.ts';
import { warningsOf } from './warnings.ts';

export type ParsedPolicy =
  | { readonly ok: true; readonly policy: Policy; readonly warnings: readonly string[] }
  | { readonly ok: false; readonly faults: readonly Fault[] };

/**
 * `runmedic.yaml` as a Policy with every default filled in, or every fault at once, in the order of the file.
 * `fileName` appears in the faults. `actionIds`: the actions that exist; left out, any well-formed id passes.
 */
export function parsePolicy(text: string, fileName: string, actionIds?: readonly string[]): ParsedPolicy {
  const read = readYaml(text);
  const repeats = read.repeats.map((repeat) => writtenTwice(repeat, fileName));
  if (!read.ok) {
    const broken = read.problems.map(({ line, message }) => brokenYaml(fileName, line, message));
    return { ok: false, faults: inOrder([...broken, ...repeats]) };
  }
  const parsed = policyFile.safeParse(read.data);
  const shape = parsed.success ? [] : withoutRepeats([read.data, withMeantKinds(read.data)].flatMap(shapeFaultsIn));
  const raw = [...shape, ...notWithin(shape, senseFaults(readDraft(read.data), actionIds))];
  if (parsed.success && raw.length === 0 && repeats.length === 0) {
    const policy = complete(parsed.data);
    return { ok: true, policy, warnings: warningsOf(policy, actionIds) };
  }
  const faults = raw.map(
    ({ path, found, allowed }): Fault => ({
      file: fileName,
      line: read.lineOf(path),
      path: pathText(path),
      found,
      allowed,
    }),
  );
  return { ok: false, faults: inOrder([...repeats, ...faults]) };
}

function shapeFaultsIn(data: unknown): readonly RawFault[] {
  const { error } = policyFile.safeParse(data);
  return error === undefined ? [] : shapeFaults(error, data);
}

const withoutRepeats = (faults: readonly RawFault[]): readonly RawFault[] => [
  ...new Map(faults.map((fault) => [JSON.stringify(fault), fault])).values(),
];

const inOrder = (faults: readonly Fault[]): readonly Fault[] => faults.toSorted((a, b) => position(a) - position(b));

/** Faults of the file itself come first. */
const position = ({ line }: Fault): number => line ?? 0;

/** What has the wrong shape need not also be told that it makes no sense. */
const notWithin = (shape: readonly RawFault[], sense: readonly RawFault[]): readonly RawFault[] =>
  sense.filter(({ path }) => !shape.some((fault) => fault.path.every((part, depth) => part === path[depth])));

const brokenYaml = (file: string, line: number, message: string): Fault => ({
  file,
  line,
  path: '',
  found: `broken YAML (${message})`,
  allowed: 'YAML 1.2, one document',
});

const writtenTwice = ({ path, line, firstLine }: Repeat, file: string): Fault => ({
  file,
  line,
  path: pathText(path),
  found: `a key that line ${firstLine} has already`,
  allowed: 'each key once; what is written last is judged here',
});
