import type { Environment } from '../policy/policy.ts';
import type { CloudReader } from '../ports/cloud.ts';
import type { ForwardingRule, TargetProxy, UrlMap } from '../ports/load-balancing.ts';

/** One load balancer from its address to its URL map. */
export interface Balancer {
  readonly rule: ForwardingRule;
  readonly proxy: TargetProxy;
  readonly urlMap: UrlMap;
}

/** The project's HTTPS load balancers: what leads nowhere is left out. */
export async function balancersOf(
  cloud: CloudReader,
  { project }: Pick<Environment, 'project'>,
  abort: AbortSignal,
): Promise<readonly Balancer[]> {
  const [rules, proxies, urlMaps] = await Promise.all([
    cloud.forwardingRules({ project }, abort),
    cloud.targetProxies({ project }, abort),
    cloud.urlMaps({ project }, abort),
  ]);
  return rules.flatMap((rule) => {
    const proxy = proxies.find(({ link }) => link === rule.target);
    const urlMap = urlMaps.find(({ link }) => link === proxy?.urlMap);
    return proxy === undefined || urlMap === undefined ? [] : [{ rule, proxy, urlMap }];
  });
}

/** Hosts that a URL map names; patterns name none. */
export const hostsOf = ({ urlMap }: Balancer): string[] =>
  urlMap.rules.flatMap(({ hosts }) => hosts.filter((host) => !host.includes('*')));

/** The load balancers that take a host: those that name it, or else those that take what nobody names. */
export function balancersFor(host: string, balancers: readonly Balancer[]): readonly Balancer[] {
  const naming = balancers.filter((one) =>
    one.urlMap.rules.some(({ hosts }) => hosts.some((name) => isFor(name, host))),
  );
  return naming.length > 0 ? naming : balancers.filter(({ urlMap }) => urlMap.rules.length === 0);
}

/** `*`, `*.acme.test` (any number of labels), or the host itself: URL maps, cloud.google.com/load-balancing/docs/url-map-concepts, read 2026-11-23. */
export const isFor = (pattern: string, host: string): boolean =>
  pattern === '*' || pattern === host || (pattern.startsWith('*') && host.endsWith(pattern.slice(1)));
