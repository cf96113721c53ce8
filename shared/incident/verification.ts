import { counted } from '../diagnosis/counted.ts';
import { judge } from '../diagnosis/diagnose.ts';
import type { Diagnosis } from '../diagnosis/diagnosis.ts';
import { answersRequests, checkPassed } from '../diagnosis/proof-of-service.ts';
import type { Context, Rule, Symptom } from '../diagnosis/rule.ts';
import { type RuleName, ruleNamed, ruleNames } from '../diagnosis/rules.ts';
import { symptoms } from '../diagnosis/symptoms.ts';
import type { ChecksObservation } from '../evidence/checks.ts';
import type { Evidence, InspectorName } from '../evidence/evidence.ts';
import type { Reading } from '../evidence/inspector.ts';
import type { LogsObservation } from '../evidence/logs.ts';
import { latest, secondsBetween } from '../ports/clock.ts';
import { lastOnEach, type Plan } from '../remedy/plan.ts';
import type { Recovery, RecoveryCheck } from './incident.ts';

/** What tells how users are served, whatever was the matter. */
const SERVICE_READINGS = ['http', 'websocket', 'journey', 'logs', 'metrics', 'cloud-run'] as const;

/** All that recovery() reads of an evidence: a verification is a look a minute, and need not be at everything. */
export function readingsFor({ because }: Plan): readonly InspectorName[] {
  const known = knownRule(because.rule);
  const ofRule = known === undefined ? [] : [...known.needs, ...(known.considers ?? [])];
  return [...new Set<InspectorName>([...SERVICE_READINGS, ...ofRule])];
}

export interface RecoveryInput {
  readonly diagnosis: Diagnosis;
  readonly plan: Plan;
  /** Taken after the change, and reading nothing from before it. */
  readonly evidence: Evidence;
  readonly context: Context;
  /** For each step, whether `after` was read back; a text says why it could not be read. */
  readonly readBack: readonly ('stands' | 'moved' | { readonly unavailable: string })[];
}

/**
 * Whether a change brought users back: looked at from outside, by the same rule, and by reading `after` back.
 * `recovered` wants every check passed, and somebody seen to be served; what is unavailable makes it inconclusive; more in trouble than before, of
 * what the root harms and what is looked at from outside, is worse, unless the cause itself is still there. Pure.
 */
export function recovery(input: RecoveryInput): Recovery {
  const cause = sameRule(input);
  const checks = [...fromOutside(input.evidence), errorsServed(input), cause, ...standing(input)];
  // What goes on getting worse by the cause that is still there, was not made worse by the change, and taking it back would not help.
  return { verdict: cause.status !== 'failed' && isWorse(input) ? 'worse' : verdict(checks), checks };
}

function verdict(checks: readonly RecoveryCheck[]): Recovery['verdict'] {
  if (checks.some(({ status }) => status === 'failed')) return 'not-yet';
  return checks.some(({ status }) => status === 'unavailable') ? 'inconclusive' : 'recovered';
}

/** More in trouble now than at the diagnosis, of what could be seen both times: what only comes back into sight did not get worse. */
function isWorse({ diagnosis, evidence, context }: RecoveryInput): boolean {
  const { http, websocket, journey, logs } = evidence;
  const looksNow = Object.entries({ http, websocket, journey }).flatMap(([kind, reading]) =>
    reading.status === 'observed' ? reading.value.checks.map((check) => ({ kind, ...check })) : [],
  );
  const unseenThen = diagnosis.unchecked.map(({ rule }) => rule);
  const comparable = looksNow.filter(
    ({ kind, name, verdict }) => verdict !== 'unavailable' && !unseenThen.includes(kind) && !unseenThen.includes(name),
  );
  const names = comparable.map(({ name }) => name);
  const harmed = logs.status === 'observed' ? (diagnosis.root?.services ?? []) : [];
  const inTrouble = (felt: readonly Symptom[]): number =>
    new Set(
      felt
        .filter(({ kind, on }) => (isOfCheck(kind) ? names : harmed).includes(on))
        .map(({ kind, on }) => (isOfCheck(kind) ? `check ${on}` : on)),
    ).size;
  return inTrouble(symptoms(evidence, context)) > inTrouble(diagnosis.symptoms);
}

const isOfCheck = (kind: Symptom['kind']): boolean => kind === 'check-failing' || kind === 'check-turned-away';

/** HTTP, WebSocket and journeys, as users have them. */
function fromOutside({ http, websocket, journey }: Evidence): RecoveryCheck[] {
  return Object.entries({ http, websocket, journey }).flatMap(
    ([kind, reading]: [string, Reading<ChecksObservation>]) => {
      if (reading.status === 'not-applicable') return [];
      if (reading.status === 'unavailable')
        return [{ name: kind, status: 'unavailable' as const, detail: reading.detail }];
      return reading.value.checks.map(
        ({ name, verdict, detail }): RecoveryCheck => ({
          name,
          // Who is turned away is not served, whoever is to blame.
          status: verdict === 'turned-away' ? 'failed' : verdict,
          detail,
        }),
      );
    },
  );
}

