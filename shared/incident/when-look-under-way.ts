import { earliest, latest, plusSeconds } from '../ports/clock.ts';
import type { EventOf } from './event.ts';
import type { Incident } from './incident.ts';
import { INVESTIGATION_PATIENCE_SECONDS, type Step, stay } from './moves.ts';

/** A look that is being made is not asked for again, however long it takes. Saved silently: nobody cares but the timer. */
export function whenLookUnderWay(incident: Incident, { at, round }: EventOf<'look-under-way'>): Step {
  if (incident.round !== round || !isAwaited(incident)) return stay(incident);
  const later = latest(incident.dueAt, plusSeconds(at, INVESTIGATION_PATIENCE_SECONDS));
  const dueAt = incident.status === 'awaiting-approval' ? earliest(incident.expiresAt, later) : later;
  return { incident: { ...incident, dueAt, version: incident.version + 1 }, effects: [] };
}

type Looking = Extract<Incident, { readonly status: 'investigating' | 'awaiting-approval' | 'verifying' }>;

function isAwaited(incident: Incident): incident is Looking {
  if (incident.status === 'investigating') return incident.tries > 0;
  if (incident.status === 'awaiting-approval') return incident.look?.result === 'awaited';
  return incident.status === 'verifying';
}
