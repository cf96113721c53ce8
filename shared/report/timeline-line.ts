import { resultAtDeadline, START_SECONDS_MAX, type TestResult } from '../incident/end-to-end.ts';
import type { IncidentEvent, StepResult } from '../incident/event.ts';
import { PLATFORM_LOOK_EVERY_SECONDS } from '../incident/moves.ts';
import { offeredPlan } from '../incident/offered-plan.ts';
import { leftPlanStanding } from '../incident/plan-stands.ts';
import type { AuditEntry } from '../incident/store.ts';
import { unreachable } from '../incident/unreachable.ts';
import type { Approvers } from '../policy/policy.ts';
import { plusSeconds } from '../ports/clock.ts';
import { isByHand, type Plan } from '../remedy/plan.ts';
import { beforeAfter, titleOf } from './change-blocks.ts';
import { resultWords, runLink } from './end-to-end-words.ts';
import { code, escaped, foreign, user, usergroup } from './mrkdwn.ts';
import { ruleTitle, sentence, stopped } from './words.ts';

export type Telling = 'quiet' | 'told';
export interface Line {
  readonly text: string;
  readonly telling: Telling;
}

const DETAIL_MAX = 300;

type Of<T extends IncidentEvent['type']> = Extract<IncidentEvent, { readonly type: T }>;

const quiet = (text: string): Line => ({ text, telling: 'quiet' });
/** Where the entry hands the incident to people, the escalation's own message tells them. */
const told = (text: string, { to }: AuditEntry): Line => ({ text, telling: to === 'escalated' ? 'quiet' : 'told' });

/** Of whom the thread speaks, and whom it calls. */
export interface People {
  /** By user id. */
  readonly names: ReadonlyMap<string, string>;
  /** Those who may decide on a plan; nobody where the environment is gone. */
  readonly deciders: (plan: Plan) => Approvers;
}

/** One entry of the trail as a line that a person cares about; undefined where nobody does. @param before the entries before it. */
export function lineOf(
  entry: AuditEntry,
  before: readonly AuditEntry[],
  { names, deciders }: People,
): Line | undefined {
  const { event, from, to } = entry;
  switch (event.type) {
    // The card itself says it.
    case 'opened':
    // Only of two deliveries is it news, and then to a machine.
    case 'step-claimed':
    case 'tests-claimed':
    // That something comes is no news yet.
    case 'look-under-way':
      return undefined;
    case 'alert-joined': {
      const again = to === 'investigating' && from !== 'investigating' ? ' Looking again.' : '';
      const about = event.services.length === 0 ? '' : ` (${foreign(event.services.join(', '), 120)})`;
      return quiet(`Alert ${event.alert.state}: ${foreign(event.alert.policy, 120)}${about}.${again}`);
    }
    case 'investigated':
      return investigatedLine(event, entry, { before, deciders });
    case 'approved':
      return approvedLine(event, nameOf(event.approval.approver, names), before);
    case 'rejected':
      return quiet(
        `Declined by ${nameOf(event.refusal.approver, names)}: ${foreign(event.refusal.reason, DETAIL_MAX)}`,
      );
    case 'step-started':
      return quiet(`Operation started: ${code(event.operation.slice(event.operation.lastIndexOf('/') + 1), 100)}`);
    case 'step-finished':
      return stepLine(event, entry, before);
    case 'verified':
      return verifiedLine(event, entry, before);
    case 'check-asked':
      return quiet(`${nameOf(event.by, names)} had it looked at again.`);
    case 'environment-removed':
      if (to === 'closed')
        return quiet(
          'Its environment was removed from the configuration, and its end-to-end tests are not waited for.',
        );
      return from === to ? undefined : quiet('Its environment was removed from the configuration.');
    case 'tests-started':
      return quiet(`End-to-end tests: ${runLink('started', event.run)}.`);
    case 'tests-ended':
      return testsLine(event.result, before);
    case 'timer-due':
      return to === 'closed' ? testsOverdueLine(entry, before) : timerLine(entry);
    default:
      return unreachable(event);
  }
}

/** What stands was told when it was offered: nobody is called to it twice. */
const STANDS = {
  same: 'Looked again: the same was found, and the offer stands.',
  unjudged: 'Looked again: the cause could not be judged this time, and the offer stands.',
};

