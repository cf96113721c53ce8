import { noCheck } from '../incident/when-check-asked.ts';
import { noCheckWords, notTheirs } from '../report/check-refusals.ts';
import type { Click } from '../report/click.ts';
import { unknownIncident } from '../report/refusals.ts';
import { advance, environmentIn } from './advance.ts';
import type { Decided, DecisionShell } from './decide.ts';
import { handOver } from './hand-over.ts';

/**
 * Somebody wants an incident looked at anew. A look changes nothing and takes no plan from those who decide, so that every full member of the
 * workspace may ask for one, named in the policy or not; guests and people of other workspaces may not, since each look spends quota that people need too. Safe to deliver twice.
 */
export async function checkAgain(
  click: Extract<Click, { readonly kind: 'check-again' }>,
  shell: DecisionShell,
): Promise<Decided> {
  const { store, chat, clock } = shell;
  const refuse = async (words: string): Promise<Decided> => {
    await chat.whisper(words, click);
    return { kind: 'refused', words };
  };
  const [incident, person, at] = [await store.load(click.incident), await chat.person(click.user), await clock.now()];
  if (incident === undefined) return refuse(unknownIncident(click.incident));
  if (person?.standing !== 'member') return refuse(notTheirs(person));
  if (environmentIn(incident, shell.policy) === undefined) {
    await handOver(incident, shell);
    return refuse(noCheckWords['not-configured']);
  }
  const why = noCheck(incident, at);
  if (why !== undefined) return refuse(noCheckWords[why]);
  const { changed } = await advance(incident.id, { type: 'check-asked', at, by: person.id }, shell);
  // Somebody else was first, between the look and the save.
  return changed ? { kind: 'looking' } : refuse(noCheckWords['looking-already']);
}
