type Tree = Record<string, unknown>;

/**
 * `base` with what `changes` says otherwise: objects merge key by key, lists of things with a `name` or an `id` merge by it and grow at the end,
 * everything else is replaced.
 */
export function extend(base: unknown, changes: unknown): unknown {
  if (changes === undefined) return base;
  if (isTree(base) && isTree(changes)) {
    const keys = new Set([...Object.keys(base), ...Object.keys(changes)]);
    return Object.fromEntries([...keys].map((key) => [key, extend(base[key], changes[key])]));
  }
  if (isNamedList(base) && isNamedList(changes) && changes.length > 0) {
    const known = base.map((item) =>
      extend(
        item,
        changes.find((change) => nameOf(change) === nameOf(item)),
      ),
    );
    return [...known, ...changes.filter((change) => !base.some((item) => nameOf(item) === nameOf(change)))];
  }
  return changes;
}

const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value);

const isNamedList = (value: unknown): value is Tree[] =>
  Array.isArray(value) && value.every((item) => isTree(item) && typeof nameOf(item) === 'string');

const nameOf = (item: Tree): unknown => item['name'] ?? item['id'];
