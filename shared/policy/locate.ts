import { type Document, isAlias, isMap, isScalar, isSeq, type LineCounter } from 'yaml';

/** The line, from 1, on which `path` is written; what is missing is looked for where it would stand: at its nearest ancestor. */
export function locate(document: Document, lines: LineCounter, path: readonly (string | number)[]): number | undefined {
  let node: unknown = document.contents;
  let offset: number | undefined;
  for (const part of path) {
    const step = stepInto(isAlias(node) ? node.resolve(document) : node, part);
    if (step === undefined) break;
    node = step.value;
    offset = step.offset ?? offset;
  }
  return offset === undefined ? undefined : lines.linePos(offset).line;
}

function stepInto(node: unknown, part: string | number): { value: unknown; offset: number | undefined } | undefined {
  if (isSeq(node)) {
    const item = node.items[Number(part)];
    return item === undefined ? undefined : { value: item, offset: startOf(item) };
  }
  if (!isMap(node)) return undefined;
  const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(part));
  return pair && { value: pair.value, offset: startOf(pair.key) };
}

const startOf = (node: unknown): number | undefined =>
  isMap(node) || isSeq(node) || isScalar(node) || isAlias(node) ? node.range?.[0] : undefined;