function investigatedLine(
  { diagnosis: { root }, offer }: Of<'investigated'>,
  entry: AuditEntry,
  { before, deciders }: { readonly before: readonly AuditEntry[]; readonly deciders: People['deciders'] },
): Line | undefined {
  const stands = leftPlanStanding(entry, before);
  if (stands !== undefined) return quiet(STANDS[stands]);
  if (offer.kind === 'plan') {
    const [first, ...rest] = offer.signed.plan.steps;
    const more = rest.length === 0 ? '' : `, and ${rest.length} more on the card`;
    const cause = root === undefined ? '' : `${escaped(ruleTitle(root.rule))}. `;
    if (isByHand(offer.signed.plan) && entry.to !== 'escalated')
      return told(
        `${called(offer.signed.plan, before, deciders)}*To be done by hand.* ${cause}${titleOf(first)}: how is on the card. Press *Done* there when it is.`,
        entry,
      );
    const heading = entry.to === 'escalated' ? 'Nobody may approve what would help.' : 'Approval needed.';
    return told(`*${heading}* ${cause}${titleOf(first)}: ${beforeAfter(first)}${more}`, entry);
  }
  if (offer.kind === 'observed') {
    const [first] = offer.signed.plan.steps;
    return quiet(
      `Observe mode (${code(offer.setting, 120)}), so that this is only shown: ${titleOf(first)}, ${beforeAfter(first)}`,
    );
  }
  if (entry.to === 'closed') return told('*Recovered by itself:* nothing wrong is seen any more.', entry);
  if (offer.reason === 'healthy') return quiet('Nothing wrong was seen; looking once more before it is closed.');
  const isRepeated = lastOffer(before) === offer.reason;
  if (isRepeated && (entry.to === 'investigating' || offer.reason === 'platform-incident')) return undefined;
  if (offer.reason === 'platform-incident')
    return quiet(
      `Google Cloud has an incident: nothing is to be changed here. Looking again every ${PLATFORM_LOOK_EVERY_SECONDS / 60} min until it is over.`,
    );
  const none = offer.reason === 'being-changed' ? 'what would help is being changed already' : 'no change to offer';
  const found = root === undefined ? 'No cause found' : `${escaped(ruleTitle(root.rule))}, and ${none}`;
  const next = entry.to === 'investigating' ? ' Looking again.' : '';
  return quiet(`${found}.${next} ${foreign(sentence(offer.detail), DETAIL_MAX)}`);
}

/** Nobody else would do anything: whoever may say that it is done is mentioned, the first time that it is offered in this incident. */
function called(plan: Plan, before: readonly AuditEntry[], deciders: People['deciders']): string {
  const asks = ({ because, steps: [{ action }] }: Plan) => `${action} ${because.rule} ${because.target}`;
  const again = before.some(
    ({ event }) =>
      event.type === 'investigated' && event.offer.kind === 'plan' && asks(event.offer.signed.plan) === asks(plan),
  );
  if (again) return '';
  const { users, usergroups } = deciders(plan);
  return [...usergroups.map(usergroup), ...users.map(user), ''].join(' ');
}

function approvedLine({ approval }: Of<'approved'>, name: string, before: readonly AuditEntry[]): Line {
  const plan = offeredPlan(before, approval.digest);
  return quiet(
    plan !== undefined && isByHand(plan)
      ? `Done by ${name}, by hand: ${titleOf(plan.steps[0])}. Now recovery is checked.`
      : `Approved by ${name}.`,
  );
}

function stepLine(
  { digest, step, direction, result }: Of<'step-finished'>,
  entry: AuditEntry,
  before: readonly AuditEntry[],
): Line | undefined {
  const plan = offeredPlan(before, digest);
  // Whoever did it by hand said so already.
  if (plan !== undefined && isByHand(plan) && result.kind === 'stood-already') return undefined;
  const planned = plan?.steps[step];
  const what = planned === undefined ? `step ${step + 1}` : titleOf(planned);
  return direction === 'apply' ? applied(result, what, entry) : undone(result, what, entry);
}

function applied(result: StepResult, what: string, entry: AuditEntry): Line {
  switch (result.kind) {
    case 'done':
      return quiet(`Done: ${what}.${entry.to === 'verifying' ? ' Now recovery is checked.' : ''}`);
    case 'stood-already':
      return quiet(`Already as approved, nothing was written: ${what}.`);
    case 'moved':
      return told(
        `*Not made:* ${what}. Someone changed it meanwhile: ${stopped(foreign(result.detail, DETAIL_MAX))}`,
        entry,
      );
    case 'refused':
      return told(
        `*Not made:* ${what}. Refused right before the write: ${stopped(foreign(result.detail, DETAIL_MAX))}`,
        entry,
      );
    case 'not-genuine':
      return told(
        `*Not made:* ${what}. It is not what was signed: ${stopped(foreign(result.detail, DETAIL_MAX))}`,
        entry,
      );
    case 'failed':
      return told(`*Failed:* ${what}. ${foreign(sentence(result.detail), DETAIL_MAX)}`, entry);
    default:
      return unreachable(result);
  }
}

