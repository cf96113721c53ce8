import type { Incident, IncidentIn, LapsedOffer } from '../incident/incident.ts';
import type { Approvers } from '../policy/policy.ts';
import type { Instant } from '../ports/clock.ts';
import { section } from './blocks.ts';
import { changeLines } from './change-blocks.ts';
import type { Message } from './chat.ts';
import { AFTER_FAILED_TESTS, endToEndLine } from './end-to-end-words.ts';
import { whyAndWhat } from './escalation-blocks.ts';
import { headlineText } from './heading.ts';
import { cut, TEXT_MAX } from './limits.ts';
import { lookWords } from './look-words.ts';
import { escaped, foreign, moment, user, usergroup } from './mrkdwn.ts';
import { escalationWords, ruleTitle } from './words.ts';

/** Whom there is to call: an environment's people, or those at the top of the file where the environment is gone. */
interface Callable {
  readonly approvers: Approvers;
  readonly escalation: readonly Approvers[];
}

const CLAIM_MAX = 500;

/**
 * Calls those whom escalation names, with why, the cause as far as it is known, and what there is to do: it is all that a phone shows at night.
 * The one place where people are mentioned in a message of its own.
 * @param level 0, at once: those who may approve; n: the n-th entry of the policy's escalation.
 */
export function escalationMessage(
  incident: Incident,
  { level, since }: { readonly level: number; readonly since: Instant },
  callable: Callable,
): Message {
  const { users, usergroups } = calledAt(level, callable);
  const called = [...usergroups.map(usergroup), ...users.map(user)].join(' ');
  const late = level === 0 ? '' : ` Nobody has ended it since ${moment(since)}.`;
  const first = `${called === '' ? '' : `${called} `}*${headlineText(incident)}.*${late}`;
  const text = [first, ...contentOf(incident)].join('\n');
  return { text: cut(text, TEXT_MAX), blocks: [section(text)] };
}

function contentOf(incident: Incident): readonly string[] {
  if (incident.status === 'escalated') {
    const { lapsed } = incident;
    const offer = lapsed === undefined ? [] : [`${offerWords(lapsed)}:`, changeLines(lapsed.signed.plan)];
    return [whyAndWhat(incident), ...causeOf(incident), ...offer];
  }
  if (incident.status === 'closed') return testsOf(incident);
  // Looked at once more since people were called, or between two of their levels.
  if (incident.status !== 'investigating') return [];
  const { paged } = incident;
  const why = paged === undefined ? [] : [`People are called: ${escalationWords[paged.reason]}.`];
  return [...why, ...causeOf(incident), lookWords(incident)];
}

const offerWords = ({ expiredAt }: LapsedOffer): string =>
  expiredAt === undefined ? 'Not offered, only shown' : `Was offered until ${moment(expiredAt)}`;
/** What was resolved, and wants somebody to look all the same. */
function testsOf({ endToEnd }: IncidentIn<'closed'>): readonly string[] {
  return endToEnd === undefined ? [] : [endToEndLine(endToEnd), AFTER_FAILED_TESTS];
}

function causeOf({ diagnosis }: Incident): readonly string[] {
  const root = diagnosis?.root;
  if (root === undefined) return [];
  return [
    `*Root cause as last found: ${escaped(ruleTitle(root.rule))}* (${root.confidence})`,
    foreign(root.claim, CLAIM_MAX),
  ];
}

function calledAt(level: number, { approvers, escalation }: Callable): Approvers {
  if (level === 0) return approvers;
  return escalation[level - 1] ?? { users: [], usergroups: [] };
}
