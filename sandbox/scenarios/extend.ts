type Tree = Record<string, unknown>;

/**
 * `base` with what `changes` says otherwise: objects merge key by key, lists of named things (`name`) merge by name and grow at the end,
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
        changes.find((c) => c.name === item.name),
      ),
    );
    return [...known, ...changes.filter((c) => !base.some((item) => item.name === c.name))];
  }
  return changes;
}

const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value);

const isNamedList = (value: unknown): value is (Tree & { name: string })[] =>
  Array.isArray(value) && value.every((item) => isTree(item) && typeof item['name'] === 'string');
