import type {
  BackendService,
  DomainState,
  EndpointGroup,
  ForwardingRule,
  GroupHealth,
  HealthCheck,
  HeldCertificate,
  PathRule,
  SecurityPolicy,
  TargetProxy,
  UrlMap,
} from '../../ports/load-balancing.ts';
import { type Fields, fields, list, moment, number, shortName, text } from './values.ts';

// Resources of Compute Engine v1 as REST gives them. Source: its discovery document and real replies (test/fixtures/google), read 2026-11-23.

/** `https://www.googleapis.com/compute/v1/projects/P/global/urlMaps/web` -> `global/urlMaps/web`. */
const linkOf = (value: unknown): string => (text(value) ?? '').replace(/^.*\/projects\/[^/]+\//, '');
const links = (value: unknown): string[] => list(value).map(linkOf);
const optionalLink = (value: unknown): string | undefined => (text(value) === undefined ? undefined : linkOf(value));

function named(api: unknown) {
  const resource = fields(api);
  return { resource, link: linkOf(resource['selfLink']), name: text(resource['name']) ?? '' };
}

export function toForwardingRule(api: unknown): ForwardingRule {
  const { resource, name } = named(api);
  return { name, address: text(resource['IPAddress']) ?? '', target: linkOf(resource['target']) };
}

export function toTargetProxy(api: unknown): TargetProxy {
  const { resource, link, name } = named(api);
  const map = text(resource['certificateMap']);
  return {
    link,
    name,
    urlMap: linkOf(resource['urlMap']),
    certificates: links(resource['sslCertificates']),
    certificateMap: map === undefined ? undefined : shortName(map),
  };
}

export function toUrlMap(api: unknown): UrlMap {
  const { resource, link, name } = named(api);
  const matchers = list(resource['pathMatchers']).map(fields);
  return {
    link,
    name,
    defaultBackends: backendsOf(resource['defaultService'], resource['defaultRouteAction']),
    rules: list(resource['hostRules']).map((api) => {
      const { hosts, pathMatcher } = fields(api);
      const matcher = matchers.find((one) => one['name'] === pathMatcher) ?? {};
      return {
        hosts: list(hosts).map(String),
        defaultBackends: backendsOf(matcher['defaultService'], matcher['defaultRouteAction']),
        // Of the two a matcher has one.
        paths: [...list(matcher['pathRules']).map(toPathRule), ...list(matcher['routeRules']).flatMap(toPathRules)],
      };
    }),
  };
}

/** "If routeAction specifies any weightedBackendServices, service must not be set": compute v1's discovery document. One of weight 0 gets nothing. */
function backendsOf(service: unknown, routeAction: unknown): string[] {
  if (text(service) !== undefined) return [linkOf(service)];
  return list(fields(routeAction)['weightedBackendServices'])
    .map(fields)
    .flatMap(({ backendService, weight }) => ((number(weight) ?? 0) > 0 ? [linkOf(backendService)] : []));
}

function toPathRule(api: unknown): PathRule {
  const { paths, service, routeAction } = fields(api);
  return { paths: list(paths).map(String), backends: backendsOf(service, routeAction) };
}

/** A rule of the newer load balancers, by priority: one for each way in which a request may match it. */
function toPathRules(api: unknown): PathRule[] {
  const { priority, matchRules, service, routeAction } = fields(api);
  const backends = backendsOf(service, routeAction);
  const ways = list(matchRules).map(fields);
  return (ways.length === 0 ? [{}] : ways).map((way) => ({
    paths: [pathOf(way)],
    backends,
    priority: number(priority) ?? 0,
    ...(CONDITIONS.some((name) => list(way[name]).length > 0 || text(way[name]) !== undefined) && {
      isConditional: true,
    }),
  }));
}

/** What a request's path alone does not settle; an expression is left to the load balancer. */
const CONDITIONS = ['regexMatch', 'pathTemplateMatch', 'headerMatches', 'queryParameterMatches', 'metadataFilters'];

function pathOf({ fullPathMatch, prefixMatch, regexMatch, pathTemplateMatch }: Fields): string {
  const prefix = text(prefixMatch);
  return (
    text(fullPathMatch) ??
    (prefix === undefined ? undefined : `${prefix}*`) ??
    text(pathTemplateMatch) ??
    text(regexMatch) ??
    '/*'
  );
}

export function toBackendService(api: unknown): BackendService {
  const { resource, link, name } = named(api);
  const logging = fields(resource['logConfig']);
  const outliers = resource['outlierDetection'];
  return {
    link,
    name,
    groups: list(resource['backends']).map((backend) => linkOf(fields(backend)['group'])),
    healthChecks: links(resource['healthChecks']),
    securityPolicy: optionalLink(resource['securityPolicy']),
    identityAwareProxy: fields(resource['iap'])['enabled'] === true ? 'on' : 'off',
    loggedRatio: logging['enable'] === true ? (number(logging['sampleRate']) ?? 1) : 0,
    outlierDetection:
      outliers === undefined
        ? undefined
        : {
            consecutiveErrors: number(fields(outliers)['consecutiveErrors']),
            maxEjectionPercent: number(fields(outliers)['maxEjectionPercent']),
          },
  };
}

export function toEndpointGroup(api: unknown): EndpointGroup {
  const { resource, link, name } = named(api);
  const region = text(resource['region']);
  return {
    link,
    name,
    type: text(resource['networkEndpointType']) ?? 'unknown',
    region: region === undefined ? undefined : shortName(region),
    service: text(fields(resource['cloudRun'])['service']),
  };
}

/** Defaults: compute v1's discovery document, HealthCheck. */
export function toHealthCheck(api: unknown): HealthCheck {
  const { resource, link, name } = named(api);
  const http = fields(resource['httpHealthCheck'] ?? resource['httpsHealthCheck'] ?? resource['http2HealthCheck']);
  return {
    link,
    name,
    path: text(http['requestPath']),
    intervalSeconds: number(resource['checkIntervalSec']) ?? 5,
    timeoutSeconds: number(resource['timeoutSec']) ?? 5,
    healthyThreshold: number(resource['healthyThreshold']) ?? 2,
    unhealthyThreshold: number(resource['unhealthyThreshold']) ?? 2,
  };
}

export function toSecurityPolicy(api: unknown): SecurityPolicy {
  const { resource, link, name } = named(api);
  return {
    link,
    name,
    rules: list(resource['rules']).map((rule) => {
      const { priority, action, preview, match } = fields(rule);
      const ranges = list(fields(fields(match)['config'])['srcIpRanges']).map(String);
      return {
        priority: number(priority) ?? 0,
        action: text(action) ?? 'unknown',
        isPreview: preview === true,
        match: text(fields(fields(match)['expr'])['expression']) ?? ranges.join(', '),
      };
    }),
  };
}

export function toGroupHealth(api: unknown): GroupHealth {
  const states = list(fields(api)['healthStatus']).map((one) => text(fields(one)['healthState']) ?? 'UNKNOWN');
  const distinct = [...new Set(states)].sort();
  return { states: distinct.map((state) => ({ state, count: states.filter((one) => one === state).length })) };
}

const STATES: Readonly<Record<string, HeldCertificate['state']>> = {
  ACTIVE: 'active',
  PROVISIONING: 'provisioning',
  PROVISIONING_FAILED: 'failed',
  PROVISIONING_FAILED_PERMANENTLY: 'failed',
  RENEWAL_FAILED: 'renewal-failed',
};

const DOMAIN_STATES: Readonly<Record<string, DomainState>> = {
  ACTIVE: 'active',
  PROVISIONING: 'provisioning',
  FAILED_NOT_VISIBLE: 'not-visible',
  FAILED_CAA_CHECKING: 'caa',
  FAILED_CAA_FORBIDDEN: 'caa',
  FAILED_RATE_LIMITED: 'rate-limited',
};

/** compute v1 SslCertificate; one from before there were managed ones has no `type`. */
export function toComputeCertificate(api: unknown): HeldCertificate {
  const { resource, link, name } = named(api);
  const managed = fields(resource['managed']);
  const isManaged = text(resource['type']) === 'MANAGED';
  const states = Object.entries(fields(managed['domainStatus']));
  return {
    link,
    name,
    product: 'compute',
    management: isManaged ? 'managed' : 'self-managed',
    domains: list(isManaged ? managed['domains'] : resource['subjectAlternativeNames']).map(String),
    state: isManaged ? (STATES[text(managed['status']) ?? ''] ?? 'unknown') : 'active',
    domainStates: states.map(([domain, state]) => ({
      domain,
      state: DOMAIN_STATES[String(state)] ?? 'unknown',
      detail: String(state),
    })),
    expiresAt: moment(resource['expireTime']),
  };
}
