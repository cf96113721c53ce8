import type { BackendObservation, BalancerAnswers, LoadBalancerObservation } from '../evidence/load-balancer.ts';
import type { LogsObservation } from '../evidence/logs.ts';
import { callersOf, type FromOutside, troubledOn } from './at-the-door.ts';
import { armorPage } from './console-links.ts';
import { type Conclusion, type Context, rule, standing } from './rule.ts';
import { FAILED_REQUESTS_MIN } from './symptoms.ts';

/**
 * A rule of Cloud Armor denies requests that it should let in: those of our own checks, or of other services, among them.
 * Sees denials in the load balancer's log by rule, beside the policy. Silent about denials that hit nobody we know: denying strangers is its work.
 */
export const armorDenying = rule({
  layer: 'configuration',
  title: 'Cloud Armor denies users',
  needs: ['load-balancer'],
  considers: ['http', 'websocket', 'journey', 'logs'],
  explains: ['external-dependency-failing'],
  diagnose: (seen, context) => {
    const { 'load-balancer': balancer } = seen;
    const { answers } = balancer;
    if (answers.status !== 'observed')
      return balancer.backends.some(({ securityPolicy }) => securityPolicy !== undefined)
        ? [{ kind: 'inconclusive', reason: answers.detail, settles: 'not-by-itself' }]
        : [{ kind: 'ruled-out', reason: 'no backend has a security policy' }];
    const denials = answers.value.kinds.filter(
      ({ deniedBy, count }) => deniedBy !== undefined && count >= FAILED_REQUESTS_MIN,
    );
    const found = balancer.backends.flatMap((backend) => judge(backend, denials, balancer, seen, context));
    const denied = denials.reduce((sum, { count }) => sum + count, 0);
    return standing(found, `${denied} requests denied by Cloud Armor, and no check or service of ours among them`);
  },
});

function judge(
  { name }: BackendObservation,
  denials: readonly BalancerAnswers[],
  balancer: LoadBalancerObservation,
  { logs, ...outside }: FromOutside & { readonly logs?: LogsObservation },
  { subject }: Context,
): Conclusion[] {
  const own = denials.filter(({ backend }) => backend === name);
  const [worst] = own;
  const by = worst?.deniedBy;
  if (worst === undefined || by === undefined) return [];
  const statuses = own.map(({ status }) => status);
  const checks = troubledOn(name, outside, balancer).filter(({ httpStatus }) => statuses.includes(httpStatus ?? 0));
  const hosts = [...new Set(balancer.routes.filter(({ backend }) => backend === name).map(({ host }) => host))];
  const callers = callersOf([...hosts, name.replace(/-backend$/, '')], 'upstream-failed', logs);
  if (checks.length === 0 && callers.length === 0) return [];
  const known =
    balancer.policies.status === 'observed' ? balancer.policies.value.find((one) => one.name === by.policy) : undefined;
  const match = known?.rules.find(({ priority }) => priority === by.priority)?.match;
  return [
    {
      kind: 'cause',
      target: `projects/${subject.project}/global/securityPolicies/${by.policy}`,
      claim: `Rule ${by.priority} of Cloud Armor policy ${by.policy} denied ${worst.count} requests to ${name} with ${worst.status}, ours among them.`,
      confidence: 'certain',
      evidence: [
        {
          text: `Rule ${by.priority}: ${match ?? 'not readable'}; first at ${worst.firstAt}, on ${worst.paths.join(', ')}.`,
          url: armorPage(subject.project, by.policy),
        },
        ...checks.map(({ name: check, detail }) => ({ text: `${check}: ${detail}.` })),
      ],
      expects: [
        {
          text: 'a rule of that number in the policy',
          seen: known === undefined ? 'unknown' : match === undefined ? 'no' : 'yes',
        },
      ],
      services: callers,
      checks: checks.map(({ name: check }) => check),
    },
  ];
}
