import { inWords } from '../diagnosis/who-changed.ts';
import type { ChangesObservation } from '../evidence/changes.ts';

/** A sentence, after a blank, of the last change that was made of a thing by its name; empty where none is known. */
export function lastChange(changes: ChangesObservation | undefined, name: string): string {
  const last = changes?.changes.find((one) => one.name === name && one.outcome === 'made');
  return last === undefined ? '' : ` ${inWords(last)}`;
}
