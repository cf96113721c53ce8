import type { BackendObservation, LoadBalancerObservation } from '../evidence/load-balancer.ts';
import type { LogsObservation } from '../evidence/logs.ts';
import { callersOf, type FromOutside, troubledOn } from './at-the-door.ts';
import { backendPage } from './console-links.ts';
import { type Conclusion, type Context, rule, standingOfEach } from './rule.ts';

/**
 * A load balancer sends requests to a backend with nothing behind it: no group at all, or groups of a Cloud Run service that is not there.
 * Sees routes, groups, the region's services, and what the load balancer answered. Silent about groups in other regions, and about backends that no
 * route leads to.
 */
export const backendMissing = rule({
  layer: 'configuration',
  title: 'Backend missing',
  needs: ['load-balancer'],
  considers: ['http', 'websocket', 'journey', 'logs'],
  explains: ['external-dependency-failing', 'traffic-surge', 'path-reserved'],
  diagnose: (seen, context) => {
    const { 'load-balancer': balancer } = seen;
    const judged = balancer.backends.map((backend) => judge(backend, balancer, seen, context));
    return standingOfEach(judged, 'no load balancer leads anywhere');
  },
});

function judge(
  backend: BackendObservation,
  balancer: LoadBalancerObservation,
  { logs, ...outside }: FromOutside & { readonly logs?: LogsObservation },
  { subject }: Context,
): Conclusion {
  const { name, link, groups } = backend;
  const gone = groups.filter(({ target }) => target === 'gone').map(({ service }) => service ?? '');
  if (gone.length < groups.length)
    return {
      kind: 'ruled-out',
      reason: `${name} has ${groups.length - gone.length} of ${groups.length} groups with something behind`,
    };
  const { answers } = balancer;
  const status = groups.length === 0 ? 503 : 404;
  const refused =
    answers.status === 'observed'
      ? answers.value.kinds
          .filter((kind) => kind.backend === name && kind.status === status)
          .reduce((sum, { count }) => sum + count, 0)
      : undefined;
  const blind = refused === undefined || backend.loggedRatio === 0;
  const checks = troubledOn(name, outside, balancer);
  const hosts = [...new Set(balancer.routes.filter((route) => route.backend === name).map(({ host }) => host))];
  return {
    kind: 'cause',
    target: `projects/${subject.project}/${link}`,
    claim:
      groups.length === 0
        ? `The load balancer's backend ${name} has no group behind it${told(refused, status)}.`
        : `The load balancer's backend ${name} leads to Cloud Run service ${gone.join(', ')}, which is not there${told(refused, status)}.`,
    confidence: 'certain',
    evidence: [
      {
        text: `${name} has ${groups.length} groups; ${hosts.join(', ')} lead there.`,
        url: backendPage(subject.project, name),
      },
      ...checks.map(({ name: check, detail }) => ({ text: `${check}: ${detail}.` })),
    ],
    expects: [
      {
        text: `requests answered with ${status} before they reach a service`,
        seen: blind ? 'unknown' : refused > 0 ? 'yes' : 'no',
      },
    ],
    services: callersOf([...hosts, ...gone], 'upstream-failed', logs),
    checks: checks.map(({ name: check }) => check),
    backends: [name],
  };
}

const told = (refused: number | undefined, status: number): string =>
  refused === undefined || refused === 0 ? '' : `, and ${refused} requests got ${status}`;