function undone(result: StepResult, what: string, entry: AuditEntry): Line {
  switch (result.kind) {
    case 'done':
    case 'stood-already':
      return told(`*Undone:* ${what}.`, entry);
    case 'moved':
    case 'refused':
    case 'not-genuine':
    case 'failed':
      return told(`*Undoing failed:* ${what}. ${foreign(sentence(result.detail), DETAIL_MAX)}`, entry);
    default:
      return unreachable(result);
  }
}

/** A look that says what the one before it said is no news. */
function verifiedLine(
  { recovery, digest }: Of<'verified'>,
  entry: AuditEntry,
  before: readonly AuditEntry[],
): Line | undefined {
  const { verdict, checks } = recovery;
  const passed = checks.filter(({ status }) => status === 'passed').length;
  const rest = checks.filter(({ status }) => status !== 'passed').map(({ name, detail }) => `${name}: ${detail}`);
  const found = stopped(
    `${passed} of ${checks.length} checks passed${rest.length === 0 ? '' : `; ${foreign(rest.join('; '), DETAIL_MAX)}`}`,
  );
  if (entry.to === 'closed') return told(`*Resolved:* users are served again. ${found}`, entry);
  if (entry.to !== 'verifying') return told(`*Recovery not proven:* ${found}${NEXT[entry.to]}`, entry);
  const last = before.findLast(({ event }) => event.type === 'verified' && event.digest === digest)?.event;
  const repeats = last?.type === 'verified' && last.recovery.verdict === verdict;
  switch (verdict) {
    case 'recovered':
      return quiet(`Good look: ${found}`);
    case 'not-yet':
      return repeats ? undefined : quiet(`Not recovered yet: ${found}`);
    case 'inconclusive':
      return repeats ? undefined : quiet(`Recovery could not be measured: ${found}`);
    case 'worse':
      return quiet(`Worse than before: ${found} Looking once more.`);
    default:
      return unreachable(verdict);
  }
}

const NEXT: Readonly<Record<Exclude<AuditEntry['to'], 'closed' | 'verifying'>, string>> = {
  investigating: ' Investigating again.',
  'awaiting-approval': '',
  executing: ' Undoing the change.',
  escalated: '',
};

/** Where they failed, the message that calls people tells the channel. */
function testsLine(result: TestResult, before: readonly AuditEntry[]): Line {
  const text = `*End-to-end tests:* ${stopped(resultWords(result, runIn(before)?.run))}`;
  return { text, telling: result.kind === 'passed' || result.kind === 'failed' ? 'quiet' : 'told' };
}

/** That they are asked for once more is no news; that their time is over is. */
function testsOverdueLine({ at }: AuditEntry, before: readonly AuditEntry[]): Line | undefined {
  const run = runIn(before);
  if (run !== undefined) return at < run.deadline ? undefined : testsLine(resultAtDeadline('running'), before);
  const isOver = before.some((entry) => entry.to === 'closed' && at >= plusSeconds(entry.at, START_SECONDS_MAX));
  return isOver ? testsLine(resultAtDeadline('starting'), before) : undefined;
}

const runIn = (before: readonly AuditEntry[]): Of<'tests-started'> | undefined =>
  before.flatMap(({ event }) => (event.type === 'tests-started' ? [event] : [])).at(-1);

/** What did not come in time, by what was waited for. Once people have it, the escalation's own messages tell the rest. */
const OVERDUE: Readonly<Record<AuditEntry['from'], string | undefined>> = {
  none: undefined,
  investigating: 'No answer came from the investigation.',
  'awaiting-approval': 'Nobody decided in time.',
  executing: 'The change did not end in time.',
  verifying: 'No look at recovery came to an answer in time.',
  escalated: undefined,
  closed: undefined,
};

function timerLine({ from, to }: AuditEntry): Line | undefined {
  const overdue = to === 'escalated' ? OVERDUE[from] : undefined;
  return overdue === undefined ? undefined : quiet(overdue);
}

/** Why the look before this one offered nothing: the same again is no news. */
function lastOffer(before: readonly AuditEntry[]): string | undefined {
  const last = before.findLast(({ event }) => event.type === 'investigated')?.event;
  return last?.type === 'investigated' && last.offer.kind === 'none' ? last.offer.reason : undefined;
}

const nameOf = (user: string, names: ReadonlyMap<string, string>): string => foreign(names.get(user) ?? user, 80);
