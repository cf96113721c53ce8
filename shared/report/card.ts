import type { Cause } from '../diagnosis/rule.ts';
import type { Incident } from '../incident/incident.ts';
import type { AuditEntry } from '../incident/store.ts';
import type { Environment } from '../policy/policy.ts';
import { section } from './blocks.ts';
import { changeLines, permanentLines, recommendedChange } from './change-blocks.ts';
import type { Message } from './chat.ts';
import { checkAgain, footer, lookedBeside, toSettle } from './check-blocks.ts';
import { decided, decision, notToBeDecided, tried, withoutEnvironment } from './decision-blocks.ts';
import { evidence, folded, rootCause, theirOwnWords } from './diagnosis-blocks.ts';
import { escalation, lapsedOffer } from './escalation-blocks.ts';
import { heading, headlineText } from './heading.ts';
import { cut, fitted, MESSAGE_TEXT_MAX, needed, type Weighed } from './limits.ts';
import { lookWords } from './look-words.ts';
import { escaped, foreign } from './mrkdwn.ts';
import { ending, execution, verification } from './progress-blocks.ts';
import { foundIn, servedFrom } from './turning-points.ts';
import { ruleTitle } from './words.ts';

export interface CardInput {
  readonly incident: Incident;
  /** undefined: the configuration no longer has it, and nobody can decide or check anything there. */
  readonly environment: Environment | undefined;
  /** What happened so far, oldest first: who approved what, when the cause was found, since when users are served. */
  readonly trail: readonly AuditEntry[];
  /** Why the plan that is offered is not to be trusted, and so cannot be decided; undefined when it can. */
  readonly fault?: string | undefined;
}

/**
 * The one message of an incident, as it is now. Buttons are there while somebody can decide and at no other time.
 * What people must not miss comes before what they may want to look up, which gives way where Slack's limits ask for it.
 */
export function card(input: CardInput): Message {
  const blocks = [...heading(input.incident), ...body(input), ...footer(input.incident)];
  return { text: cut(summary(input.incident), MESSAGE_TEXT_MAX), blocks: fitted(blocks) };
}

function body({ incident, environment, trail, fault }: CardInput): Weighed[] {
  const foundAt = foundIn(trail);
  switch (incident.status) {
    case 'investigating': {
      const { diagnosis: found } = incident;
      const why = found?.root === undefined ? [] : rootCause(found, foundAt);
      const [settle, seen] =
        found === undefined ? [[], []] : [[...theirOwnWords(found), ...toSettle(found)], folded(found)];
      const look = [...needed(section(lookWords(incident))), ...why, ...settle, ...checkAgain(incident, environment)];
      return [...look, ...tried(incident), ...decided(incident, trail), ...seen];
    }
    case 'awaiting-approval': {
      const { diagnosis, signed } = incident;
      return [
        ...rootCause(diagnosis),
        ...evidence(diagnosis),
        ...tried(incident),
        ...recommendedChange(signed.plan),
        ...(fault === undefined ? decisionIn(incident, environment) : notToBeDecided(fault)),
        ...lookedBeside(incident),
        ...toSettle(diagnosis),
        ...checkAgain(incident, environment),
        ...permanentLines(signed.plan),
        ...folded(diagnosis),
      ];
    }
    case 'executing':
      return [
        ...rootCause(incident.diagnosis, foundAt),
        ...execution(incident),
        ...decided(incident, trail),
        ...tried(incident),
      ];
    case 'verifying': {
      const { diagnosis } = incident;
      return [
        ...rootCause(diagnosis, foundAt),
        ...(environment === undefined ? withoutEnvironment(incident) : verification(incident, environment)),
        ...decided(incident, trail),
        ...tried(incident),
      ];
    }
    case 'escalated': {
      const found = incident.diagnosis;
      const why =
        found === undefined
          ? []
          : [...rootCause(found, foundAt), ...evidence(found), ...theirOwnWords(found), ...toSettle(found)];
      const small = found === undefined ? [] : folded(found);
      return [
        ...escalation(incident, environment),
        ...why,
        ...lapsedOffer(incident),
        ...checkAgain(incident, environment),
        ...tried(incident),
        ...decided(incident, trail),
        ...small,
      ];
    }
    case 'closed': {
      const found = incident.diagnosis;
      const why = found?.root === undefined ? [] : rootCause(found, foundAt);
      return [...ending(incident, servedFrom(trail)), ...why, ...decided(incident, trail), ...tried(incident)];
    }
  }
}

const decisionIn = (
  incident: Extract<Incident, { status: 'awaiting-approval' }>,
  environment: Environment | undefined,
): Weighed[] => (environment === undefined ? withoutEnvironment(incident) : decision(incident, environment));

/** The card in a line or two, for phones and for whatever shows no blocks. */
function summary(incident: Incident): string {
  const root = incident.diagnosis?.root;
  const cause = root === undefined ? '' : `\n${causeWords(root, incident)}`;
  const offer = incident.status === 'awaiting-approval' ? `\n${changeLines(incident.signed.plan)}` : '';
  return `${headlineText(incident)}${cause}${offer}`;
}

/** The claim is in the present tense: once somebody acted on it, what the cause is called says enough. */
const causeWords = ({ rule, claim }: Cause, { status }: Incident): string =>
  status === 'awaiting-approval' ? foreign(claim, 300) : `Root cause: ${escaped(ruleTitle(rule))}`;
