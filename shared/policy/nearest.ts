/** The candidate that `word` was probably meant to be, ignoring case; undefined when none is near (a third of its letters, at least 2, may differ). */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const editsMax = Math.max(2, Math.floor(word.length / 3));
  const ranked = candidates
    .map((candidate) => ({ candidate, edits: editDistance(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, edits }) => edits <= editsMax && edits < candidate.length)
    .sort((a, b) => a.edits - b.edits);
  return ranked[0]?.candidate;
}

/** Letters to insert, delete or replace to get from `a` to `b` (Levenshtein). */
function editDistance(a: string, b: string): number {
  const letters = [...b];
  let row = letters.map((_, column) => column + 1);
  let distance = letters.length;
  for (const [index, letter] of [...a].entries()) {
    let diagonal = index;
    distance = index + 1;
    row = row.map((above, column) => {
      distance = Math.min(above + 1, distance + 1, diagonal + (letter === letters[column] ? 0 : 1));
      diagonal = above;
      return distance;
    });
  }
  return distance;
}
