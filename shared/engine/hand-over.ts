import type { Incident } from '../incident/incident.ts';
import type { Clock } from '../ports/clock.ts';
import { advance, type Shell } from './advance.ts';

/** Has an incident taken up by patrol's own move before patrol comes: its environment is gone, and what was asked for cannot be done. */
export async function handOver({ id, version }: Incident, shell: Shell & { readonly clock: Clock }): Promise<void> {
  await advance(id, { type: 'timer-due', at: await shell.clock.now(), version }, shell);
}
