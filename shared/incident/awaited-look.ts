import type { Incident, IncidentIn } from './incident.ts';

/** Whether people were called because no look came to an answer: one that still comes is as good as in time. */
export const isUnanswered = (
  incident: Incident,
): incident is IncidentIn<'escalated'> & { readonly reason: 'investigation-failed' } =>
  incident.status === 'escalated' && incident.reason === 'investigation-failed';

const ASKED_ONCE = { tries: 1, healthyLooks: 0, unexplainedLooks: 0 };

/**
 * The incident whose look of `round` is waited for, as it was when it was asked; undefined when nobody waits for one. Beside a plan that waits it is
 * as it would be without the plan.
 */
export function awaitedLook(incident: Incident, round: number): IncidentIn<'investigating'> | undefined {
  if (incident.round !== round) return undefined;
  if (incident.status === 'awaiting-approval') {
    if (incident.look?.result !== 'awaited') return undefined;
    const { signed: _, expiresAt: __, look: ___, ...facts } = incident;
    return { ...facts, ...ASKED_ONCE, status: 'investigating' };
  }
  // Between looks nobody was asked: a second answer to the same question.
  if (incident.status === 'investigating') return incident.tries === 0 ? undefined : incident;
  if (!isUnanswered(incident)) return undefined;
  const { reason, since, level, detail: _, lapsed: __, ...facts } = incident;
  return { ...facts, ...ASKED_ONCE, status: 'investigating', paged: { reason, since, level } };
}
