import type { ServiceObservation } from '../evidence/cloud-run.ts';
import type { InvokersObservation } from '../evidence/invokers.ts';
import type { LoadBalancerObservation } from '../evidence/load-balancer.ts';
import type { LogsObservation } from '../evidence/logs.ts';
import { callersOf, type FromOutside } from './at-the-door.ts';
import { answeredWith, hostsBefore, type TurnedAway, turnedAwayFrom } from './behind-the-door.ts';
import { backendPage, servicePage } from './console-links.ts';
import { type Conclusion, type Context, rule, standingOfEach } from './rule.ts';

/**
 * Who asks is no longer let in without a right that they do not have: the service's invoker binding is gone, or Identity-Aware Proxy was put before it.
 * Sees checks that were turned away with 401 or 403 or to a log-in page, the service's own policy, IAP on its backend, and callers' logs. Silent where
 * everybody may call and nobody was turned away, and about answers that are the application's own.
 */
export const authenticationChanged = rule({
  layer: 'configuration',
  title: 'Callers not admitted',
  needs: ['cloud-run'],
  considers: ['http', 'websocket', 'journey', 'load-balancer', 'invokers', 'logs'],
  explains: ['external-dependency-failing'],
  diagnose: (seen, context) => {
    const judged = seen['cloud-run'].services.map((service) => judge(service, seen, context));
    return standingOfEach(judged, 'no service is watched');
  },
});

type Seen = FromOutside & {
  readonly 'load-balancer'?: LoadBalancerObservation;
  readonly invokers?: InvokersObservation;
  readonly logs?: LogsObservation;
};

function judge(service: ServiceObservation, seen: Seen, { subject }: Context): Conclusion {
  const { shortName, name } = service;
  const balancer = seen['load-balancer'];
  const guarded = balancer?.backends.find(
    (one) => one.identityAwareProxy === 'on' && one.groups.some((group) => group.service === shortName),
  );
  const admitted = callersIn(shortName, seen.invokers);
  const checks = turnedAwayFrom(service, seen, balancer).filter((check) => isRefusal(check, admitted));
  const refused = answeredWith(403, shortName, balancer);
  const count = admitted === 'refused' ? (refused?.count ?? 0) : 0;
  if (checks.length === 0 && count === 0)
    return {
      kind: 'ruled-out',
      reason: `${shortName}: nobody was turned away for want of a right${admitted === 'admitted' ? '; everybody may call it' : ''}`,
    };
  const byProxy = guarded !== undefined && admitted !== 'refused';
  return {
    kind: 'cause',
    target: name,
    claim: byProxy
      ? `Identity-Aware Proxy on ${guarded.name} lets nobody through to ${shortName} who has not logged in.`
      : `${shortName} refuses callers without a right to call it${admitted === 'refused' ? ': allUsers may not' : ''}${count === 0 ? '' : `, and ${count} requests got 403`}.`,
    confidence: admitted === 'refused' || byProxy ? 'certain' : 'likely',
    evidence: [
      byProxy
        ? { text: `IAP is on for ${guarded.name}.`, url: backendPage(subject.project, guarded.name) }
        : { text: policyLine(shortName, seen.invokers), url: servicePage(name, 'metrics') },
      ...(refused?.firstAt === undefined ? [] : [{ text: `The first 403 in sight was at ${refused.firstAt}.` }]),
      ...checks.map(({ name: check, detail }) => ({ text: `${check}: ${detail}.` })),
    ],
    expects: [
      {
        text: 'a policy or a proxy that keeps them out',
        seen: byProxy || admitted === 'refused' ? 'yes' : admitted === 'unknown' ? 'unknown' : 'no',
      },
    ],
    services: callersOf([shortName, ...hostsBefore(shortName, balancer)], 'upstream-failed', seen.logs),
    checks: checks.map(({ name: check }) => check),
  };
}

function callersIn(shortName: string, invokers: InvokersObservation | undefined): 'admitted' | 'refused' | 'unknown' {
  const callers = invokers?.services.find(({ service }) => service === shortName)?.callers;
  return callers?.status === 'observed' ? callers.value.everybody : 'unknown';
}

/** Google's or the proxy's refusal; one that does not say whose it is counts where the service's policy refuses, too. */
const isRefusal = ({ httpStatus, turnedAwayBy }: TurnedAway, admitted: 'admitted' | 'refused' | 'unknown'): boolean =>
  turnedAwayBy === 'identity-aware-proxy' ||
  ((httpStatus === 401 || httpStatus === 403) &&
    (turnedAwayBy === 'google' || (turnedAwayBy === 'unknown' && admitted === 'refused')));

function policyLine(shortName: string, invokers: InvokersObservation | undefined): string {
  const callers = invokers?.services.find(({ service }) => service === shortName)?.callers;
  if (callers?.status !== 'observed') return `Who may call ${shortName} could not be read.`;
  const { everybody, named } = callers.value;
  return `The policy of ${shortName} ${everybody === 'admitted' ? 'admits everybody' : 'does not admit everybody'}, and names ${named} callers.`;
}
