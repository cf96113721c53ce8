import type { Evidence } from '../evidence/evidence.ts';
import { type Instant, secondsBetween } from '../ports/clock.ts';
import type { PastIncident } from '../ports/history.ts';
import type { Cause } from './rule.ts';

/** Earlier incidents that had the same root. */
export interface SeenBefore {
  readonly times: number;
  readonly days: number;
  /** The newest of them. */
  readonly last: {
    readonly incident: string;
    readonly openedAt: Instant;
    readonly lastedSeconds: number;
    readonly outcome: PastIncident['outcome'];
    /** Ids of the actions that ended it; empty where none did. */
    readonly fixedBy: readonly string[];
  };
}

/** How often the same rule found the same target broken; undefined where it never did, or where what was before could not be read. */
export function seenBefore({ recurrence }: Evidence, root: Cause | undefined): SeenBefore | undefined {
  if (root === undefined || recurrence.status !== 'observed') return undefined;
  const { days, ended } = recurrence.value;
  const same = ended.filter((past) => past.root?.rule === root.rule && past.root.target === root.target);
  const [newest] = same;
  if (newest === undefined) return undefined;
  const { id, openedAt, closedAt, outcome, fixedBy } = newest;
  const last = { incident: id, openedAt, lastedSeconds: secondsBetween(openedAt, closedAt), outcome, fixedBy };
  return { times: same.length, days, last };
}
