import { type Document, LineCounter, parseDocument } from 'yaml';
import { complete } from './complete.ts';
import { readDraft } from './draft.ts';
import { type Fault, pathText, type RawFault } from './fault.ts';
import { locate } from './locate.ts';
import type { Policy } from './policy.ts';
import { policyFile } from './policy-file.ts';
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
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const read = readYaml(document);
  if (!read.ok) {
    return {
      ok: false,
      faults: read.problems.map(({ offset, message }) => yamlFault(fileName, lines.linePos(offset).line, message)),
    };
  }
  const parsed = policyFile.safeParse(read.data);
  const shape = parsed.success ? [] : shapeFaults(parsed.error, read.data);
  const raw = [...shape, ...notWithin(shape, senseFaults(readDraft(read.data), actionIds))];
  if (parsed.success && raw.length === 0) {
    const policy = complete(parsed.data);
    return { ok: true, policy, warnings: warningsOf(policy) };
  }
  const faults = raw.map((fault) => placed(fault, fileName, document, lines));
  return { ok: false, faults: faults.sort((a, b) => position(a) - position(b)) };
}

/** Faults of the file itself come first. */
const position = ({ line }: Fault): number => line ?? 0;

/** What has the wrong shape need not also be told that it makes no sense. */
const notWithin = (shape: readonly RawFault[], sense: readonly RawFault[]): readonly RawFault[] =>
  sense.filter(({ path }) => !shape.some((fault) => fault.path.every((part, depth) => part === path[depth])));

interface YamlProblem {
  readonly offset: number;
  readonly message: string;
}

type YamlRead =
  | { readonly ok: true; readonly data: unknown }
  | { readonly ok: false; readonly problems: readonly YamlProblem[] };

function readYaml(document: Document.Parsed): YamlRead {
  if (document.errors.length > 0) {
    return { ok: false, problems: document.errors.map(({ pos, message }) => ({ offset: pos[0], message })) };
  }
  try {
    return { ok: true, data: document.toJS() };
  } catch (error) {
    // What the yaml package throws here: an alias without an anchor, or aliases that multiply past its limit of 100.
    return { ok: false, problems: [{ offset: 0, message: String(error) }] };
  }
}

const yamlFault = (file: string, line: number, message: string): Fault => ({
  file,
  line,
  path: '',
  found: `broken YAML (${message})`,
  allowed: 'YAML 1.2, one document',
});

function placed(
  { path, found, allowed }: RawFault,
  file: string,
  document: Document.Parsed,
  lines: LineCounter,
): Fault {
  return { file, line: locate(document, lines, path), path: pathText(path), found, allowed };
}
