import { AsyncLocalStorage } from 'node:async_hooks';
import type { CallMeter } from '../../ports/call-meter.ts';

interface Tally {
  total: number;
  logReads: number;
}

const tallies = new AsyncLocalStorage<Tally>();

/** One request has left: it counts for the work that it belongs to. */
export function countCall(url: string | URL): void {
  const tally = tallies.getStore();
  if (tally === undefined) return;
  tally.total += 1;
  if (String(url).includes('/v2/entries:list')) tally.logReads += 1;
}

/** Every request that google-fetch sends within `work`, however deep. */
export const googleCallMeter: CallMeter = {
  counted: async (work) => {
    const tally: Tally = { total: 0, logReads: 0 };
    const value = await tallies.run(tally, work);
    return { value, calls: { ...tally } };
  },
};
