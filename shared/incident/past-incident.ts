import type { PastIncident } from '../ports/history.ts';
import type { Incident } from './incident.ts';

/** What an incident that ended leaves behind for those that come after; undefined while it is open. */
export function pastIncident(incident: Incident): PastIncident | undefined {
  if (incident.status !== 'closed') return undefined;
  const { id, openedAt, closedAt, subject, diagnosis, outcome, signed } = incident;
  // A look that found nothing wrong any more names no root: then it is the plan that says what had broken.
  const root = diagnosis?.root ?? signed?.plan.because;
  const byRemediation = outcome.kind === 'resolved' && outcome.by === 'remediation';
  return {
    id,
    openedAt,
    closedAt,
    root: root && { rule: root.rule, target: root.target },
    services: subject.services,
    fixedBy: signed !== undefined && byRemediation ? signed.plan.steps.map(({ action }) => action) : [],
    outcome: outcome.kind === 'declined' ? 'declined' : byRemediation ? 'resolved' : 'recovered-by-itself',
  };
}
