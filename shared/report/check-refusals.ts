import type { NoCheck } from '../incident/when-check-asked.ts';
import type { Person } from './chat.ts';
import { whyNoMember } from './refusals.ts';

/** What somebody is told who asked for a look that is not made. All mrkdwn. */
export const noCheckWords: Readonly<Record<NoCheck, string>> = {
  'looking-already': 'runmedic is looking at it right now; the card changes when it is done.',
  'just-asked':
    'Somebody asked for a look within the last minute. One a minute is made, as each reads logs that people need too.',
  'being-changed': 'A change is under way here, and is checked by itself; it is not looked at anew meanwhile.',
  'not-configured': 'The configuration no longer has this environment, so that nothing is looked at here.',
  closed: 'The incident is over. A new alert opens another one.',
};

/** @param person undefined: Slack knows nobody of that id. */
export const notTheirs = (person: Person | undefined): string =>
  `Nothing was looked at: ${whyNoMember(person, 'ask for a look')}. A member of this workspace can ask for it.`;
