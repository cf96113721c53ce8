import type { CertificateState, HostState, PolicyState, VmState } from '../../world/edge/edge-state.ts';
import type { Json, WorldState } from '../../world/state.ts';
import { clean, iso } from '../run/service-view.ts';

// Resources of Compute Engine v1 in JSON. Shapes: real replies in gcpdiag's test-data, and its discovery document where that has none; read 2026-11-23.

const linkOf = (state: WorldState, path: string): string =>
  `https://www.googleapis.com/compute/v1/projects/${state.scenario.estate.project}/${path}`;

const global = (state: WorldState, collection: string, name: string, kind: string) => ({
  kind: `compute#${kind}`,
  name,
  selfLink: linkOf(state, `global/${collection}/${name}`),
});

const hostsOf = (state: WorldState): HostState[] => [...state.edge.hosts.values()];

export const forwardingRules = (state: WorldState): Json[] =>
  hostsOf(state).map(({ label, address }) => ({
    ...global(state, 'forwardingRules', `${label}-https`, 'forwardingRule'),
    IPAddress: address,
    IPProtocol: 'TCP',
    portRange: '443-443',
    target: linkOf(state, `global/targetHttpsProxies/${label}-proxy`),
    loadBalancingScheme: 'EXTERNAL_MANAGED',
    networkTier: 'PREMIUM',
  }));

export const targetHttpsProxies = (state: WorldState): Json[] =>
  hostsOf(state).map(({ label, certificates, map }) =>
    clean({
      ...global(state, 'targetHttpsProxies', `${label}-proxy`, 'targetHttpsProxy'),
      urlMap: linkOf(state, `global/urlMaps/${label}-map`),
      sslCertificates:
        certificates.length > 0
          ? certificates.map((name) => linkOf(state, `global/sslCertificates/${name}`))
          : undefined,
      certificateMap:
        map &&
        `//certificatemanager.googleapis.com/projects/${state.scenario.estate.project}/locations/global/certificateMaps/${map}`,
      quicOverride: 'NONE',
    }),
  );

const backendLink = (state: WorldState, name: string) => linkOf(state, `global/backendServices/${name}-backend`);

export const urlMaps = (state: WorldState): Json[] =>
  hostsOf(state).map(({ name, label }) => {
    const { routes = [], routing } = state.scenario.estate.hosts.find((host) => host.name === name) ?? {};
    const machines = [...state.edge.vms.values()].filter(({ estate }) => estate.host === name);
    const root = routes.find(({ path }) => path === '/') ?? routes[0];
    const rules = [
      ...routes.filter(({ path }) => path !== '/').map(({ path, service }) => ({ path, service })),
      ...machines.map(({ estate }) => ({ path: estate.path, service: estate.name })),
    ];
    return {
      ...global(state, 'urlMaps', `${label}-map`, 'urlMap'),
      defaultService: backendLink(state, root?.service ?? ''),
      hostRules: [{ hosts: [name], pathMatcher: 'all' }],
      pathMatchers: [
        {
          name: 'all',
          defaultService: backendLink(state, root?.service ?? ''),
          ...(rules.length > 0 &&
            (routing === 'route-rules'
              ? { routeRules: rules.map((rule, index) => routeRule(state, rule, index + 1)) }
              : {
                  pathRules: rules.map(({ path, service }) => ({
                    paths: [path, `${path}/*`],
                    service: backendLink(state, service),
                  })),
                })),
        },
      ],
    };
  });

/** As compute v1's discovery document has them: HttpRouteRule, HttpRouteRuleMatch, WeightedBackendService. */
const routeRule = (
  state: WorldState,
  { path, service }: { readonly path: string; readonly service: string },
  priority: number,
): Json => ({
  priority,
  matchRules: [{ fullPathMatch: path }, { prefixMatch: `${path}/` }],
  routeAction: { weightedBackendServices: [{ backendService: backendLink(state, service), weight: 100 }] },
});

export const backendServices = (state: WorldState): Json[] => [
  ...[...state.edge.backends.values()]
    .filter(({ service }) => isRouted(state, service))
    .map(({ service, target, policy, iap }) =>
      clean({
        ...global(state, 'backendServices', `${service}-backend`, 'backendService'),
        backends:
          target === undefined
            ? undefined
            : [
                {
                  group: linkOf(state, `regions/${state.scenario.estate.region}/networkEndpointGroups/${service}-neg`),
                  balancingMode: 'UTILIZATION',
                  capacityScaler: 1,
                },
              ],
        timeoutSec: 30,
        protocol: 'HTTPS',
        loadBalancingScheme: 'EXTERNAL_MANAGED',
        logConfig: { enable: true, sampleRate: 1 },
        iap: iap ? { enabled: true } : undefined,
        securityPolicy: policy && linkOf(state, `global/securityPolicies/${policy}`),
      }),
    ),
  ...[...state.edge.vms.values()].map(({ estate }) => ({
    ...global(state, 'backendServices', `${estate.name}-backend`, 'backendService'),
    backends: [{ group: instanceGroup(state, estate.name), balancingMode: 'UTILIZATION', capacityScaler: 1 }],
    healthChecks: [linkOf(state, `global/healthChecks/${estate.name}-health`)],
    timeoutSec: 30,
    port: 80,
    protocol: 'HTTP',
    loadBalancingScheme: 'EXTERNAL_MANAGED',
    logConfig: { enable: true, sampleRate: 1 },
  })),
];

