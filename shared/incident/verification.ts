import { judge } from '../diagnosis/diagnose.ts';
import type { Diagnosis } from '../diagnosis/diagnosis.ts';
import type { Context } from '../diagnosis/rule.ts';
import { type RuleName, ruleNamed, ruleNames } from '../diagnosis/rules.ts';
import { symptoms } from '../diagnosis/symptoms.ts';
import type { ChecksObservation } from '../evidence/checks.ts';
import type { Evidence } from '../evidence/evidence.ts';
import type { Reading } from '../evidence/inspector.ts';
import type { Plan } from '../remedy/plan.ts';
import type { Recovery, RecoveryCheck } from './incident.ts';

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
 * `recovered` wants every check passed; one that is unavailable makes it inconclusive; more in trouble than before is worse. Pure.
 */
export function recovery(input: RecoveryInput): Recovery {
  const checks = [...fromOutside(input.evidence), ...errorsServed(input), sameRule(input), ...standing(input)];
  return { verdict: verdict(checks, input), checks };
}

function verdict(
  checks: readonly RecoveryCheck[],
  { diagnosis, evidence, context }: RecoveryInput,
): Recovery['verdict'] {
  const inTrouble = symptoms(evidence, context).length;
  if (inTrouble > diagnosis.symptoms.length) return 'worse';
  if (checks.some(({ status }) => status === 'failed')) return 'not-yet';
  return checks.some(({ status }) => status === 'unavailable') ? 'inconclusive' : 'recovered';
}

/** HTTP, WebSocket and journeys, as users have them. */
function fromOutside({ http, websocket, journey }: Evidence): RecoveryCheck[] {
  return Object.entries({ http, websocket, journey }).flatMap(
    ([kind, reading]: [string, Reading<ChecksObservation>]) => {
      if (reading.status === 'not-applicable') return [];
      if (reading.status === 'unavailable')
        return [{ name: kind, status: 'unavailable' as const, detail: reading.detail }];
      return reading.value.checks.map(
        ({ name, verdict, detail }): RecoveryCheck => ({ name, status: verdict, detail }),
      );
    },
  );
}

/** What the root harmed must serve again; without a check from outside, requests must be seen to arrive as well. */
function errorsServed({ diagnosis, evidence, context }: RecoveryInput): RecoveryCheck[] {
  const { logs, metrics } = evidence;
  const harmed = diagnosis.root?.services ?? [];
  const name = `errors of ${harmed.join(', ') || 'the environment'}`;
  if (logs.status !== 'observed')
    return [{ name, status: 'unavailable', detail: logs.status === 'unavailable' ? logs.detail : 'no logs' }];
  const left = symptoms(evidence, context).filter(({ kind, on }) => kind !== 'check-failing' && harmed.includes(on));
  if (left.length > 0) return [{ name, status: 'failed', detail: left.map(({ text }) => text).join('; ') }];
  if (fromOutside(evidence).length === 0) {
    const seen =
      metrics.status === 'observed' && harmed.every((service) => servesRequests(service, metrics.value.services));
    if (!seen)
      return [
        {
          name,
          status: 'unavailable',
          detail: 'no check from outside is configured, and no requests have been counted since the change',
        },
      ];
  }
  return [{ name, status: 'passed', detail: 'none since the change' }];
}

const servesRequests = (
  service: string,
  services: readonly { readonly service: string; readonly requests: readonly { readonly value: number }[] }[],
): boolean => services.some((metric) => metric.service === service && metric.requests.some(({ value }) => value > 0));

function sameRule({ plan, evidence, context }: RecoveryInput): RecoveryCheck {
  const { rule } = plan.because;
  const known = ruleNames.find((candidate): candidate is RuleName => candidate === rule);
  if (known === undefined) return { name: rule, status: 'unavailable', detail: 'this rule is gone from runmedic' };
  const name = `cause gone: ${ruleNamed(known).title}`;
  const conclusion = judge(ruleNamed(known), evidence, context);
  switch (conclusion.kind) {
    case 'cause':
      return conclusion.target === plan.because.target
        ? { name, status: 'failed', detail: conclusion.claim }
        : { name, status: 'passed', detail: `no longer on ${plan.because.target}` };
    case 'ruled-out':
      return { name, status: 'passed', detail: conclusion.reason };
    case 'inconclusive':
      return { name, status: 'unavailable', detail: conclusion.reason };
  }
}

const standing = ({ plan, readBack }: RecoveryInput): RecoveryCheck[] =>
  plan.steps.map(({ prospect }, index): RecoveryCheck => {
    const found = readBack[index] ?? { unavailable: 'not read' };
    const name = `${prospect.summary.title}: as approved`;
    if (found === 'stands') return { name, status: 'passed', detail: prospect.summary.after };
    if (found === 'moved')
      return { name, status: 'failed', detail: `${prospect.summary.after} does not stand any more` };
    return { name, status: 'unavailable', detail: found.unavailable };
  });
