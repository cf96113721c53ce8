import type { IncidentIn } from '../incident/incident.ts';
import { seenWords } from './diagnosis-blocks.ts';

/** What is looked at, and what the look before came to. */
export function lookWords(incident: IncidentIn<'investigating'>): string {
  const { round, tries, healthyLooks, unexplainedLooks, diagnosis, paged } = incident;
  if (healthyLooks > 0) return '*Nothing wrong is seen any more.* Looking once more before the incident is closed.';
  if (unexplainedLooks > 0 && diagnosis?.root !== undefined)
    return '*What would help is being changed already*, by another incident: which, the thread says. Looking again in a minute.';
  if (unexplainedLooks > 0)
    return `*No cause found yet.* Looking again, as more evidence may be on its way.\n${seenWords(diagnosis?.symptoms ?? [])}`;
  const isFirst = diagnosis === undefined && paged === undefined;
  const anew = round === 1 ? '*Investigating again.*' : `*Investigating again* (diagnosis ${round}).`;
  const what = isFirst ? '*Investigating.*' : anew;
  const again = tries > 1 ? ` No answer yet; asked ${tries} times.` : '';
  return `${what} Services, revisions, connectors, metrics, logs and the checks from outside are being read; nothing is changed.${again}`;
}
