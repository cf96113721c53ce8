import type { Diagnosis } from '../diagnosis/diagnosis.ts';
import type { Incident, IncidentIn, LookBeside } from '../incident/incident.ts';
import { noCheck } from '../incident/when-check-asked.ts';
import type { Environment } from '../policy/policy.ts';
import { actions, button, context } from './blocks.ts';
import { CHECK_ACTION } from './click.ts';
import { needed, spare, type Weighed } from './limits.ts';
import { foreign, moment, user } from './mrkdwn.ts';

const CHECKS_SHOWN = 4;
const CHECK_MAX = 240;

/** What a person can do to settle what is in doubt. */
export function toSettle({ nextChecks }: Pick<Diagnosis, 'nextChecks'>): Weighed[] {
  const lines = nextChecks.slice(0, CHECKS_SHOWN).map((sentence) => `• ${foreign(sentence, CHECK_MAX)}`);
  return lines.length === 0 ? [] : spare(context(`*To settle it:*\n${lines.join('\n')}`));
}

const RESULTS: Readonly<Record<LookBeside['result'], (by: string, at: string) => string>> = {
  awaited: (by, at) => `Looking again, asked by ${by} ${at}. The change above can be decided on meanwhile.`,
  same: (by, at) => `Looked again for ${by} ${at}: the same was found.`,
  unjudged: (by, at) =>
    `Looked again for ${by} ${at}: the cause could not be judged this time, so that what stands above is as it was found before.`,
  'no-answer': (by, at) =>
    `Asked by ${by} ${at} to look again, and no answer came: what stands above is as it was found before.`,
};

/** That somebody had it looked at again while a plan waits, and what came of it. */
export function lookedBeside({ look }: IncidentIn<'awaiting-approval'>): Weighed[] {
  return look === undefined ? [] : needed(context(RESULTS[look.result](user(look.by), moment(look.askedAt))));
}

/**
 * Has it looked at anew, where a look can be asked for: between looks, while a plan waits, and in people's hands. That somebody asked a moment ago
 * takes no button away: it would be back before anyone saw the card without it. What the configuration no longer has cannot be looked at.
 */
export function checkAgain(incident: Incident, environment: Environment | undefined): Weighed[] {
  if (environment === undefined || noCheck({ ...incident, checkAskedAt: undefined }, incident.openedAt) !== undefined)
    return [];
  const { id } = incident;
  return needed(actions(`check/${id}`, [button({ actionId: CHECK_ACTION, text: 'Check again', value: id })]));
}

/** What all looks asked of Google, for whoever pays for it or shares the quota. */
export function footer({ googleCalls: { total, logReads } }: Pick<Incident, 'googleCalls'>): Weighed[] {
  if (total === 0) return [];
  const reads = logReads === 0 ? '' : `, ${logReads} of them Logging reads`;
  return spare(context(`${total} Google API ${total === 1 ? 'call' : 'calls'}${reads}.`));
}
