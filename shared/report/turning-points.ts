import { leftPlanStanding } from '../incident/plan-stands.ts';
import type { AuditEntry } from '../incident/store.ts';
import type { Instant } from '../ports/clock.ts';

/** When the diagnosis that stands was made; undefined where none was. A look that left a plan standing left its diagnosis too. */
export const foundIn = (trail: readonly AuditEntry[]): Instant | undefined =>
  trail.findLast(
    (entry, index) =>
      entry.event.type === 'investigated' && leftPlanStanding(entry, trail.slice(0, index)) === undefined,
  )?.at;

/**
 * The first good look of the last row of them: from then on users were seen to be served, and what came after only proved it.
 * undefined where no look was good, or none after the last bad one.
 */
export function servedFrom(trail: readonly AuditEntry[]): Instant | undefined {
  const lastBad = trail.findLastIndex(({ event }) => looked(event) === 'bad');
  return trail.find(({ event }, index) => index > lastBad && looked(event) === 'good')?.at;
}

/** A look that could measure nothing neither begins a row nor ends it, as for the proof itself (incident/when-verified.ts). */
function looked(event: AuditEntry['event']): 'good' | 'bad' | 'no-look' {
  if (event.type === 'investigated')
    return event.offer.kind === 'none' && event.offer.reason === 'healthy' ? 'good' : 'bad';
  if (event.type !== 'verified' || event.recovery.verdict === 'inconclusive') return 'no-look';
  return event.recovery.verdict === 'recovered' ? 'good' : 'bad';
}
