import type { CheckResult } from '../evidence/checks.ts';
import type { ServiceObservation } from '../evidence/cloud-run.ts';
import type { LoadBalancerObservation } from '../evidence/load-balancer.ts';
import { backendsFor, checksIn, type FromOutside, hostOf } from './at-the-door.ts';

/** A check that was turned away, and the way that it took to a service. */
export interface TurnedAway extends CheckResult {
  readonly way: 'load-balancer' | 'run.app';
}

/** The checks that were turned away on their way to a service: through the load balancer, or at its own address. */
export function turnedAwayFrom(
  { shortName, uri }: Pick<ServiceObservation, 'shortName' | 'uri'>,
  outside: FromOutside,
  balancer: LoadBalancerObservation | undefined,
): readonly TurnedAway[] {
  return checksIn(outside).flatMap((check): TurnedAway[] => {
    if (check.verdict !== 'turned-away') return [];
    if (uri !== undefined && hostOf(check.url) === hostOf(uri)) return [{ ...check, way: 'run.app' }];
    const names = backendsFor(check.url, balancer?.routes ?? []);
    const backends = balancer?.backends.filter(({ name }) => names.includes(name)) ?? [];
    return backends.some(({ groups }) => groups.some(({ service }) => service === shortName))
      ? [{ ...check, way: 'load-balancer' }]
      : [];
  });
}

/** The hosts that lead to a service. */
export function hostsBefore(shortName: string, balancer: LoadBalancerObservation | undefined): readonly string[] {
  const backends = balancer?.backends.filter(({ groups }) => groups.some(({ service }) => service === shortName)) ?? [];
  const routes = balancer?.routes.filter(({ backend }) => backends.some(({ name }) => name === backend)) ?? [];
  return [...new Set(routes.map(({ host }) => host))];
}

/** Requests that the backends of a service answered with a status, by the load balancer's log; undefined where that cannot be read. */
export function answeredWith(
  status: number,
  shortName: string,
  balancer: LoadBalancerObservation | undefined,
): { readonly count: number; readonly firstAt: string | undefined } | undefined {
  if (balancer?.answers.status !== 'observed') return undefined;
  const backends = balancer.backends.filter(({ groups }) => groups.some(({ service }) => service === shortName));
  const kinds = balancer.answers.value.kinds.filter(
    (kind) =>
      kind.status === status && kind.deniedBy === undefined && backends.some(({ name }) => name === kind.backend),
  );
  return {
    count: kinds.reduce((sum, { count }) => sum + count, 0),
    firstAt: kinds.map(({ firstAt }) => firstAt).sort()[0],
  };
}
