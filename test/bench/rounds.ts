/** A median of fewer says nothing about spread. */
const ROUNDS_MIN = 3;

/** Runs rounds one after the other: `times` of them, fewer (ROUNDS_MIN at least) where they take longer than `withinMs` together. */
export async function rounds<T>(
  { times, withinMs }: { readonly times: number; readonly withinMs: number },
  round: () => Promise<T>,
): Promise<readonly T[]> {
  const results: T[] = [];
  const endMs = performance.now() + withinMs;
  while (results.length < times && (results.length < ROUNDS_MIN || performance.now() < endMs))
    results.push(await round());
  return results;
}
