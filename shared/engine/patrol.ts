import type { Clock } from '../ports/clock.ts';
import { advance, deliver, type Shell } from './advance.ts';

/** One round takes this many; what is left is due again in a minute. */
const DUE_MAX = 50;
const UNDELIVERED_MAX = 100;
/** Machine time: an effect younger than this is still in its own handler's hands. */
const UNDELIVERED_AFTER_MS = 15_000;

export interface Patrolled {
  readonly due: number;
  readonly redelivered: number;
  /** Incidents whose timer or effect could not be handled, with what came back. */
  readonly failed: readonly { readonly incident: string; readonly error: string }[];
}

/** Due timers, and effects that a crash left undelivered. One that fails does not stop the others. */
export async function patrol(shell: Shell & { readonly clock: Clock }): Promise<Patrolled> {
  const undelivered = await shell.store.undelivered(UNDELIVERED_AFTER_MS, UNDELIVERED_MAX);
  const failed: { incident: string; error: string }[] = [];
  for (const stored of undelivered)
    await deliver([stored], shell).catch((error: unknown) =>
      failed.push({ incident: stored.effect.incident, error: textOf(error) }),
    );
  const at = await shell.clock.now();
  const due = await shell.store.due(at, DUE_MAX);
  for (const { incident, version } of due) {
    try {
      await advance(incident, { type: 'timer-due', at, version }, shell);
    } catch (error) {
      failed.push({ incident, error: textOf(error) });
    }
  }
  return { due: due.length, redelivered: undelivered.length, failed };
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
