import type { Change, ChangesObservation } from '../evidence/changes.ts';
import { clock } from './deploys.ts';
import type { EvidenceLine } from './rule.ts';

/** The newest change that fits, as a line of evidence; nothing where the audit log was not seen or has none. */
export function whoChanged(
  changes: ChangesObservation | undefined,
  fits: (change: Change) => boolean,
): readonly EvidenceLine[] {
  const change = changes?.changes.find((one) => one.outcome === 'made' && fits(one));
  return change === undefined ? [] : [{ text: inWords(change) }];
}

/** More than a deletion, its successor and how that ended would hide what else there is to read. */
const STEPS_SHOWN = 3;

/** What was done to one resource, newest first, each a line; what the platform refused with its words. */
export const whatWasDone = (changes: ChangesObservation | undefined, resource: string): readonly EvidenceLine[] =>
  (changes?.changes ?? [])
    .filter((one) => one.resource === resource)
    .slice(0, STEPS_SHOWN)
    .map((one) => ({ text: one.outcome === 'made' ? inWords(one) : `${inWords(one)} It failed: "${one.detail}"` }));

/** `ann@acme.example: UpdateService on backend (scaling) at 2026-11-23 02:40:00 UTC.` */
export const inWords = ({ at, by, method, name, fields }: Change): string =>
  `${by ?? 'The platform'}: ${method} on ${name}${fields.length === 0 ? '' : ` (${fields.join(', ')})`} at ${clock(at)}.`;
