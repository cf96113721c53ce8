import type { IncidentIn, Recovery, RecoveryCheck } from '../incident/incident.ts';
import { executionEndsBy } from '../incident/moves.ts';
import { unreachable } from '../incident/unreachable.ts';
import type { Environment } from '../policy/policy.ts';
import type { Instant } from '../ports/clock.ts';
import { isByHand } from '../remedy/plan.ts';
import { context, section } from './blocks.ts';
import { beforeAfter, changeLines, permanentLines, titleOf } from './change-blocks.ts';
import { endToEndLine } from './end-to-end-words.ts';
import { needed, type Weighed } from './limits.ts';
import { foreign, moment, user } from './mrkdwn.ts';
import { durationWords, elapsedWords, stopped } from './words.ts';

/** Our own choices: a third of a section (TEXT_MAX) for what Google says of a failure, and the whole of one for the checks, a line or two each. */
const DETAIL_MAX = 1000;
const CHECKS_SHOWN = 12;
const CHECK_MAX = 160;

/** The change under way. */
export function execution(incident: IncidentIn<'executing'>): Weighed[] {
  const { signed, step, direction, undoBecause, operation } = incident;
  const { steps } = signed.plan;
  const present = steps[step];
  if (present === undefined) return [];
  if (isByHand(signed.plan))
    return needed(
      section(`*Done by hand: ${titleOf(present)}*\n${beforeAfter(present)}`),
      context('Recovery is checked next.'),
    );
  const which = steps.length === 1 ? '' : ` (step ${step + 1} of ${steps.length})`;
  const doing = direction === 'apply' ? 'Making the change' : 'Undoing the change';
  const because = undoBecause === undefined ? '' : `\nBecause ${stopped(foreign(undoBecause, DETAIL_MAX))}`;
  const started = operation === undefined ? 'About to start' : `Started ${moment(operation.startedAt)}`;
  const takes = direction === 'apply' ? `, takes about ${durationWords(present.prospect.expectedSeconds)}` : '';
  return needed(
    section(`*${doing}${which}: ${titleOf(present)}*\n${beforeAfter(present, direction)}${because}`),
    context(`${started}${takes}.${waiting(incident)}`),
  );
}

/** What is not in our hands: since when, and until when it is waited for. */
function waiting(incident: IncidentIn<'executing'>): string {
  const { signed, step, direction, operation } = incident;
  const patience = signed.plan.steps[step]?.prospect.patience;
  if (patience === undefined || operation === undefined || direction === 'undo') return '';
  return ` Nothing has failed: it waits for ${foreign(patience.waitsFor, DETAIL_MAX)} since ${moment(operation.startedAt)}, until ${moment(executionEndsBy(incident))} at the latest.`;
}

/** How far the proof of recovery has come. */
export function verification(incident: IncidentIn<'verifying'>, { verification: wanted }: Environment): Weighed[] {
  const { signed, changedAt, passed, last, deadline } = incident;
  const looks = `${passed} of ${wanted.checks} good looks in a row`;
  const latest = last === undefined ? 'The first look is still to come.' : checkLines(last);
  return needed(
    section(changeLines(signed.plan)),
    section(`*Checking recovery: ${looks}*\n${latest}`),
    context(
      `${isByHand(signed.plan) ? 'Done' : 'Changed'} ${moment(changedAt)}. If recovery is not proven by ${moment(deadline)}, it is investigated again or handed to people.`,
    ),
  );
}

const CHECK_WORDS: Readonly<Record<RecoveryCheck['status'], readonly [mark: string, word: string]>> = {
  passed: ['✓', ''],
  failed: ['✗', ' failed'],
  unavailable: ['?', ' not measured'],
};

function checkLines({ checks }: Recovery): string {
  const lines = checks.map(({ name, status, detail }) => {
    const [mark, word] = CHECK_WORDS[status];
    const seen = detail === '' ? '' : `: ${foreign(detail, CHECK_MAX)}`;
    return `${mark} *${foreign(name, 80)}*${word}${seen}`;
  });
  const more = lines.length - CHECKS_SHOWN;
  return [...lines.slice(0, CHECKS_SHOWN), ...(more > 0 ? [`and ${more} more`] : [])].join('\n');
}

/** How it ended. @param servedFrom since when users were seen to be served; the incident closes later, when that is proven. */
export function ending(
  { outcome, openedAt, closedAt, signed, recovery, attempts, endToEnd }: IncidentIn<'closed'>,
  servedFrom: Instant | undefined,
): Weighed[] {
  switch (outcome.kind) {
    case 'declined': {
      const { approver, at, reason } = outcome.refusal;
      const offered =
        signed === undefined ? '' : `\nNothing was changed. What was offered:\n${changeLines(signed.plan)}`;
      return needed(section(`*Declined by ${user(approver)}* ${moment(at)}: ${foreign(reason, DETAIL_MAX)}${offered}`));
    }
    case 'resolved': {
      const after = `after ${elapsedWords(openedAt, servedFrom ?? closedAt)}`;
      const tests = endToEnd === undefined ? '' : `\n${endToEndLine(endToEnd)}`;
      if (outcome.by === 'itself') {
        const how = attempts.length === 0 ? ', by itself: nothing was changed' : '';
        return needed(section(`*Users are served again* ${after}${how}. Nothing wrong is seen any more.${tests}`));
      }
      const proof = `${recovery === undefined ? '' : `\n${checkLines(recovery)}`}${tests}`;
      const made =
        signed === undefined ? [] : [...needed(section(changeLines(signed.plan))), ...permanentLines(signed.plan)];
      return [...needed(section(`*Users are served again* ${after}.${proof}`)), ...made];
    }
    default:
      return unreachable(outcome);
  }
}
