import type { Incident } from '../incident/incident.ts';
import { INVESTIGATION_PATIENCE_SECONDS } from '../incident/moves.ts';
import type { Clock } from '../ports/clock.ts';
import { plusSeconds } from '../ports/clock.ts';
import { advance, type Shell } from './advance.ts';

/** Domain time between two words of a look that is being made: one of them may be lost, and the next still comes in time. */
const SAID_EVERY_SECONDS = INVESTIGATION_PATIENCE_SECONDS / 4;
/** Machine time between two looks at the clock: at the sandbox's greatest speed, 60, a minute of domain time. */
const CLOCK_READ_EVERY_MS = 500;

export interface LookingShell extends Shell {
  readonly clock: Clock;
  /** Machine time. Without it a look says nothing of itself while it is made. */
  readonly pauseMs?: (ms: number, abort: AbortSignal) => Promise<void>;
}

/**
 * Makes a look, and says meanwhile that it is being made: its deadlines are machine time and the patience with it is domain time, which may run many
 * times faster. A look of a process that died says nothing any more, and is asked for again.
 */
export async function whileLooking<T>(
  { id, round }: Pick<Incident, 'id' | 'round'>,
  shell: LookingShell,
  work: () => Promise<T>,
): Promise<T> {
  const over = new AbortController();
  void sayingSo({ id, round }, shell, over.signal);
  try {
    return await work();
  } finally {
    over.abort();
  }
}

async function sayingSo(
  { id, round }: Pick<Incident, 'id' | 'round'>,
  shell: LookingShell,
  over: AbortSignal,
): Promise<void> {
  const { clock, pauseMs } = shell;
  if (pauseMs === undefined) return;
  try {
    let next = plusSeconds(await clock.now(), SAID_EVERY_SECONDS);
    for (;;) {
      await pauseMs(CLOCK_READ_EVERY_MS, over);
      const at = await clock.now();
      if (over.aborted) return;
      if (at < next) continue;
      await advance(id, { type: 'look-under-way', at, round }, shell);
      next = plusSeconds(at, SAID_EVERY_SECONDS);
    }
  } catch {
    // The look is over, or a word of it is lost: then it is asked for once more at worst, and its answer counts all the same.
  }
}