/** What the root harmed must serve again, and be seen to: by a look from outside, or by requests that it answers. */
function errorsServed({ diagnosis, evidence, context }: RecoveryInput): RecoveryCheck {
  const { logs } = evidence;
  const harmed = diagnosis.root?.services ?? [];
  const name = `errors of ${harmed.join(', ') || 'the environment'}`;
  const left = symptoms(evidence, context).filter(({ kind, on }) => !isOfCheck(kind) && harmed.includes(on));
  if (left.length > 0) return { name, status: 'failed', detail: left.map(({ text }) => text).join('; ') };
  if (logs.status !== 'observed')
    return { name, status: 'unavailable', detail: logs.status === 'unavailable' ? logs.detail : 'no logs' };
  const served = harmed.length > 0 && harmed.every((service) => answersRequests(service, evidence, context));
  if (!served && !checkPassed(evidence))
    return {
      name,
      status: 'unavailable',
      detail: `no check from outside passed, and no answered requests have been counted in the last ${lookedBack(context)}`,
    };
  return { name, status: 'passed', detail: failuresOf(harmed, logs.value, context) };
}

/** What the request log holds of the time that was read, which need not reach back to the change; a few failures, or older ones, do not speak against recovery and are said. */
function failuresOf(harmed: readonly string[], logs: LogsObservation, context: Context): string {
  const within = `in the last ${lookedBack(context)}`;
  const [first, ...rest] = logs.failed.filter(({ service }) => harmed.length === 0 || harmed.includes(service));
  if (first === undefined) return `none ${within}`;
  const count = rest.reduce((sum, group) => sum + group.count, first.count);
  const lastAt = rest.reduce((at, group) => latest(at, group.lastAt), first.lastAt);
  const failed = counted({ count, noun: 'failed request', from: 'requests' }, logs);
  return `${failed} ${within}, the last ${inWords(secondsBetween(lastAt, context.until))} ago`;
}

const lookedBack = ({ since, until }: Context): string => inWords(secondsBetween(since, until));

/** Rounded down: nothing is said of a time that was not read. */
const inWords = (seconds: number): string =>
  seconds < 120 ? `${Math.floor(seconds)} s` : `${Math.floor(seconds / 60)} min`;

/** The rule that named the cause, asked again about the same target; what it says of others is another matter. */
function sameRule({ plan, evidence, context }: RecoveryInput): RecoveryCheck {
  const { rule, target } = plan.because;
  const known = knownRule(rule);
  if (known === undefined) return { name: rule, status: 'unavailable', detail: 'this rule is gone from runmedic' };
  const name = `check of the cause (${known.title})`;
  const conclusions = judge(known, evidence, context);
  for (const conclusion of conclusions)
    switch (conclusion.kind) {
      case 'cause':
        if (conclusion.target === target)
          return { name, status: 'failed', detail: `still there: ${withoutStop(conclusion.claim)}` };
        break;
      case 'inconclusive':
        if ((conclusion.about?.target ?? target) === target)
          return { name, status: 'unavailable', detail: `not known yet: ${conclusion.reason}` };
        break;
      case 'ruled-out':
        return { name, status: 'passed', detail: `gone: ${conclusion.reason}` };
    }
  return { name, status: 'passed', detail: `gone: no longer on ${target}` };
}

/** A plan outlives a deploy of runmedic, and may be of a rule that is gone. */
function knownRule(name: string): Rule<InspectorName, InspectorName> | undefined {
  const known = ruleNames.find((candidate): candidate is RuleName => candidate === name);
  return known && ruleNamed(known);
}

function standing({ plan, readBack }: RecoveryInput): RecoveryCheck[] {
  const isLast = lastOnEach(plan);
  return plan.steps.flatMap(({ prospect }, index): RecoveryCheck[] => {
    if (isLast[index] === false) return [];
    // Nothing of what people do is read: only whether it helped is seen.
    if (prospect.fit === 'by-hand') return [];
    const found = readBack[index] ?? { unavailable: 'not read' };
    const name = `${prospect.summary.title}: as approved`;
    if (found === 'stands') return [{ name, status: 'passed', detail: prospect.summary.after }];
    if (found === 'moved')
      return [{ name, status: 'failed', detail: `${prospect.summary.after} does not stand any more` }];
    return [{ name, status: 'unavailable', detail: found.unavailable }];
  });
}

/** A detail follows a colon and is followed by others: a claim is a sentence, and brings a full stop. */
const withoutStop = (claim: string): string => claim.replace(/\.$/, '');
