import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type ParsedNode, parseDocument } from 'yaml';

type Node = ParsedNode | null | undefined;
type Path = readonly (string | number)[];

/** A key that its mapping has already, further up. */
export interface Repeat {
  readonly path: Path;
  readonly line: number;
  readonly firstLine: number;
}

export type YamlRead = { readonly repeats: readonly Repeat[] } & (
  | {
      readonly ok: true;
      /** Of a key that is written twice, the last. */
      readonly data: unknown;
      /** From 1; what is missing is looked for where it would stand: at its nearest ancestor. */
      readonly lineOf: (path: Path) => number | undefined;
    }
  | { readonly ok: false; readonly problems: readonly { readonly line: number; readonly message: string }[] }
);

/** Reads YAML so that every place in it can be pointed at. A key written twice is told of, and keeps nothing else from being read. */
export function readYaml(text: string): YamlRead {
  const lines = new LineCounter();
  // Pure: what the package would print as a warning, the schema objects to.
  const options = { prettyErrors: false, uniqueKeys: false, logLevel: 'error' } as const;
  const document = parseDocument(text, { ...options, lineCounter: lines });
  const lineAt: LineAt = (offset) => lines.linePos(offset).line;
  const repeats = repeatsIn(document.contents, [], lineAt);
  if (document.errors.length > 0) {
    const problems = document.errors.map(({ pos, message }) => ({ line: lineAt(pos[0]), message }));
    return { ok: false, problems, repeats };
  }
  try {
    return { ok: true, data: document.toJS(), repeats, lineOf: (path) => lineOf(document, path, lineAt) };
  } catch (error) {
    // What the yaml package throws here: an alias without an anchor, or aliases that multiply past its limit of 100.
    return { ok: false, problems: [{ line: 1, message: String(error) }], repeats };
  }
}

type LineAt = (offset: number) => number;

/** Looked for here and not by the yaml package, which gives no path, and takes 5 and "5" for two keys where a mapping can hold one. */
function repeatsIn(node: Node, path: Path, lineAt: LineAt): readonly Repeat[] {
  if (isSeq<ParsedNode>(node)) return node.items.flatMap((item, index) => repeatsIn(item, [...path, index], lineAt));
  if (!isMap<ParsedNode, ParsedNode | null>(node)) return [];
  const firstLines = new Map<string, number>();
  return node.items.flatMap(({ key, value }) => {
    if (!isScalar(key)) return [];
    const name = String(key.value);
    const here = [...path, name];
    const line = lineAt(key.range[0]);
    const firstLine = firstLines.get(name);
    if (firstLine === undefined) firstLines.set(name, line);
    const repeat = firstLine === undefined ? [] : [{ path: here, line, firstLine }];
    return [...repeat, ...repeatsIn(value, here, lineAt)];
  });
}

function lineOf(document: Document.Parsed, path: Path, lineAt: LineAt): number | undefined {
  let node: Node = document.contents;
  let offset: number | undefined;
  for (const part of path) {
    // Sound: what an alias resolves to is a node of the same parsed document.
    const step = stepInto(isAlias(node) ? (node.resolve(document) as Node) : node, part);
    if (step === undefined) break;
    node = step.value;
    offset = step.offset;
  }
  return offset === undefined ? undefined : lineAt(offset);
}

function stepInto(node: Node, part: string | number): { value: Node; offset: number } | undefined {
  if (isMap<ParsedNode, ParsedNode | null>(node)) {
    const pair = node.items.findLast(({ key }) => isScalar(key) && String(key.value) === String(part));
    return pair && { value: pair.value, offset: pair.key.range[0] };
  }
  const item = isSeq<ParsedNode>(node) ? node.items[Number(part)] : undefined;
  return item && { value: item, offset: item.range[0] };
}
