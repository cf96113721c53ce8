/** As many of `names` as are asked for, those first that have most pairs of letters in common with `word`, for their length (Dice's coefficient). */
export function nearestNames(word: string, names: readonly string[], count: number): string[] {
  const wanted = pairsOf(word);
  const likeness = (name: string): number => {
    const pairs = pairsOf(name);
    return (2 * [...pairs].filter((pair) => wanted.has(pair)).length) / (pairs.size + wanted.size);
  };
  return names.toSorted((a, b) => likeness(b) - likeness(a)).slice(0, count);
}

/** With an edge at each end, so that a single letter is a pair too. */
function pairsOf(word: string): ReadonlySet<string> {
  const letters = ` ${word.toLowerCase()} `;
  return new Set(Array.from({ length: letters.length - 1 }, (_, index) => letters.slice(index, index + 2)));
}
