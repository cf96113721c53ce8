/** Numbers that depend on a seed alone. */
export interface Random {
  /** A whole number from 0 up to and without `end`. */
  below(end: number): number;
  chance(probability: number): boolean;
  /** One of `items`, taken out of it. @throws Error when there is none. */
  takeFrom<T>(items: T[]): T;
}

/** Mulberry32: small, quick, and good enough to shuffle. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (end: number): number => Math.floor(next() * end);
  return {
    below,
    chance: (probability) => next() < probability,
    takeFrom: (items) => {
      const [taken] = items.splice(below(items.length), 1);
      if (taken === undefined) throw new Error('nothing to take');
      return taken;
    },
  };
}
