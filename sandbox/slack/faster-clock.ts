/**
 * A clock that goes with whichever of two is the faster at the moment.
 * Rate limits keep to it: an hour of incident that passes in two minutes may say as much as it would in an hour,
 * and a world that stands still gives its callers the machine's time.
 */
export function fasterClock(first: () => number, second: () => number): () => number {
  let seen = { first: first(), second: second() };
  let nowMs = 0;
  return () => {
    const now = { first: first(), second: second() };
    nowMs += Math.max(now.first - seen.first, now.second - seen.second, 0);
    seen = now;
    return nowMs;
  };
}
