import { type Document, isAlias, isMap, isScalar, isSeq, type LineCounter, type ParsedNode } from 'yaml';

type Node = ParsedNode | null | undefined;

/** The line, from 1, on which `path` is written; what is missing is looked for where it would stand: at its nearest ancestor. */
export function locate(
  document: Document.Parsed,
  lines: LineCounter,
  path: readonly (string | number)[],
): number | undefined {
  let node: Node = document.contents;
  let offset: number | undefined;
  for (const part of path) {
    // Sound: what an alias resolves to is a node of the same parsed document.
    const step = stepInto(isAlias(node) ? (node.resolve(document) as Node) : node, part);
    if (step === undefined) break;
    node = step.value;
    offset = step.offset;
  }
  return offset === undefined ? undefined : lines.linePos(offset).line;
}

function stepInto(node: Node, part: string | number): { value: Node; offset: number } | undefined {
  if (isMap<ParsedNode, ParsedNode | null>(node)) {
    const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(part));
    return pair && { value: pair.value, offset: pair.key.range[0] };
  }
  const item = isSeq<ParsedNode>(node) ? node.items[Number(part)] : undefined;
  return item && { value: item, offset: item.range[0] };
}
