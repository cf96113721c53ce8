import type { SeenBefore } from '../diagnosis/seen-before.ts';
import { actionNames, actions } from '../remedy/actions.ts';
import { escaped, foreign, moment } from './mrkdwn.ts';
import { durationWords } from './words.ts';

/** "Seen before: 2 times in 30 days; last on ...: Scale connector, resolved in 9 min." */
export function seenBeforeWords({ times, days, last }: SeenBefore): string {
  const often = times === 1 ? 'once' : `${times} times`;
  return `Seen before: ${often} in ${days} days; last on ${moment(last.openedAt)}: ${endWords(last)}.`;
}

function endWords({ outcome, fixedBy, lastedSeconds }: SeenBefore['last']): string {
  const took = durationWords(lastedSeconds);
  switch (outcome) {
    case 'resolved':
      return `${fixedBy.map(actionTitle).join(', ')}, resolved in ${took}`;
    case 'recovered-by-itself':
      return `recovered by itself in ${took}`;
    case 'declined':
      return `declined after ${took}`;
  }
}

/** An action's title; its id where a stored incident names one that is gone. */
function actionTitle(id: string): string {
  const known = actionNames.find((name) => name === id);
  return known === undefined ? foreign(id, 80) : escaped(actions[known].title);
}
