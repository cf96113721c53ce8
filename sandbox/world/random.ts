/** Numbers that look random and repeat exactly for the same seed. */
export interface Random {
  /** From 0 up to but not including 1. */
  next(): number;
  between(low: number, high: number): number;
  chance(probability: number): boolean;
  /** A whole number whose mean is `x`. */
  round(x: number): number;
  /** How many of `count` independent tries succeed, near enough. */
  binomial(count: number, probability: number): number;
  /** How many arrive in one second when `mean` do on average. */
  arrivals(mean: number): number;
  hex(length: number): string;
}

export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  // mulberry32: https://gist.github.com/tommyettinger/46a874533244883189143505d203312c (public domain).
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  // Sum of uniforms: near enough to a normal distribution with mean 0 and deviation 1.
  const bell = () => (next() + next() + next() + next() - 2) * Math.sqrt(3);
  const round = (x: number) => Math.floor(x) + (next() < x - Math.floor(x) ? 1 : 0);
  return {
    next,
    round,
    between: (low, high) => low + next() * (high - low),
    chance: (probability) => next() < probability,
    binomial: (count, probability) => {
      if (count === 0 || probability <= 0) return 0;
      if (probability >= 1) return count;
      const mean = count * probability;
      return clamp(round(Math.max(0, mean + Math.sqrt(mean * (1 - probability)) * bell() * 0.5)), 0, count);
    },
    arrivals: (mean) => (mean <= 0 ? 0 : round(Math.max(0, mean + Math.sqrt(mean) * bell() * 0.5))),
    hex: (length) => Array.from({ length }, () => Math.floor(next() * 16).toString(16)).join(''),
  };
}

export const clamp = (x: number, low: number, high: number): number => Math.min(high, Math.max(low, x));

/** A seed from text, so that every name has numbers of its own. FNV-1a. */
export function seedOf(...parts: readonly (string | number)[]): number {
  let hash = 0x811c9dc5;
  for (const character of parts.join('\u0000')) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193);
  return hash >>> 0;
}
