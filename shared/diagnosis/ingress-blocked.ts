import type { ServiceObservation } from '../evidence/cloud-run.ts';
import type { LoadBalancerObservation } from '../evidence/load-balancer.ts';
import type { LogsObservation } from '../evidence/logs.ts';
import { callersOf, type FromOutside } from './at-the-door.ts';
import { answeredWith, hostsBefore, turnedAwayFrom } from './behind-the-door.ts';
import { servicePage } from './console-links.ts';
import { type Conclusion, rule, standingOfEach } from './rule.ts';

/** Ingress settings, cloud.google.com/run/docs/securing/ingress, read 2026-11-23: what each lets in from outside. */
const SHUT: Readonly<Record<string, readonly string[]>> = {
  INGRESS_TRAFFIC_INTERNAL_ONLY: ['load-balancer', 'run.app'],
  INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER: ['run.app'],
};

/**
 * A service's ingress setting keeps out requests that come the way ours do: Google answers 404 for it, and the service never hears of them.
 * Sees the setting, checks that were turned away with 404, callers' logs and the load balancer's. Silent where the setting lets them in, and where
 * nobody was turned away: an internal service is to be internal.
 */
export const ingressBlocked = rule({
  layer: 'configuration',
  title: 'Ingress blocked',
  needs: ['cloud-run'],
  considers: ['http', 'websocket', 'journey', 'load-balancer', 'logs'],
  explains: ['external-dependency-failing', 'path-reserved'],
  diagnose: (seen) => {
    const judged = seen['cloud-run'].services.map((service) => judge(service, seen));
    return standingOfEach(judged, 'no service is watched');
  },
});

function judge(
  service: ServiceObservation,
  seen: FromOutside & { readonly 'load-balancer'?: LoadBalancerObservation; readonly logs?: LogsObservation },
): Conclusion {
  const { shortName, name, ingress, lastModifier } = service;
  const shut = SHUT[ingress];
  if (shut === undefined) return { kind: 'ruled-out', reason: `${shortName} takes traffic from everywhere` };
  const balancer = seen['load-balancer'];
  const checks = turnedAwayFrom(service, seen, balancer).filter(
    ({ httpStatus, way }) => httpStatus === 404 && shut.includes(way),
  );
  const callers = callersOf([shortName, ...hostsBefore(shortName, balancer)], 'upstream-failed', seen.logs);
  const answered = answeredWith(404, shortName, balancer);
  const missed = shut.includes('load-balancer') ? (answered?.count ?? 0) : 0;
  if (checks.length === 0 && missed === 0)
    return { kind: 'ruled-out', reason: `${shortName} has ingress ${ingress}, and nobody was turned away with 404` };
  return {
    kind: 'cause',
    target: name,
    claim: `${shortName} is closed to requests from outside: its ingress is ${ingress}, and Google answers 404 in its place${missed === 0 ? '' : ` (${missed} times by the load balancer's log)`}.`,
    confidence: 'certain',
    evidence: [
      {
        text: `Ingress ${ingress}${lastModifier === undefined ? '' : `; last changed by ${lastModifier}`}.`,
        url: servicePage(name, 'metrics'),
      },
      ...(answered?.firstAt === undefined ? [] : [{ text: `The first 404 was at ${answered.firstAt}.` }]),
      ...checks.map(({ name: check, detail }) => ({ text: `${check}: ${detail}.` })),
    ],
    expects: [{ text: 'looks from outside are turned away with 404', seen: checks.length > 0 ? 'yes' : 'unknown' }],
    services: callers,
    checks: checks.map(({ name: check }) => check),
  };
}