const isRouted = (state: WorldState, service: string): boolean =>
  state.scenario.estate.hosts.some(({ routes }) => routes.some((route) => route.service === service));

const zoneOf = (state: WorldState): string => `${state.scenario.estate.region}-a`;
const instanceGroup = (state: WorldState, name: string): string =>
  linkOf(state, `zones/${zoneOf(state)}/instanceGroups/${name}-group`);

export const networkEndpointGroups = (state: WorldState): Json[] =>
  [...state.edge.backends.values()].flatMap(({ service, target }) =>
    target === undefined || !isRouted(state, service)
      ? []
      : [
          {
            kind: 'compute#networkEndpointGroup',
            name: `${service}-neg`,
            selfLink: linkOf(state, `regions/${state.scenario.estate.region}/networkEndpointGroups/${service}-neg`),
            networkEndpointType: 'SERVERLESS',
            region: linkOf(state, `regions/${state.scenario.estate.region}`),
            cloudRun: { service: target },
          },
        ],
  );

export const healthChecks = (state: WorldState): Json[] =>
  [...state.edge.vms.values()].map(({ estate, healthCheck }) => ({
    ...global(state, 'healthChecks', `${estate.name}-health`, 'healthCheck'),
    checkIntervalSec: healthCheck.intervalSeconds,
    timeoutSec: healthCheck.timeoutSeconds,
    healthyThreshold: healthCheck.healthyThreshold,
    unhealthyThreshold: healthCheck.unhealthyThreshold,
    type: 'HTTP',
    httpHealthCheck: { port: 80, requestPath: healthCheck.path, proxyHeader: 'NONE' },
  }));

/** BackendServiceGroupHealth of machines; what is serverless has none: "must not have a health check". */
export const groupHealth = (state: WorldState, { estate, isHealthy }: VmState): Json => ({
  kind: 'compute#backendServiceGroupHealth',
  healthStatus: Array.from({ length: estate.instances }, (_, index) => ({
    ipAddress: `10.142.0.${index + 2}`,
    port: 80,
    instance: linkOf(state, `zones/${zoneOf(state)}/instances/${estate.name}-${index + 1}`),
    healthState: isHealthy ? 'HEALTHY' : 'UNHEALTHY',
  })),
});

export const sslCertificates = (state: WorldState): Json[] =>
  [...state.edge.certificates.values()]
    .filter(({ product }) => product !== 'certificate-manager')
    .map((one) => certificate(state, one));

const certificate = (
  state: WorldState,
  { name, product, names, expiresMs, createdMs, status, domainStatus }: CertificateState,
) =>
  clean({
    ...global(state, 'sslCertificates', name, 'sslCertificate'),
    creationTimestamp: iso(createdMs),
    type: product === 'managed' ? 'MANAGED' : 'SELF_MANAGED',
    expireTime: expiresMs === undefined ? undefined : iso(expiresMs),
    subjectAlternativeNames: expiresMs === undefined ? undefined : names,
    managed: product === 'managed' ? { domains: names, status, domainStatus } : undefined,
    selfManaged: product === 'managed' ? undefined : {},
  });

export const securityPolicies = (state: WorldState): Json[] =>
  [...state.edge.policies.values()].map((policy) => securityPolicy(state, policy));

const securityPolicy = (state: WorldState, { name, rules }: PolicyState) => ({
  ...global(state, 'securityPolicies', name, 'securityPolicy'),
  type: 'CLOUD_ARMOR',
  rules: [
    ...rules.map(({ priority, expression, action, isPreview }) => ({
      kind: 'compute#securityPolicyRule',
      priority,
      action,
      preview: isPreview,
      match: { expr: { expression } },
    })),
    {
      kind: 'compute#securityPolicyRule',
      priority: 2147483647,
      action: 'allow',
      preview: false,
      description: 'default rule',
      match: { versionedExpr: 'SRC_IPS_V1', config: { srcIpRanges: ['*'] } },
    },
  ],
});
