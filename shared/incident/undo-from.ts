import type { IncidentIn } from './incident.ts';
import { carryOut, type Moment, type Step } from './moves.ts';

/** Undoes the highest step at or below `step` that can be put back; undefined when there is none. */
export function undoFrom(
  incident: IncidentIn<'executing'> | IncidentIn<'verifying'>,
  moment: Moment,
  step: number,
  undoBecause: string,
): Step | undefined {
  const { approval, signed } = incident;
  const next = signed.plan.steps.findLastIndex(
    ({ prospect }, index) => index <= step && prospect.undo.kind === 'restore-before',
  );
  return next < 0 ? undefined : carryOut(incident, moment, { approval, step: next, direction: 'undo', undoBecause });
}
