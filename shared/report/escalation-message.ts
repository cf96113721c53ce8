import type { Incident } from '../incident/incident.ts';
import type { Approvers } from '../policy/policy.ts';
import type { Instant } from '../ports/clock.ts';
import { section } from './blocks.ts';
import type { Message } from './chat.ts';
import { headlineText } from './heading.ts';
import { cut, TEXT_MAX } from './limits.ts';
import { foreign, moment, user, usergroup } from './mrkdwn.ts';
import { sentence } from './words.ts';

const DETAIL_MAX = 1000;

/** Whom there is to call: an environment's people, or those at the top of the file where the environment is gone. */
interface Callable {
  readonly approvers: Approvers;
  readonly escalation: readonly Approvers[];
}

/**
 * Calls those whom escalation names. The one place where people are mentioned in a message of its own.
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
  const detail = incident.status === 'escalated' ? `\n${foreign(sentence(incident.detail), DETAIL_MAX)}` : '';
  const text = `${called === '' ? '' : `${called} `}*${headlineText(incident)}.*${late}${detail}`;
  return { text: cut(text, TEXT_MAX), blocks: [section(text)] };
}

function calledAt(level: number, { approvers, escalation }: Callable): Approvers {
  if (level === 0) return approvers;
  return escalation[level - 1] ?? { users: [], usergroups: [] };
}
