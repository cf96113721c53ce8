import { type Clock, instant } from '../../ports/clock.ts';
import { sleepMs } from './sleep-ms.ts';

/** The longest that a timer of Node's can run: 2^31 - 1 ms, nodejs.org/api/timers.html. */
const TIMER_MS_MAX = 2 ** 31 - 1;

/** The machine's own time. */
export const systemClock = (): Clock => ({
  now: () => Promise.resolve(instant(Date.now())),
  sleepUntil: async (at, abort) => {
    abort.throwIfAborted();
    // A timer may fire a little early, and the machine's clock may be set: look again.
    for (let leftMs = Date.parse(at) - Date.now(); leftMs > 0; leftMs = Date.parse(at) - Date.now())
      await sleepMs(Math.min(leftMs, TIMER_MS_MAX), abort);
  },
});
