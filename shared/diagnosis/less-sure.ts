import type { Confidence } from './rule.ts';

const LESS_SURE: Readonly<Record<Confidence, Confidence>> = {
  certain: 'likely',
  likely: 'possible',
  possible: 'possible',
};

/** One step down; what is only possible stays it. */
export const lessSure = (sure: Confidence): Confidence => LESS_SURE[sure];
